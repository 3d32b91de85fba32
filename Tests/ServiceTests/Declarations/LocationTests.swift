import API
import Callers
import HTTP
import HTTPTypes
import Testing

/// Made from the endpoint tables: a new endpoint is in it without anybody adding it.
@Suite("Where things are that were created")
struct LocationTests {
    @Test("Every endpoint that creates something declares where it is from then on, and the service has something there")
    func declared() throws {
        for realm in Realm.allCases {
            let settings = try Platform.settings(databaseURL: "postgresql://127.0.0.1:9/none")
            let endpoints = try Platform.endpoints(realm, settings).endpoints
            let creating = endpoints.filter { $0.answer.status == 201 }
            #expect(!creating.isEmpty)
            for endpoint in creating {
                let location = try #require(endpoint.answer.location, "\(realm) \(endpoint.operation)").text
                // Of a sign-in by QR code there are only things below it.
                let isThere = endpoints.contains { $0.path.text == location || $0.path.text.hasPrefix(location + "/") }
                #expect(isThere, "\(realm) \(endpoint.operation): \(location)")
            }
        }
    }

    @Test("A list of tickets that doesn't say of which showtime is refused, not empty")
    func requiredParameter() async throws {
        try await Platform.with { platform in
            let merchant = try await platform.merchant("wanda")
            let refused = try await platform.cinema.ask(.get, "/v1/tickets?state=valid", token: merchant.token)
            #expect(refused.status == 400)
            #expect(refused.code == "parameter_invalid")
            #expect(refused["errors"].items.map { [$0["parameter"].text, $0["code"].text] } == [["showtime_id", "missing"]])
        }
    }
}
