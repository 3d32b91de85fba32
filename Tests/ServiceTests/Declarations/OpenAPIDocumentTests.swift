import Assembly
import Callers
import Foundation
import Shared
import TestSupport
import Testing
import Text

@testable import HTTP

/// What openapi_document.py finds.
private struct Report: Decodable {
    let faults: [String]
    let operations: Int
    let examples: Int
}

@Suite("The services' OpenAPI documents")
struct OpenAPIDocumentTests {
    @Test("Other people's readers find nothing wrong, and every example is one of its own schema", arguments: Realm.allCases)
    func readable(realm: Realm) async throws {
        let report = try await Self.report(try Self.document(of: realm))
        #expect(report.faults == [])
        #expect(report.operations > 40 && report.examples > 300, "\(report)")
    }

    @Test("A wrong example, a name twice and a reference to nothing would be found")
    func wrong() async throws {
        let document = try Self.document(of: .client)
        for (right, wrong) in [
            (#""operationId":"listMovies""#, #""operationId":"listCities""#),
            (#""example":{"items":[{"id":1,"#, #""example":{"items":[{"id":"one","#),
            ("#/components/schemas/MovieSummaryPage", "#/components/schemas/MoviePages"),
        ] {
            #expect(document.contains(right), "\(right)")
            let changed = document.replacing(right, with: wrong, maxReplacements: 1)
            #expect(try await Self.report(changed).faults != [], "\(wrong)")
        }
    }

    @Test("Everything that an answer shows is required, but for what it leaves out when there is nothing")
    func required() throws {
        let schemas: JSONValue = try JSONParser.parse(try Self.document(of: .client), rules: .lenient)["components"]["schemas"]
        #expect(schemas["OrderPage"]["required"].items.map(\.text) == ["items", "next"])
        for (name, leftOut) in [("Order", ["refund_policy"]), ("BoxOfficeEntry", ["movie_id"])] {
            guard case .object(let properties) = schemas[name]["properties"] as JSONValue else { throw Missing() }
            let required = schemas[name]["required"].items.map(\.text)
            #expect(properties.map(\.name).filter { !required.contains($0) }.prefix(1) == leftOut.prefix(1), "\(name)")
        }
        #expect(schemas["OrderState"]["enum"].items.map(\.text) == OrderState.allCases.map(\.rawValue))
        #expect(schemas["OrderEvent"]["properties"]["note"]["type"].items.map(\.text) == ["string", "null"])
    }

    private struct Missing: Error {}

    private static func document(of realm: Realm) throws -> String {
        OpenAPIDocument(name: realm.serviceName, purpose: "", endpoints: try FurnishedPlatform.endpoints(of: realm)).text
    }

    private static func report(_ document: String) async throws -> Report {
        try await Oracle.python("openapi_document.py", ["document": document], in: .openapi)
    }
}
