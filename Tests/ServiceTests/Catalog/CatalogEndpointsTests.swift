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

    @Test("A movie tells its content, and its people are shown with their movies, everywhere")
    func people() async throws {
        try await CatalogServices.with { services in
            let json = CatalogServices.hero.replacing(
                #""people": ["#,
                with: #"""
                    "synopsis": "Three assassins.", "film_code": "001106752002", "trailers": ["https://video.example.com/hero"],                     "preview_date": "2002-10-20", "companies": [{"name": "Elite", "role": "distribution"}], "people": [                    {"name": "Jet Li", "role": "actor", "character": "Nameless"}, 
                    """#)
            let added = try await services.admin.ask(.post, "/v1/movies", token: services.administrator, json: json)
            #expect(added.status == 201, "\(added.body)")
            #expect(added["synopsis"].text == "Three assassins." && added["preview_date"].text == "2002-10-20")
            #expect(added["companies"].items.map { $0["name"].text } == ["Elite"])
            let person = added["people"].items[0]
            #expect(person["character"].text == "Nameless")
            let id = person["person_id"].number

            let change = #"{"other_names": ["李连杰"], "biography": "Born in Beijing."}"#
            let path = "/v1/people/\(id)"
            #expect(try await services.admin.ask(.patch, path, token: services.administrator, json: change).status == 428)
            let changed = try await services.admin.ask(.patch, path, token: services.administrator, json: change, ifMatch: "\"1\"")
            #expect(changed.status == 200, "\(changed.body)")
            let shown = try await services.client.ask(.get, path)
            #expect(shown.json == changed.json)
            let movies = try await services.cinema.ask(.get, path + "/movies", token: services.merchants[0])
            #expect(movies["items"].items.map { $0["movie"]["title"].text } == ["Hero"])
            #expect(movies["items"].items.first?["character"].text == "Nameless")
            let listed = try await services.client.ask(.get, "/v1/people")
            #expect(listed["items"].items.map { $0["name"].text } == ["Jet Li", "Zhang Yimou"])

            #expect(try await services.admin.ask(.delete, path, token: services.administrator, ifMatch: "*").code == "person_in_use")
            let namesake = try await services.admin.ask(
                .post, "/v1/people", token: services.administrator, json: #"{"name": "Jet Li"}"#)
            #expect(namesake.status == 201)
            let ambiguous = try await services.admin.ask(.post, "/v1/movies", token: services.administrator, json: json)
            #expect(ambiguous.code == "film_code_taken")
            let other = json.replacing("001106752002", with: "001106762002")
            let refused = try await services.admin.ask(.post, "/v1/movies", token: services.administrator, json: other)
            #expect(
                refused.status == 422 && refused.code == "person_ambiguous" && refused.pointers == ["/people/0/name"], "\(refused.body)")
            #expect(
                try await services.admin.ask(
                    .delete, "/v1/people/\(namesake["id"].number)", token: services.administrator, ifMatch: "*"
                ).status == 204)
            #expect(try await services.cinema.ask(.post, "/v1/people", token: services.merchants[0], json: "{}").status == 405)
            #expect(try await services.client.ask(.get, "/v1/people/9999").status == 404)
        }
    }

    @Test(
        "Content that can't be is refused, and the answer names the field",
        arguments: [
            (#""trailers": ["http://video.example.com/hero"]"#, "/trailers/0"),
            (#""trailers": ["javascript:alert(1)"]"#, "/trailers/0"),
            (#""trailers": ["https://user@example.com/"]"#, "/trailers/0"),
            (#""trailers": ["https://example.com/a b"]"#, "/trailers/0"),
            (#""film_code": "00110675200""#, "/film_code"), (#""film_code": "0O1106752002""#, "/film_code"),
            (#""eidr": "10.5240/7EC7-228A-510A-053E-CBB8-K""#, "/eidr"), (#""eidr": "10.5240/7ec7-228a-510a-053e-cbb8-j""#, "/eidr"),
            (#""preview_date": "2002-10-25""#, "/preview_date"), (#""synopsis": """#, "/synopsis"),
            (#""other_titles": ["A", "A"]"#, "/other_titles/1"), (#""companies": [{"role": "production"}]"#, "/companies/0/name"),
            (#""companies": [{"name": "A", "role": "catering"}]"#, "/companies/0/role"),
        ])
    func refusedContent(field: String, pointer: String) async throws {
        try await CatalogServices.with { services in
            let json = CatalogServices.hero.replacing(#""people": ["#, with: field + #", "people": ["#)
            let answer = try await services.admin.ask(.post, "/v1/movies", token: services.administrator, json: json)
            #expect(answer.status == 422)
            #expect(answer.pointers == [pointer], "\(answer.body)")
        }
    }

    @Test("A movie's state follows unless it is pinned, and null unpins it")
    func state() async throws {
        try await CatalogServices.with { services in
            let json = CatalogServices.hero.replacing(#""state": "showing", "#, with: "")
            let added = try await services.admin.ask(.post, "/v1/movies", token: services.administrator, json: json)
            #expect(added.status == 201, "\(added.body)")
            #expect(added["state"].text == "ended" && added["state_pinned"] == false)
            let path = "/v1/movies/\(added["id"].number)"
            let pinned = try await services.admin.ask(
                .patch, path, token: services.administrator, json: #"{"state": "presale"}"#, ifMatch: "*")
            #expect(pinned["state"].text == "presale" && pinned["state_pinned"] == true)
            let unpinned = try await services.admin.ask(
                .patch, path, token: services.administrator, json: #"{"state": null}"#, ifMatch: "*")
            #expect(unpinned["state"].text == "ended" && unpinned["state_pinned"] == false)
            let listed = try await services.client.ask(.get, "/v1/movies?state=ended")
            #expect(listed["items"].items.map { $0["title"].text } == ["Hero"])
        }
    }
}
