import Callers
import Foundation
import HTTPTypes
import Shared
import Testing
import Text

@testable import HTTP

/// Made from the endpoint tables: whatever is declared and that no request can violate is a promise that nobody keeps.
@Suite("What is declared holds: a request that violates it is refused, and told where")
struct DeclaredBoundsTests {
    @Test("Every bound of every field of every body", arguments: Realm.allCases)
    func bodies(realm: Realm) async throws {
        try await FurnishedPlatform.with { platform in
            var count = 0
            for endpoint in try FurnishedPlatform.endpoints(of: realm) {
                guard case .json(let schema) = endpoint.input else { continue }
                let body = platform.body(schema)
                func refused(_ json: JSONValue, at pointer: String, _ what: String) async throws {
                    let answer = try await platform.call(endpoint, of: realm, json: json.sent)
                    count += 1
                    #expect(
                        answer.status == 422 && ["body_invalid", "name_invalid"].contains(answer.code)
                            && answer.pointers.contains { $0.hasPrefix(pointer) },
                        "\(realm) \(endpoint.operation) \(pointer), \(what): \(answer.status) \(answer.body)")
                }
                for leaf in schema.leaves() {
                    for (what, value) in Self.violations(of: leaf.schema) {
                        try await refused(body.setting(leaf.path, to: value, by: .object(schema)), at: leaf.pointer, what)
                    }
                }
                for field in schema.fields where field.isRequired {
                    try await refused(body.setting([.field(field.name)], to: nil, by: .object(schema)), at: "/\(field.name)", "missing")
                }
                try await refused(body.setting([.field("no_such_field")], to: 1, by: .object(schema)), at: "/no_such_field", "unknown")
            }
            print("declared: \(realm), bodies: \(count) violations")
            #expect(count > 100)
        }
    }

    @Test("Every bound of every parameter, and the parameters of lists", arguments: Realm.allCases)
    func parameters(realm: Realm) async throws {
        try await FurnishedPlatform.with { platform in
            var count = 0
            for endpoint in try FurnishedPlatform.endpoints(of: realm) where endpoint.answer.events.isEmpty {
                func refused(_ name: String, _ value: String, _ what: String, code: String = "parameter_invalid") async throws {
                    let answer = try await platform.call(endpoint, of: realm, query: [(name, value)])
                    count += 1
                    let names = answer["errors"].items.map { $0["parameter"].text }
                    #expect(
                        answer.status == 400 && answer.code == code && (code != "parameter_invalid" || names.contains(name)),
                        "\(realm) \(endpoint.operation) \(name), \(what): \(answer.status) \(answer.body)")
                }
                for declaration in endpoint.query.map(\.declaration) + CommonParameterDeclarations.all(of: endpoint) {
                    for (what, value) in Self.violations(of: declaration.schema) where what != "type" || declaration.schema.hasSyntax {
                        try await refused(declaration.name, value.plain, what)
                    }
                }
                if endpoint.answer.isPage {
                    try await refused("cursor", "nonsense", "a cursor that is none", code: "cursor_invalid")
                    let one = try await platform.call(endpoint, of: realm, query: [("limit", "1")])
                    #expect(one.status == 200 && one["items"].items.count <= 1, "\(realm) \(endpoint.operation): \(one.status) \(one.body)")
                }
                if endpoint.answer.selectable != nil {
                    try await refused("fields", "no_such_field", "unknown")
                    try await refused("omit", "no_such_field", "unknown")
                }
                for declaration in endpoint.query.map(\.declaration) where declaration.isRequired {
                    let path = platform.path(of: endpoint)
                    let answer = try await platform.platform.service(of: realm).ask(.get, path, token: platform.token(realm))
                    #expect(
                        answer.code == "parameter_invalid", "\(realm) \(endpoint.operation) without \(declaration.name): \(answer.body)")
                }
            }
            print("declared: \(realm), parameters: \(count) violations")
            #expect(count > 100)
        }
    }

    @Test("Every bound of every header", arguments: Realm.allCases)
    func headers(realm: Realm) async throws {
        try await FurnishedPlatform.with { platform in
            for endpoint in try FurnishedPlatform.endpoints(of: realm) {
                for declaration in CommonParameterDeclarations.headers(of: endpoint) {
                    let name = try #require(HTTPField.Name(declaration.name))
                    // Nothing stands for no header, and a line feed ends it.
                    for (what, value) in Self.violations(of: declaration.schema)
                    where !value.plain.isEmpty && !value.plain.contains("\n") && what != "type" {
                        let answer = try await platform.call(endpoint, of: realm, headers: [name: value.plain])
                        #expect(
                            answer.status == 400 && answer.code == "header_invalid",
                            "\(realm) \(endpoint.operation) \(declaration.name), \(what): \(answer.status) \(answer.body)")
                    }
                }
            }
        }
    }

    @Test("A list goes on where its page before ended, until all were shown once", arguments: Realm.allCases)
    func pages(realm: Realm) async throws {
        try await FurnishedPlatform.with { platform in
            var followed = 0
            for endpoint in try FurnishedPlatform.endpoints(of: realm) where endpoint.answer.isPage {
                let whole = try await platform.call(endpoint, of: realm, query: [("limit", "100")])
                guard whole["next"] == .null, whole["items"].items.count > 1 else { continue }
                var items: [JSONValue] = []
                var cursor: String? = ""
                while let at = cursor, items.count <= whole["items"].items.count {
                    let query = [("limit", "1")] + (at.isEmpty ? [] : [("cursor", at)])
                    let page = try await platform.call(endpoint, of: realm, query: query)
                    #expect(page["items"].items.count == 1, "\(realm) \(endpoint.operation): \(page.body)")
                    items += page["items"].items
                    cursor = page["next"] == .null ? nil : page["next"].text
                }
                #expect(items.map(\.name) == whole["items"].items.map(\.name), "\(realm) \(endpoint.operation)")
                followed += 1
            }
            print("declared: \(realm), \(followed) lists followed to their ends")
            #expect(followed >= 4)
        }
    }

    /// Values that break one thing that a schema says.
    private static func violations(of schema: Schema) -> [(what: String, value: JSONValue)] {
        var found: [(String, JSONValue)] = []
        switch schema {
        case .text(let range, let format, let pattern):
            found.append(("type", 1))
            let isFree = [nil, "password", "name", "free-text", "typed"].contains(format)
            if let range, isFree {
                if range.lowerBound > 0 { found.append(("too short", .string(String(repeating: "a", count: range.lowerBound - 1)))) }
                found.append(("too long", .string(String(repeating: "a", count: range.upperBound + 1))))
            }
            if let format, !isFree { found.append(("format", .string("no \(format)"))) }
            if format == "name" { found.append(("invisible", .string("a\u{200B}b"))) }
            if let pattern { found += Self.mismatches(pattern, range ?? 1...1).map { ("pattern", .string($0)) } }
        case .integer(let range):
            found += [("type", .string("x")), ("fraction", .number(1.5))]
            if let range, range.lowerBound > .min { found.append(("too small", .integer(range.lowerBound - 1))) }
            if let range, range.upperBound < .max { found.append(("too large", .integer(range.upperBound + 1))) }
        case .number(let range):
            found.append(("type", .string("x")))
            if let range { found += [("too small", .number(range.lowerBound - 0.5)), ("too large", .number(range.upperBound + 0.5))] }
        case .boolean: found.append(("type", .string("maybe")))
        case .enumeration: found += [("type", 1), ("word", .string("no_such_word"))]
        case .array(let element, let range):
            found.append(("type", .string("x")))
            if let range {
                if range.lowerBound > 0 {
                    found.append(("too few", .array(Array(repeating: element.example, count: range.lowerBound - 1))))
                }
                found.append(("too many", .array(Array(repeating: element.example, count: range.upperBound + 1))))
            }
        case .nullable(let inner): return violations(of: inner)
        case .object: found.append(("type", 1))
        }
        return found
    }

    /// Texts of a good length that don't match, by another engine than the one that compares.
    private static func mismatches(_ pattern: String, _ length: ClosedRange<Int>) -> [String] {
        guard let expression = try? Regex(pattern) else { return ["a pattern that can't be read"] }
        let texts = ["!", " ", "é", "0", "A", "１"].map { String(repeating: $0, count: max(1, length.lowerBound)) }
        // A line feed at the end is where dialects differ.
        let ended = (length.upperBound > 4 ? "orders" : String(repeating: "1", count: max(0, length.upperBound - 1))) + "\n"
        return texts.filter { $0.firstMatch(of: expression) == nil } + (pattern.hasSuffix("$") ? [ended] : [])
    }
}

extension Schema {
    /// Whether a parameter's text can be of another type.
    fileprivate var hasSyntax: Bool {
        switch self {
        case .integer, .number, .boolean: true
        default: false
        }
    }
}

extension JSONValue {
    /// As JSON text, with all its escapes.
    fileprivate var sent: String { String(decoding: bytes, as: UTF8.self) }

    /// As a parameter has it.
    fileprivate var plain: String { if case .string(let text) = self { text } else { written } }

    /// What tells an item of a list from others: times and counts may go on while the list is read.
    fileprivate var name: String {
        ["id", "code", "account", "account_id", "gateway", "name", "provider"].map { self[$0].written }.joined(separator: " ")
    }
}
