import Text

@testable import HTTP

/// A value within a body that has no parts, and what is declared of it.
struct DeclaredLeaf {
    enum Step: Hashable {
        case field(String)
        /// The first element of an array.
        case element
    }

    let path: [Step]
    let schema: Schema

    /// As problems name it.
    var pointer: String {
        path.map { step in
            switch step {
            case .field(let name): "/" + name
            case .element: "/0"
            }
        }.joined()
    }
}

extension ObjectSchema {
    /// All values within, arrays and objects too.
    func leaves(at path: [DeclaredLeaf.Step] = []) -> [DeclaredLeaf] {
        fields.flatMap { field in field.schema.leaves(at: path + [.field(field.name)]) }
    }
}

extension Schema {
    fileprivate func leaves(at path: [DeclaredLeaf.Step]) -> [DeclaredLeaf] {
        let own = DeclaredLeaf(path: path, schema: self)
        return switch self {
        case .object(let object): object.leaves(at: path)
        case .array(let element, _): [own] + element.leaves(at: path + [.element])
        case .nullable(let inner): inner.leaves(at: path)
        case .text, .integer, .number, .boolean, .enumeration: [own]
        }
    }

    /// The schema of what lies at a place within.
    fileprivate func schema(of step: DeclaredLeaf.Step) -> Schema? {
        switch (self, step) {
        case (.object(let object), .field(let name)): object.fields.first { $0.name == name }?.schema
        case (.array(let element, _), .element): element
        case (.nullable(let inner), _): inner.schema(of: step)
        default: nil
        }
    }
}

extension JSONValue {
    /// The same with another value, or none, at a place; arrays and objects on the way are there as their example shows them.
    func setting(_ path: some Collection<DeclaredLeaf.Step>, to value: JSONValue?, by schema: Schema) -> JSONValue {
        guard let step = path.first else { return value ?? .null }
        let rest = path.dropFirst()
        let inner = schema.schema(of: step)
        switch step {
        case .field(let name):
            guard case .object(var members) = self else { return (schema.exampleObject).setting(path, to: value, by: schema) }
            let index = members.firstIndex { $0.name == name }
            if rest.isEmpty, value == nil {
                if let index { members.remove(at: index) }
                return .object(members)
            }
            let old = index.map { members[$0].value } ?? .null
            let member = JSONMember(name: name, value: inner.map { old.setting(rest, to: value, by: $0) } ?? .null)
            if let index { members[index] = member } else { members.append(member) }
            return .object(members)
        case .element:
            var items: [JSONValue] = if case .array(let items) = self { items } else { [] }
            guard let inner else { return self }
            if items.isEmpty { items = [inner.example] }
            items[0] = items[0].setting(rest, to: value, by: inner)
            return .array(items)
        }
    }
}

extension Schema {
    fileprivate var exampleObject: JSONValue {
        let example = example
        return if case .object = example { example } else { .object([]) }
    }
}
