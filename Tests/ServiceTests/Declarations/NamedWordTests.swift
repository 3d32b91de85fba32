import Callers
import HTTP
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import API

/// Made from the endpoint tables: a new endpoint is in it without anybody adding it.
@Suite("What frontends show to people has names in both languages")
struct NamedWordTests {
    @Test("Every enumeration in answers, events and bodies has names for its words", arguments: Realm.allCases)
    func enumerations(realm: Realm) throws {
        let named = NamedEnumeration.all.map { Set($0.words) }
        for endpoint in try FurnishedPlatform.endpoints(of: realm) {
            var schemas = [endpoint.answer.schema].compactMap(\.self) + endpoint.answer.events.map(\.schema)
            if case .json(let body) = endpoint.input { schemas.append(body) }
            for words in schemas.flatMap({ Self.enumerations(in: .object($0)) }) {
                #expect(named.contains { $0.isSuperset(of: words) }, "\(endpoint.operation): \(words)")
            }
        }
    }

    @Test("Every resource that permissions are about has a name", arguments: Realm.allCases)
    func resources(realm: Realm) throws {
        for endpoint in try FurnishedPlatform.endpoints(of: realm) {
            guard case .permission(let resource, _) = endpoint.access else { continue }
            #expect(Resource.all.contains(resource), "\(endpoint.operation): \(resource.rawValue)")
        }
    }

    @Test("Every service gives the catalogue to whoever asks")
    func catalogue() async throws {
        try await Platform.with { platform in
            for service in [platform.client, platform.cinema, platform.admin] {
                let codes = try await service.ask(.get, "/v1/problem-codes")
                #expect(codes.status == 200)
                let items = codes["problem_codes"].items
                #expect(items.count > 200)
                let limit = try #require(items.first { $0["code"].text == "seat_limit_reached" })
                #expect(limit["members"].items.map(\.text) == ["limit"])
                #expect(limit["text"]["en"].text.contains("{limit}") && limit["text"]["zh_cn"].text.contains("{limit}"))
                let ended = items.first { $0["code"].text == "sale_closed" && $0["reason"].text == "movie_ended" }
                #expect(ended != nil)
                let words = try await service.ask(.get, "/v1/words")
                #expect(words.status == 200)
                let states = try #require(words["enumerations"].items.first { $0["name"].text == "order_state" })
                let paid = try #require(states["words"].items.first { $0["word"].text == "paid" })
                #expect(paid["name"]["en"].text == "Paid" && paid["name"]["zh_cn"].text == "已支付")
            }
        }
    }

    private static func enumerations(in schema: Schema) -> [[String]] {
        switch schema {
        case .enumeration(let words, _): [words]
        case .array(let element, _): enumerations(in: element)
        case .nullable(let inner): enumerations(in: inner)
        case .object(let object): object.fields.flatMap { enumerations(in: $0.schema) }
        case .text, .integer, .number, .boolean: []
        }
    }
}
