import API
import Callers
import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import Testing
import Text

/// Made from the endpoint tables: a new field is in it without anybody adding it.
@Suite("Every text field says what its text may hold")
struct TextFieldTests {
    /// A text field of a body, and where it stands in it.
    struct TextField: Hashable {
        let body: String
        /// As a JSON pointer; the first element stands for all of an array.
        let pointer: String
        let format: String?
        let hasPattern: Bool

        var name: String { "\(body)\(pointer)" }
    }

    /// Those with a rule of their own, which refuses what doesn't fit: names of other things, secrets, and drawings.
    private static let withRules: Set<String> = [
        "AppTicketUse/ticket", "ChallengeAnswer/id", "CinemaChange/time_zone", "LayoutRow/cells", "NewCinema/time_zone",
        "NewLinkedIdentity/code", "NewLinkedIdentity/iss", "NewLinkedIdentity/provider", "NewLinkedIdentity/state", "NewPayment/method",
        "NewPayment/return_url",
        "QRLoginPoll/poll_secret", "ThirdPartyLoginStart/provider", "ProviderReturn/code", "ProviderReturn/iss",
        "ProviderReturn/provider", "ProviderReturn/state", "WantedReconciliation/gateway",
    ]
    /// Fields that are such wherever they stand.
    private static let withRulesEverywhere: Set<String> = ["request_id", "username"]

    static func textFields(of schema: Schema, in body: String, at pointer: String = "") -> [TextField] {
        switch schema {
        case .text(_, let format, let pattern):
            [TextField(body: body, pointer: pointer, format: format, hasPattern: pattern != nil)]
        case .array(let element, _): textFields(of: element, in: body, at: "\(pointer)/0")
        case .object(let object): object.fields.flatMap { textFields(of: $0.schema, in: body, at: "\(pointer)/\($0.name)") }
        case .nullable(let inner): textFields(of: inner, in: body, at: pointer)
        case .integer, .number, .boolean, .enumeration: []
        }
    }

    /// The innermost object's name and the field's, by which fields are listed above.
    private static func undeclared(in schema: ObjectSchema) -> [String] {
        schema.fields.flatMap { field -> [String] in
            if let object = object(in: field.schema) { return undeclared(in: object) }
            return textFields(of: field.schema, in: schema.name).compactMap { text in
                let name = "\(schema.name)/\(field.name)"
                let isDeclared =
                    text.format != nil || text.hasPattern || withRules.contains(name) || withRulesEverywhere.contains(field.name)
                return isDeclared ? nil : name
            }
        }
    }

    private static func object(in schema: Schema) -> ObjectSchema? {
        switch schema {
        case .object(let object): object
        case .array(let element, _): object(in: element)
        case .nullable(let inner): object(in: inner)
        default: nil
        }
    }

    private func endpoints(of realm: Realm) throws -> [Endpoint] {
        let settings = try Platform.settings(
            databaseURL: "postgresql://127.0.0.1:9/none", Platform.sendingCodes)
        return try Platform.endpoints(realm, settings).endpoints
    }

    @Test("No text field of a body is without a kind, a pattern or a rule of its own", arguments: Realm.allCases)
    func kinds(realm: Realm) throws {
        for endpoint in try endpoints(of: realm) {
            guard case .json(let body) = endpoint.input else { continue }
            #expect(Self.undeclared(in: body).isEmpty, "\(realm) \(endpoint.operation): say name, freeText or typed")
        }
    }

    @Test("Control: a field that doesn't say what it holds is found, also within others")
    func kindsControl() {
        let inner = Body<String>("Inner", Field<String>.required("label", .text(1...8), "A label.")) { $0 }
        let body = Body<String>(
            "Outer",
            Field<String>.required("title", .text(1...8), "A title."),
            Field<String>.required("name", .name(1...8), "A name."),
            Field<[String]>.required("tags", .array(of: .text(1...8), 1...2), "Tags."),
            Field<[String]>.required("parts", .array(of: .object(inner), 1...2), "Parts.")
        ) { title, _, _, _ in title }
        #expect(Self.undeclared(in: body.schema) == ["Outer/title", "Outer/tags", "Inner/label"])
    }

    @Test("Every name of every body is refused by name with something invisible in it, and with a blank at its end")
    func names() async throws {
        try await Platform.with { platform in
            let tokens = [
                Realm.client: try await platform.moviegoer("anna"), .cinema: try await platform.merchant("wanda").token,
                .admin: platform.administrator,
            ]
            var found = 0
            for realm in Realm.allCases {
                for endpoint in try endpoints(of: realm) {
                    guard case .json(let body) = endpoint.input else { continue }
                    for field in Self.textFields(of: .object(body), in: body.name) where field.format == "name" {
                        found += 1
                        for bad in ["Na\u{200B}me", "Na\u{202E}me", "Name\u{3000}", "\u{FEFF}Name"] {
                            let json = body.example.setting(Self.steps(to: field.pointer), to: .string(bad), by: .object(body))
                            let refused = try await call(endpoint, at: platform.service(of: realm), token: tokens[realm], json: json)
                            #expect(refused.status == 422, "\(realm) \(endpoint.operation) \(field.pointer): \(refused.body)")
                            let errors = refused["errors"].items.map { [$0["pointer"].text, $0["code"].text] }
                            #expect(errors.contains([field.pointer, "name_invalid"]), "\(realm) \(endpoint.operation): \(refused.body)")
                        }
                    }
                }
            }
            // Cinemas, halls, rows, zones, movies, people, companies, groups, apps, counters, doors, merchants …
            #expect(found > 30)
        }
    }

    private static func steps(to pointer: String) -> [DeclaredLeaf.Step] {
        pointer.split(separator: "/").map { $0 == "0" ? .element : .field(String($0)) }
    }

    private func call(_ endpoint: Endpoint, at service: any TestClientProtocol, token: String?, json: JSONValue) async throws -> Asked {
        let path = endpoint.path.text.replacing(/\{[a-z_:]+\}/, with: "1")
        let method = try #require(HTTPRequest.Method(rawValue: endpoint.method.rawValue))
        return try await service.ask(
            method, path, token: endpoint.isOpen ? nil : token, json: json.written, ifMatch: endpoint.ifMatch == .required ? "*" : nil)
    }
}
