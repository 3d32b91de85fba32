import Database
import HTTP
import HTTPTypes
import TestSupport
import Testing
import Text

@Suite("The catalogue over HTTP")
struct CatalogEndpointsTests {
    @Test("An administrator adds, changes and deletes a movie, and everybody sees it meanwhile")
    func movie() async throws {
        try await CatalogServices.with { services in
            let added = try await services.admin.ask(.post, "/v1/movies", token: services.administrator, json: CatalogServices.hero)
            #expect(added.status == 201)
            let id = added["id"].number
            #expect(added.headers[.location] == "/v1/movies/\(id)")
            #expect(added["people"].items.map { $0["name"].text } == ["Zhang Yimou"])
            #expect(added["company_id"] == .null)

            let seen = try await services.client.ask(.get, "/v1/movies/\(id)")
            #expect(seen.status == 200)
            #expect(seen.json == added.json)
            #expect(seen.headers[.eTag] == added.headers[.eTag] && seen.headers[.cacheControl] == "no-cache")
            let listed = try await services.cinema.ask(.get, "/v1/movies?q=HERO&state=showing&sort=title", token: services.merchants[0])
            #expect(listed["items"].items.map { $0["id"].number } == [id])
            #expect(listed["next"] == .null)

            let path = "/v1/movies/\(id)"
            let change = #"{"state": "ended", "company_id": null}"#
            #expect(try await services.admin.ask(.patch, path, token: services.administrator, json: change).status == 428)
            #expect(try await services.admin.ask(.patch, path, token: services.administrator, json: change, ifMatch: "\"9\"").status == 412)
            let changed = try await services.admin.ask(.patch, path, token: services.administrator, json: change, ifMatch: "\"1\"")
            #expect(changed.status == 200)
            #expect(changed["state"].text == "ended")
            #expect(changed["title"].text == "Hero")
            #expect(changed.headers[.eTag]?.hasPrefix("\"2-") == true)
            #expect(try await services.client.ask(.get, path)["state"].text == "showing")
            services.clock.advance(by: AnswerMemory.lifetime)
            #expect(try await services.client.ask(.get, path)["state"].text == "ended")
            services.clock.advance(by: AnswerMemory.lifetime)

            #expect(try await services.admin.ask(.delete, path, token: services.administrator, ifMatch: "\"2\"").status == 204)
            #expect(try await services.client.ask(.get, path).status == 404)
            let trail = try await services.pool.rows("SELECT action FROM audit_events WHERE subject = \("movie:\(id)") ORDER BY id") {
                row in
                try row["action"] as String
            }
            #expect(trail == ["movie.added", "movie.changed", "movie.deleted"])
        }
    }

    @Test(
        "A movie that can't be is refused, and the answer names the field",
        arguments: [
            (#""duration_min": 99"#, #""duration_min": 0"#, "/duration_min"),
            (#""duration_min": 99"#, #""duration_min": "99""#, "/duration_min"),
            (#""release_date": "2002-10-24""#, #""release_date": "2002-02-30""#, "/release_date"),
            (#""formats": ["2D"]"#, #""formats": []"#, "/formats"),
            (#""formats": ["2D"]"#, #""formats": ["2D", "2D"]"#, "/formats/1"),
            (#""title": "Hero""#, #""title": "  ""#, "/title"),
            (#""title": "Hero""#, #""title": "a\u0000b""#, "/title"),
            (#""minimum_price_fen": 3000"#, #""minimum_price_fen": -1"#, "/minimum_price_fen"),
            (#""state": "showing""#, #""state": "gone""#, "/state"),
            (#""state": "showing""#, #""state": "showing", "box_office_fen": 5"#, "/box_office_fen"),
            (#""state": "showing""#, #""state": "showing", "company_id": 99"#, "/company_id"),
            (#""role": "director""#, #""role": "caterer""#, "/people/0/role"),
        ])
    func refusedMovie(part: String, replacement: String, pointer: String) async throws {
        try await CatalogServices.with { services in
            let json = CatalogServices.hero.replacing(part, with: replacement)
            let answer = try await services.admin.ask(.post, "/v1/movies", token: services.administrator, json: json)
            #expect(answer.status == 422)
            #expect(answer.pointers == [pointer])
            let listed = try await services.client.ask(.get, "/v1/movies")
            #expect(listed["items"].items.isEmpty)
        }
    }

    @Test("Nobody but an administrator writes movies and companies")
    func permissions() async throws {
        try await CatalogServices.with { services in
            let open = try await services.client.ask(.get, "/v1/movies")
            #expect(open.status == 200)
            #expect(try await services.admin.ask(.post, "/v1/movies", json: CatalogServices.hero).status == 401)
            for token in [services.merchants[0], services.moviegoer] {
                #expect(try await services.admin.ask(.post, "/v1/movies", token: token, json: CatalogServices.hero).status == 401)
                #expect(try await services.admin.ask(.get, "/v1/companies", token: token).status == 401)
            }
            #expect(
                try await services.cinema.ask(.post, "/v1/movies", token: services.merchants[0], json: CatalogServices.hero).status == 405)
            #expect(try await services.client.ask(.post, "/v1/movies", token: services.moviegoer, json: CatalogServices.hero).status == 405)
            #expect(try await services.cinema.ask(.get, "/v1/movies").status == 401)
        }
    }

    @Test("A company's name is taken once")
    func companies() async throws {
        try await CatalogServices.with { services in
            let json = #"{"name": "New Picture"}"#
            let added = try await services.admin.ask(.post, "/v1/companies", token: services.administrator, json: json)
            #expect(added.status == 201)
            let again = try await services.admin.ask(.post, "/v1/companies", token: services.administrator, json: json)
            #expect(again.status == 409)
            #expect(again.code == "company_exists")
            let listed = try await services.admin.ask(.get, "/v1/companies", token: services.administrator)
            #expect(listed["items"].items.map { $0["name"].text } == ["New Picture"])
            let movie = CatalogServices.hero.replacing(#""title""#, with: #""company_id": \#(added["id"].number), "title""#)
            let made = try await services.admin.ask(.post, "/v1/movies", token: services.administrator, json: movie)
            #expect(made["company_name"].text == "New Picture")
        }
    }
}
