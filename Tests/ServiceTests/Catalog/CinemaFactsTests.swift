import HTTP
import HTTPTypes
import Testing
import Text

@Suite("What a cinema tells of itself, and where somebody is, over HTTP")
struct CinemaFactsTests {
    private static let hours = """
        {"weekly": [{"weekday": 1, "opens": "09:30", "closes": "02:00"}], "exceptions": [{"day": "2026-12-31", "opens": "10:00", \
        "closes": "00:00"}, {"day": "2027-01-01"}]}
        """

    private static func palace(_ more: String) -> String {
        CatalogServices.palace.replacing(#""seat_limit": 4"#, with: #""seat_limit": 4, \#(more)"#)
    }

    @Test("Opening hours, facilities and directions come back as they were sent, in lists too, and can be removed")
    func facts() async throws {
        try await CatalogServices.with { services in
            let more = #""opening_hours": \#(Self.hours), "facilities": ["wifi", "parking"], "directions": "Exit B""#
            let id = try await services.addCinema(Self.palace(more))
            for path in ["/v1/cinemas/\(id)", "/v1/cinemas?facility=parking&near=31.23,121.47&radius_m=5000"] {
                let answer = try await services.client.ask(.get, path)
                let cinema = path.contains("?") ? answer["items"].items.first ?? .null : answer.json
                #expect(cinema["facilities"].items.map(\.text) == ["parking", "wifi"], "\(answer.body)")
                let hours: JSONValue = cinema["opening_hours"]
                #expect(hours["weekly"].items.map { [$0["opens"].text, $0["closes"].text] } == [["09:30", "02:00"]])
                #expect(hours["exceptions"].items.map { $0["closes"].text } == ["00:00", ""])
                #expect(hours["exceptions"].items.map { $0["day"].text } == ["2026-12-31", "2027-01-01"])
            }
            #expect(try await services.client.ask(.get, "/v1/cinemas/\(id)")["directions"].text == "Exit B")
            #expect(try await services.client.ask(.get, "/v1/cinemas?facility=lockers")["items"].items.isEmpty)
            #expect(try await services.client.ask(.get, "/v1/cinemas?near=32,121.47&radius_m=5000")["items"].items.isEmpty)
            #expect(try await services.client.ask(.get, "/v1/cinemas?facility=pool").status == 400)
            let cleared = try await services.cinema.ask(
                .patch, "/v1/cinemas/\(id)", token: services.merchants[0], json: #"{"opening_hours": null, "facilities": []}"#, ifMatch: "*"
            )
            #expect(cleared["opening_hours"] == .null, "\(cleared.body)")
            #expect(cleared["facilities"].items.isEmpty)
            #expect(cleared["directions"].text == "Exit B")
        }
    }

    @Test(
        "Opening hours that overlap, or are none, are refused where they stand",
        arguments: [
            (
                #"{"weekly": [{"weekday": 7, "opens": "20:00", "closes": "02:00"}, {"weekday": 1, "opens": "01:00", "closes": "12:00"}], "#
                    + #""exceptions": []}"#, "opening_hours_overlap", "/opening_hours/weekly/0"
            ),
            (
                #"{"weekly": [{"weekday": 1, "opens": "24:00", "closes": "02:00"}], "exceptions": []}"#, "body_invalid",
                "/opening_hours/weekly/0/opens"
            ),
            (
                #"{"weekly": [{"weekday": 8, "opens": "20:00", "closes": "02:00"}], "exceptions": []}"#, "body_invalid",
                "/opening_hours/weekly/0/weekday"
            ),
            (
                #"{"weekly": [], "exceptions": [{"day": "2026-12-31", "opens": "20:00"}]}"#, "body_invalid",
                "/opening_hours/exceptions/0/closes"
            ),
        ])
    func overlaps(hours: String, code: String, pointer: String) async throws {
        try await CatalogServices.with { services in
            let refused = try await services.cinema.ask(
                .post, "/v1/cinemas", token: services.merchants[0], json: Self.palace(#""opening_hours": \#(hours)"#))
            #expect(refused.status == 422)
            #expect(refused.code == code, "\(refused.body)")
            #expect(refused.pointers == [pointer])
        }
    }

    @Test("A place is told city and district, by any system, and what isn't known is said to be unknown; nobody keeps the answer")
    func location() async throws {
        try await CatalogServices.with { services in
            let huangpu = #"{"code": "310101000000", "name": "黄浦区", "latitude": 31.2304, "longitude": 121.4737}"#
            let jingan = #"{"code": "310106000000", "name": "静安区", "latitude": 31.2904, "longitude": 121.4737}"#
            for body in [huangpu, jingan] {
                #expect(try await services.admin.ask(.post, "/v1/divisions", token: services.administrator, json: body).status == 201)
            }
            for near in ["31.2304,121.4737", "31.2343106,121.4847815&system=bd09&accuracy_m=35.5"] {
                let found = try await services.client.ask(.get, "/v1/location?near=\(near)")
                #expect(found["source"].text == "coordinates")
                #expect(found["city"]["name"].text == "上海", "\(found.body)")
                #expect(found["district"]["name"].text == "黄浦区")
                #expect(found.headers[.cacheControl] == "no-store")
            }
            let vague = try await services.client.ask(.get, "/v1/location?near=31.2304,121.4737&accuracy_m=5000")
            #expect(vague["city"]["id"].number == 1)
            #expect(vague["district"] == .null)
            for path in ["/v1/location", "/v1/location?near=90,180", "/v1/location?near=-90,-180&system=gcj02"] {
                let unknown = try await services.client.ask(.get, path)
                #expect(unknown.status == 200)
                #expect(unknown["source"].text == "unknown")
                #expect(unknown["city"] == .null)
            }
            for query in ["near=91,0", "near=nan,0", "near=1,1&system=mars", "near=1,1&accuracy_m=-1", "near=1,1&accuracy_m=1e9"] {
                #expect(try await services.client.ask(.get, "/v1/location?\(query)").status == 400, "\(query)")
            }
        }
    }
}
