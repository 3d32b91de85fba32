import Testing
import Text

@testable import HTTP

/// What generators of clients need of an OpenAPI 3.1 document beside what the standard asks for. The rules are those that generators for
/// TypeScript share: where one is broken, a client comes out with a type twice, with a name that a program must make up, or with none.
struct GeneratorRules {
    /// Each breach as a sentence.
    private(set) var faults: [String] = []
    private let components: JSONValue

    init(_ document: JSONValue) {
        components = document["components"]
        checkOperations(of: document["paths"])
        checkComponents()
    }

    // MARK: - Names

    /// Words that no function, class or variable can be called by, in TypeScript or in the other languages that clients are generated in.
    private static let reserved: Set<String> = [
        "any", "as", "async", "await", "boolean", "break", "case", "catch", "class", "const", "continue", "debugger", "declare", "default",
        "delete", "do", "else", "enum", "export", "extends", "false", "finally", "for", "function", "if", "implements", "import", "in",
        "instanceof", "interface", "is", "let", "module", "namespace", "new", "null", "package", "private", "protected", "public", "return",
        "static", "super", "switch", "this", "throw", "true", "try", "typeof", "undefined", "var", "void", "while", "with", "yield",
    ]
    /// Types of TypeScript's own, which a generated one would hide.
    private static let builtIn: Set<String> = [
        "array", "blob", "boolean", "date", "error", "event", "file", "function", "headers", "map", "number", "object", "partial",
        "promise",
        "record", "request", "required", "response", "set", "string", "symbol", "url",
    ]

    /// Names that are one and the same once a generator has written them its own way.
    private static func twins(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { !seen.insert($0.lowercased().filter { $0.isLetter || $0.isNumber }).inserted }
    }

    // MARK: - Operations

    private mutating func checkOperations(of paths: JSONValue) {
        var names: [String] = []
        for path in paths.members {
            for operation in path.value.members {
                let place = "\(operation.name.uppercased()) \(path.name)"
                let name = operation.value["operationId"].text
                names.append(name)
                if name.wholeMatch(of: /[a-z][a-z0-9]*([A-Z][a-z0-9]*)*/) == nil || Self.reserved.contains(name) {
                    faults.append("\(place): operationId \"\(name)\" is no name of a function")
                }
                let tags = operation.value["tags"].items.map(\.text)
                if tags.count != 1 || tags.contains(where: { $0.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) == nil }) {
                    faults.append("\(place): its tags \(tags) are not one name of a group")
                }
                checkParameters(of: operation.value, path.name, place)
                checkContent(of: operation.value["requestBody"], "\(place): the body")
                let responses = operation.value["responses"].members
                if !responses.contains(where: { $0.name.hasPrefix("2") }) { faults.append("\(place): no answer is a success") }
                for response in responses { checkContent(of: response.value, "\(place): \(response.name)") }
            }
        }
        for name in Self.twins(names) { faults.append("the operationId \"\(name)\" stands twice") }
    }

    private mutating func checkParameters(of operation: JSONValue, _ path: String, _ place: String) {
        let parameters = operation["parameters"].items.map { resolved($0) }
        for twin in Self.twins(parameters.map { $0["name"].text }) { faults.append("\(place): the parameter \(twin) stands twice") }
        let inPath = parameters.filter { $0["in"].text == "path" }
        let wanted = path.matches(of: /\{(\w+)\}/).map { String($0.1) }
        if inPath.map({ $0["name"].text }) != wanted || inPath.contains(where: { $0["required"].written != "true" }) {
            faults.append("\(place): its path has \(wanted), its parameters have \(inPath.map { $0["name"].text })")
        }
        for parameter in parameters { checkSchema(parameter["schema"], "\(place): \(parameter["name"].text)", isNamed: false) }
    }

    private mutating func checkContent(of part: JSONValue, _ place: String) {
        for content in resolved(part)["content"].members {
            // The document itself, which no schema describes.
            let schema: JSONValue = content.value["schema"]
            if schema != [:] { checkSchema(schema, place, isNamed: false) }
        }
    }

    // MARK: - Schemas

    private mutating func checkComponents() {
        let schemas = components["schemas"].members
        for schema in schemas {
            if schema.name.wholeMatch(of: /[A-Z][A-Za-z0-9]*/) == nil || Self.builtIn.contains(schema.name.lowercased()) {
                faults.append("\"\(schema.name)\" is no name of a type")
            }
            checkSchema(schema.value, schema.name, isNamed: true)
        }
        for name in Self.twins(schemas.map(\.name)) { faults.append("the type \"\(name)\" stands twice") }
        var sets: [JSONValue: String] = [:]
        for schema in schemas where !schema.value["enum"].items.isEmpty {
            if let other = sets.updateValue(schema.name, forKey: schema.value["enum"]) {
                faults.append("\(other) and \(schema.name) are the same words")
            }
        }
    }

    /// - Parameter isNamed: whether it is a component, so that a generator has a name for it.
    private mutating func checkSchema(_ schema: JSONValue, _ place: String, isNamed: Bool) {
        if schema.members.contains(where: { $0.name == "nullable" }) { faults.append("\(place): `nullable` is of OpenAPI 3.0") }
        let reference = schema["$ref"].text
        if !reference.isEmpty {
            if resolved(schema) == .null { faults.append("\(place): \(reference) leads to nothing") }
            let beside = schema.members.map(\.name).filter { !["$ref", "description", "examples", "default"].contains($0) }
            if !beside.isEmpty { faults.append("\(place): generators overlook \(beside) beside a reference") }
            return
        }
        for name in ["anyOf", "oneOf", "allOf"] where !schema[name].items.isEmpty { checkChoice(schema, name, place) }
        if ["anyOf", "oneOf", "allOf"].contains(where: { !schema[$0].items.isEmpty }) { return }
        if !schema["enum"].items.isEmpty {
            if !isNamed { faults.append("\(place): a set of words without a name") }
            // A minus before a name turns the order of a list around, which generators know.
            let words = schema["enum"].items.map { $0.text.hasPrefix("-") ? "minus" + $0.text : $0.text }
            for word in Self.twins(words) { faults.append("\(place): the word \"\(word)\" stands twice") }
        }
        switch typeName(of: schema, place) {
        case "object": checkObject(schema, place, isNamed: isNamed)
        case "array": checkSchema(schema["items"], "\(place)[]", isNamed: false)
        case "string", "integer", "number", "boolean": break
        case let other: faults.append("\(place): the type \"\(other)\" is none")
        }
    }

    /// The only type beside `null`, which is the last of a list of two where there is none.
    private mutating func typeName(of schema: JSONValue, _ place: String) -> String {
        let types = schema["type"].items.map(\.text)
        guard !types.isEmpty else { return schema["type"].text }
        if types.count != 2 || types.last != "null" { faults.append("\(place): \(types) is not a type and null") }
        return types.first ?? ""
    }

    private mutating func checkObject(_ schema: JSONValue, _ place: String, isNamed: Bool) {
        let properties = schema["properties"].members
        // A form is a table of texts, whose keys nobody can know.
        let others: JSONValue = schema["additionalProperties"]
        if properties.isEmpty, case .object = others { return }
        if !isNamed { faults.append("\(place): an object without a name") }
        if properties.isEmpty, others.written != "false" { faults.append("\(place): an object of anything") }
        let names = properties.map(\.name)
        for name in names where name.wholeMatch(of: /[a-z][a-z0-9]*(_[a-z0-9]+)*/) == nil {
            faults.append("\(place): \"\(name)\" is no name of a field")
        }
        for name in Self.twins(names) { faults.append("\(place): the field \"\(name)\" stands twice") }
        for name in schema["required"].items.map(\.text) where !names.contains(name) {
            faults.append("\(place): \"\(name)\" is required, and there is no such field")
        }
        for property in properties { checkSchema(property.value, "\(place).\(property.name)", isNamed: false) }
    }

    /// A named type or null; or several named types, which `discriminator` tells apart by a field that each of them requires.
    private mutating func checkChoice(_ schema: JSONValue, _ name: String, _ place: String) {
        let choices = schema[name].items
        for choice in choices where choice != ["type": "null"] { checkSchema(choice, place, isNamed: false) }
        let types = choices.filter { $0 != ["type": "null"] }
        if types.contains(where: { $0["$ref"].text.isEmpty }) { faults.append("\(place): \(name) of a type without a name") }
        if types.count == 1, choices.count == 2 { return }
        let field = schema["discriminator"]["propertyName"].text
        let isTold = types.allSatisfy { resolved($0)["required"].items.map(\.text).contains(field) }
        if name == "allOf" || field.isEmpty || !isTold || schema["discriminator"]["mapping"].members.count != types.count {
            faults.append("\(place): nothing tells which of \(types.count) types it is")
        }
    }

    /// What a reference leads to; null where that isn't there.
    private func resolved(_ value: JSONValue) -> JSONValue {
        let steps = value["$ref"].text.split(separator: "/")
        guard steps.count == 4, steps[0] == "#", steps[1] == "components" else { return value["$ref"].text.isEmpty ? value : .null }
        return components[String(steps[2])][String(steps[3])]
    }
}

extension JSONValue {
    fileprivate var members: [JSONMember] { if case .object(let members) = self { members } else { [] } }
}
