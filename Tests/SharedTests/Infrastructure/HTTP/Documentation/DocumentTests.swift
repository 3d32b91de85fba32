import HTTPTypes
import HummingbirdTesting
import Logging
import Testing
import Text

@testable import HTTP

@Suite("Documents made from the endpoint table")
struct DocumentTests {
    @Test("The OpenAPI document holds every call, its security, its parameters and its answers")
    func openAPI() async throws {
        try await ExampleService.with { client in
            let answer = try await client.send(.get, "/openapi.json")
            #expect(answer.headers[.contentType] == "application/json")
            let document = answer.json
            #expect(document["openapi"] == "3.1.0")
            let paths = try #require(document["paths"])
            let list = try #require(paths["/v1/films"]?["get"])
            #expect(list["security"] == [])
            let create = try #require(paths["/v1/films"]?["post"])
            #expect(create["security"] == nil)
            #expect(create["responses"]?["409"] != nil && create["responses"]?["422"] != nil && create["responses"]?["201"] != nil)
            #expect(paths["/v1/receipts/{id}"] != nil && paths["/metrics"] != nil)
            let schemas = try #require(document["components"]?["schemas"])
            #expect(schemas["NewFilm"]?["additionalProperties"] == false)
            #expect(schemas["NewFilm"]?["required"] == ["title", "minutes"])
            #expect(schemas["NewFilm"]?["properties"]?["minutes"]?["examples"] == [99])
            #expect(schemas["FilmState"]?["enum"] == ["coming", "showing", "ended"])
            #expect(schemas["FilmPage"]?["required"] == ["items", "next"])
            #expect(list["operationId"] == "listFilms" && create["operationId"] == "createFilm")
            #expect(document["components"]?["parameters"]?["limit"]?["in"] == "query")
        }
    }

    @Test("The page for people has a heading for every call, with parameters, errors and an example")
    func markdown() {
        let chapter = APIDocumentation.Chapter(
            title: "Example", introduction: "Films.", address: "http://127.0.0.1:8001", endpoints: FilmEndpoints().all)
        let texts = Texts([
            .english: LanguageTexts(titles: [:], sentences: ["film_exists": "There is such a film already."], names: [:])
        ])
        let text = APIDocumentation(introduction: "All calls.", chapters: [chapter], texts: texts).markdown
        for endpoint in FilmEndpoints().all { #expect(text.contains("\n### \(endpoint.operation)\n")) }
        #expect(text.contains("| `credits[].name` | text of 1 to 100 characters | required | Name. |"))
        #expect(text.contains("| 409 | `film_exists` | There is such a film already. |"))
        for problem in MessageFault.allCases.map({ $0.problem(requestSeconds: 30) }) {
            #expect(text.contains("| \(problem.status) | `\(problem.code)` | "))
        }
        #expect(text.contains("| `If-Match` | header |"))
        #expect(text.contains("| `limit` | query | whole number from 1 to 100 | common |"))
    }

    @Test("Two schemas of one name, and two endpoints of one method and path, can't be served")
    func clashes() {
        func service(_ endpoints: [Endpoint]) -> HTTPApplication {
            HTTPApplication(
                name: "example", endpoints: endpoints, authenticator: ExampleAuthenticator(), problems: NoMapping(),
                rateLimits: .off, logger: Logger(label: "test"))
        }
        let shape = Shape<Film>("Film", .id("id", "Number.") { $0.id })
        let other = Endpoint(.get, "/v1/other", "Shows another.", access: .open, answers: .ok(shape)) { _ in throw Problem.notFound }
        #expect(throws: EndpointTableError.schemaNameTwice("Film")) { try service([FilmEndpoints().show, other]).build() }
        let again = Endpoint(.get, "/v1/films/{film_id}", "Shows it.", name: "showAgain", access: .open, answers: .plain) { _ in .plain("")
        }
        #expect(throws: EndpointTableError.duplicate("GET /v1/films/{film_id}")) { try service([FilmEndpoints().show, again]).build() }
        let namesake = Endpoint(.get, "/v1/other", "Shows another.", name: "showFilm", access: .open, answers: .plain) { _ in .plain("") }
        #expect(throws: EndpointTableError.operationNameTwice("showFilm")) { try service([FilmEndpoints().show, namesake]).build() }
        let page = Endpoint(.get, "/v1/other", "Shows another.", access: .open, answers: .ok(Shape<Film>("FilmPage"))) { _ in
            throw Problem.notFound
        }
        #expect(throws: EndpointTableError.schemaNameTwice("FilmPage")) { try service([FilmEndpoints().list, page]).build() }
    }

    @Test("Calls are named by method, path and answer, unless they declare a name")
    func names() {
        let shape = Shape<Film>("Film", .id("id", "Number.") { $0.id })
        func name(_ method: HTTP.Method, _ path: PathTemplate, _ answers: Answers<Film>) -> String {
            Endpoint(method, path, "", access: .open, answers: answers) { _ in throw Problem.notFound }.name
        }
        #expect(name(.get, "/v1/film-companies", .page(shape)) == "listFilmCompanies")
        #expect(name(.get, "/v1/film-companies/{id}", .ok(shape)) == "showFilmCompany")
        #expect(name(.get, "/v1/film-companies/{id}/addresses", .page(shape)) == "listFilmCompanyAddresses")
        #expect(name(.get, "/v1/boxes/{id}/glass", .ok(shape)) == "showBoxGlass")
        #expect(name(.post, "/v1/films/{id:uuid}/copies", .created(shape, at: "/v1/films")) == "createFilmCopy")
        #expect(name(.post, "/v1/films/search", .ok(shape)) == "submitFilmsSearch")
        #expect(name(.put, "/v1/films/{id}/title", .ok(shape)) == "setFilmTitle")
        #expect(name(.patch, "/v1/films/{id}", .ok(shape)) == "changeFilm")
        #expect(name(.delete, "/v1/films/{film_id}/copies/{id}", .ok(shape)) == "deleteFilmCopy")
    }
}
