import Callers
import HTTP
import Testing

/// Made from the endpoint tables: a new endpoint is in it without anybody adding it.
@Suite("The fields of answers, events and bodies")
struct DeclaredFieldTests {
    @Test("No object has two fields of one name, or was to have one of another shape that isn't there", arguments: Realm.allCases)
    func names(realm: Realm) throws {
        for endpoint in try FurnishedPlatform.endpoints(of: realm) {
            for object in endpoint.objects {
                let names = object.fields.map(\.name)
                #expect(Set(names).count == names.count, "\(endpoint.operation): \(object.name)")
                #expect(object.unknownNames.isEmpty, "\(endpoint.operation): \(object.name)")
            }
        }
    }

    @Test("Objects of one name are alike in all of a service's answers and bodies", arguments: Realm.allCases)
    func oneMeaning(realm: Realm) throws {
        var declared: [String: ObjectSchema] = [:]
        for object in try FurnishedPlatform.endpoints(of: realm).flatMap(\.objects) {
            #expect(declared.updateValue(object, forKey: object.name) ?? object == object, "\(object.name)")
        }
        #expect(declared.count > 20)
    }
}

extension Endpoint {
    /// All objects that its answer, its events and its body are made of.
    fileprivate var objects: [ObjectSchema] {
        var schemas = [answer.schema].compactMap(\.self) + answer.events.map(\.schema)
        if case .json(let body) = input { schemas.append(body) }
        return schemas.flatMap(\.objects)
    }
}

extension ObjectSchema {
    fileprivate var objects: [ObjectSchema] { [self] + fields.flatMap { $0.schema.objects } }
}

extension Schema {
    fileprivate var objects: [ObjectSchema] {
        switch self {
        case .object(let object): object.objects
        case .array(let element, _): element.objects
        case .nullable(let inner): inner.objects
        case .text, .integer, .number, .boolean, .enumeration: []
        }
    }
}
