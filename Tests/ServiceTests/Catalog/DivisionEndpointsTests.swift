import Database
import HTTP
import HTTPTypes
import Testing
import Text

@Suite("Divisions over HTTP")
struct DivisionEndpointsTests {
    private static let huangpu = #"{"code": "310101000000", "name": "黄浦区", "latitude": 31.23, "longitude": 121.48}"#
    private static let luwan = #"{"code": "310103000000", "name": "卢湾区"}"#

    @Test("An administrator adds and merges districts, a merchant chooses one by its id, and what refers to the old one is moved")
    func districts() async throws {
        try await CatalogServices.with { services in
            let (admin, token) = (services.admin, services.administrator)
            let huangpu = try await admin.ask(.post, "/v1/divisions", token: token, json: Self.huangpu)
            #expect(huangpu.status == 201, "\(huangpu.body)")
            #expect(huangpu.headers[.location] == "/v1/divisions/\(huangpu["id"].number)")
            let luwan = try await admin.ask(.post, "/v1/divisions", token: token, json: Self.luwan)["id"].number
            let districts = try await services.client.ask(.get, "/v1/cities/1/districts")
            #expect(districts["items"].items.map { $0["id"].number } == [huangpu["id"].number, luwan])

            let byID = CatalogServices.palace.replacing(#""district": "黄浦区""#, with: #""district_id": \#(luwan)"#)
            let id = try await services.addCinema(byID)
            let cinema = try await services.client.ask(.get, "/v1/cinemas/\(id)")
            #expect(cinema["district"].text == "卢湾区")
            #expect(cinema["district_id"].number == luwan)
            let byName = try await services.addCinema(CatalogServices.palace.replacing("Palace", with: "Second"))
            #expect(try await services.client.ask(.get, "/v1/cinemas/\(byName)")["district_id"].number == huangpu["id"].number)
            let both = CatalogServices.palace.replacing(#""district""#, with: #""district_id": \#(luwan), "district""#)
            let refused = try await services.cinema.ask(.post, "/v1/cinemas", token: services.merchants[0], json: both)
            #expect(refused.code == "district_mismatch")
            #expect(refused.pointers == ["/district_id"])
            let unknown = CatalogServices.palace.replacing("黄浦区", with: "海淀区")
            #expect(
                try await services.cinema.ask(.post, "/v1/cinemas", token: services.merchants[0], json: unknown).code
                    == "district_outside_city")

            let path = "/v1/divisions/\(luwan)"
            let merger = #"{"into_id": \#(huangpu["id"].number), "day": "2011-06-08"}"#
            let merged = try await admin.ask(.post, path + "/merger", token: token, json: merger)
            #expect(merged["valid_to"].text == "2011-06-08")
            #expect(merged["successors"].items.map { $0["change"].text } == ["merged"])
            let references = try await admin.ask(.get, path + "/references", token: token)
            #expect(references["items"].items.map { $0["id"].number } == [id])
            // Still to be read and changed, but no longer to be chosen.
            let change = #"{"phone": "021-2", "latitude": 31.22}"#
            let changed = try await services.cinema.ask(
                .patch, "/v1/cinemas/\(id)", token: services.merchants[0], json: change, ifMatch: "*")
            #expect(changed["district"].text == "卢湾区", "\(changed.body)")
            let chosen = try await services.cinema.ask(
                .post, "/v1/cinemas", token: services.merchants[0], json: byID.replacing("Palace", with: "Third"))
            #expect(chosen.code == "district_outside_city")
            let moved = try await admin.ask(
                .post, path + "/references/move", token: token, json: #"{"to_id": \#(huangpu["id"].number)}"#)
            #expect(moved["cinemas"].number == 1)
            #expect(try await services.client.ask(.get, "/v1/cinemas?district_id=\(luwan)")["items"].items.isEmpty)
            #expect(
                try await services.client.ask(.get, "/v1/cinemas?district_id=\(huangpu["id"].number)")["items"].items.map {
                    $0["id"].number
                }
                    == [id, byName])
            let audited = try await services.pool.row(
                "SELECT details FROM audit_events WHERE action = 'division.references_moved' AND subject = \("division:\(luwan)")"
            ) { row -> String in try row["details"] }
            #expect(audited?.contains(#""cinemas": "1""#) == true, "\(audited ?? "")")
        }
    }

    @Test("Renaming, recoding, splitting and retiring answer with what there is then; merchants and moviegoers see none of it")
    func changes() async throws {
        try await CatalogServices.with { services in
            let (admin, token) = (services.admin, services.administrator)
            let id = try await admin.ask(.post, "/v1/divisions", token: token, json: Self.luwan)["id"].number
            let renamed = try await admin.ask(.post, "/v1/divisions/\(id)/renaming", token: token, json: #"{"name": "卢湾"}"#)
            #expect(renamed.status == 201)
            #expect(renamed["predecessors"].items.map { $0["id"].number } == [id])
            let recoded = try await admin.ask(
                .post, "/v1/divisions/\(renamed["id"].number)/recoding", token: token, json: #"{"code": "310199000000"}"#)
            #expect(recoded["code"].text == "310199000000")
            let into = #"{"into": [{"code": "310199000000", "name": "东"}, {"code": "310198000000", "name": "西"}]}"#
            let split = try await admin.ask(.post, "/v1/divisions/\(recoded["id"].number)/split", token: token, json: into)
            #expect(split["successors"].items.map { $0["name"].text } == ["东", "西"], "\(split.body)")
            let east = split["successors"].items[0]["id"].number
            let retired = try await admin.ask(.post, "/v1/divisions/\(east)/retirement", token: token, json: "{}")
            #expect(retired["successors"].items.isEmpty)
            let again = try await admin.ask(.post, "/v1/divisions/\(east)/retirement", token: token, json: "{}")
            #expect((again.status, again.code) == (409, "division_retired"))
            let listed = try await admin.ask(.get, "/v1/divisions?code=3101&retired=false", token: token)
            #expect(listed["items"].items.map { $0["name"].text } == ["西"])
            let wrong = try await admin.ask(.post, "/v1/divisions", token: token, json: #"{"code": "001122000000", "name": "x"}"#)
            #expect(wrong.status == 422)
            #expect(try await services.cinema.ask(.get, "/v1/divisions", token: services.merchants[0]).status == 404)
        }
    }

    @Test("A cinema's place is stored in WGS-84 and as it was given, and found by a place of any system")
    func coordinates() async throws {
        try await CatalogServices.with { services in
            let gcj = CatalogServices.palace.replacing(
                #""latitude": 31.23, "longitude": 121.47"#, with: #""latitude": 31.2284577, "longitude": 121.4782231, "system": "gcj02""#)
            let id = try await services.addCinema(gcj)
            let own = try await services.cinema.ask(.get, "/v1/cinemas/\(id)", token: services.merchants[0])
            #expect(abs(own["latitude"].double - 31.2304) < 2e-7)
            #expect(abs(own["longitude"].double - 121.4737) < 2e-7)
            #expect(own["given_system"].text == "gcj02")
            #expect(own["given_latitude"].double == 31.2284577)
            for near in ["31.2304,121.4737", "31.2284577,121.4782231&system=gcj02", "31.2343106,121.4847815&system=bd09"] {
                let found = try await services.client.ask(.get, "/v1/cinemas?near=\(near)")
                #expect(found["items"].items.map { $0["distance_m"].number } == [0], "\(near)")
            }
            #expect(try await services.client.ask(.get, "/v1/cinemas?near=1,1&system=mars").status == 400)
            #expect(try await services.client.ask(.get, "/v1/cinemas?near=nan,1&system=gcj02").status == 400)
            let half = try await services.cinema.ask(
                .patch, "/v1/cinemas/\(id)", token: services.merchants[0], json: #"{"latitude": 31.2, "system": "bd09"}"#, ifMatch: "*")
            #expect(half.status == 422)
            #expect(half.pointers == ["/longitude"])
            let moved = try await services.cinema.ask(
                .patch, "/v1/cinemas/\(id)", token: services.merchants[0], json: #"{"latitude": 31.2}"#, ifMatch: "*")
            #expect(moved["given_system"].text == "wgs84")
            #expect(moved["given_latitude"].double == 31.2)
        }
    }
}

extension JSONValue {
    fileprivate var double: Double {
        switch self {
        case .number(let number): number
        case .integer(let number): Double(number)
        default: .nan
        }
    }
}
