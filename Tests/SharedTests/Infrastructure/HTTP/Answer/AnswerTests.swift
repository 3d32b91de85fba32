import HTTP
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing
import Text

@Suite("The endpoint table answers requests", .inTurn)
struct AnswerTests {
    static let hero = #"{"title":"Hero","minutes":99}"#

    @Test("A new resource is answered with 201, its place, its tag and all its fields")
    func create() async throws {
        try await ExampleService.with { client in
            let answer = try await client.send(.post, "/v1/films", token: "may-15", json: Self.hero)
            #expect(answer.status == .created)
            #expect(answer.headers[.location] == "/v1/films/1")
            // The version, and a digest of all that is answered.
            #expect(try answer.headers[.eTag]?.wholeMatch(of: Regex("\"1-[0-9a-f]{32}\"")) != nil)
            #expect(answer.headers[.contentType] == "application/json")
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(answer.text == #"{"id":1,"title":"Hero","minutes":99,"company_id":null,"state":"coming","credits":[]}"#)
        }
    }

    @Test("Order of answers: path, method, token, permission, and only then what was sent")
    func order() async throws {
        try await ExampleService.with { client in
            let bad = #"{"nonsense":"#
            #expect(try await client.send(.post, "/v1/nothing", json: bad).status == .notFound)
            let method = try await client.send(.put, "/v1/films?nonsense=1", json: bad)
            #expect(method.status == .methodNotAllowed)
            #expect(method.headers[.allow] == "GET, POST, HEAD")
            let token = try await client.send(.post, "/v1/films?nonsense=1", json: bad)
            #expect(token.status == .unauthorized && token.code == "unauthenticated")
            #expect(token.headers[.wwwAuthenticate] == "Bearer")
            #expect(try await client.send(.post, "/v1/films", token: "other", json: bad).status == .unauthorized)
            let permission = try await client.send(.post, "/v1/films?nonsense=1", token: "may-13", json: bad)
            #expect(permission.status == .forbidden && permission.code == "account_restricted")
            #expect(try await client.send(.post, "/v1/films?nonsense=1", token: "may-2", json: bad).place == "nonsense")
            #expect(try await client.send(.post, "/v1/films", token: "may-2", json: bad).code == "malformed_json")
        }
    }

    @Test("Lists come in pages, linked with the other parameters kept")
    func pages() async throws {
        try await ExampleService.with { client in
            for _ in 1...5 { _ = try await client.send(.post, "/v1/films", token: "may-2", json: Self.hero) }
            let first = try await client.send(.get, "/v1/films?limit=2&state=coming&fields=id")
            #expect(first.text == #"{"items":[{"id":1},{"id":2}],"next":"2"}"#)
            let link = try #require(HTTPField.Name("Link"))
            #expect(first.headers[link] == #"</v1/films?limit=2&state=coming&fields=id&cursor=2>; rel="next""#)
            let last = try await client.send(.get, "/v1/films?limit=2&cursor=4&omit=title,minutes,company_id,state,credits")
            #expect(last.text == #"{"items":[{"id":5}],"next":null}"#)
            #expect(last.headers[link] == nil)
        }
    }

    @Test(
        "Parameters that mean nothing are refused and named",
        arguments: [
            ("limit=0", "limit"), ("limit=101", "limit"), ("limit=abc", "limit"), ("limit=", "limit"), ("limit=1&limit=2", "limit"),
            ("state=gone", "state"), ("near=91,0", "near"), ("near=1", "near"), ("near=nan,1", "near"), ("fields=nothing", "fields"),
            ("omit=", "omit"), ("color=red", "color"), ("cursor=%00", "cursor"),
        ])
    func parameters(query: String, name: String) async throws {
        try await ExampleService.with { client in
            let answer = try await client.send(.get, "/v1/films?\(query)")
            #expect(answer.status == .badRequest)
            #expect(answer.place == name)
        }
    }

    @Test("Broken escapes in the query are a 400", arguments: ["%", "%G1", "state=%FF", "%ff=1"])
    func brokenQuery(query: String) async throws {
        try await ExampleService.with { client in
            let answer = try await client.send(.get, "/v1/films?\(query)")
            #expect(answer.status == .badRequest)
        }
    }

    @Test("Path parameters are decoded, and what can't be one is not there")
    func paths() async throws {
        try await ExampleService.with { client in
            #expect(try await client.send(.get, "/v1/films/named/%E8%8B%B1%E9%9B%84%2F2").text == "英雄/2")
            for path in [
                "/v1/films/named/%FF", "/v1/films/named/%", "/v1/films/named/%00", "/v1/films/abc", "/v1/films/0", "/v1/films/-1",
                "/v1/films/99999999999999999999", "/v1/films/1.0", "/v1/films/", "/v1//films", "/v1/films/1/", "/", "/v1/receipts/1",
                "/v1/films/7",
            ] {
                let answer = try await client.send(.get, path)
                #expect(answer.status == .notFound && answer.code == "not_found", "\(path)")
            }
        }
    }

    @Test("A resource that hasn't changed is answered 304, and changed only by who knows its state")
    func conditions() async throws {
        try await ExampleService.with { client in
            let made = try await client.send(.post, "/v1/films", token: "may-2", json: Self.hero)
            let tag = try #require(made.headers[.eTag])
            for known in [tag, "W/\(tag)", "\"9\", \(tag)", "*", ", \(tag)", ",,\"9\",\t,\(tag) ,", " \(tag) "] {
                for method in [HTTPRequest.Method.get, .head] {
                    let answer = try await client.send(method, "/v1/films/1", headers: [.ifNoneMatch: known])
                    #expect(answer.status == .notModified && answer.text.isEmpty && answer.headers[.eTag] == tag, "\(known)")
                }
            }
            for unknown in ["\"1\"", "\"2\"", ",", "\"1", "1", "\"9\" \(tag)", "W/", "w/\(tag)"] {
                #expect(try await client.send(.get, "/v1/films/1", headers: [.ifNoneMatch: unknown]).status == .ok, "\(unknown)")
            }
            let patch = #"{"title":"Hero 2"}"#
            #expect(try await client.send(.patch, "/v1/films/1", token: "may-4", json: patch).status.code == 428)
            for (tag, status) in [
                ("\"2\"", 412), ("\"2\(tag.dropFirst(2))", 412), ("\"-1\"", 412), ("W/\"1\"", 412), ("\"x\"", 412), ("1", 400),
                ("\"1\", \"2\"", 400), (",", 400), (", \(tag),", 200), (tag, 412), ("\"2\"", 200), ("*", 200),
                ("\"4\", \"4\",\"4-x\"", 200),
            ] {
                let answer = try await client.send(.patch, "/v1/films/1", token: "may-4", json: patch, headers: [.ifMatch: tag])
                #expect(answer.status.code == status, "\(tag)")
            }
            #expect(try await client.send(.delete, "/v1/films/1", token: "may-8", headers: [.ifMatch: "\"5\""]).status == .noContent)
        }
    }

    @Test("A resource without a version is tagged by all that it says, whichever fields are sent; what operators ask is not tagged")
    func derivedTags() async throws {
        let shape = Shape<String>(
            "Motto", .text("words", "What it says.", example: "Be kind.") { $0 }, .text("of", "Whose it is.", example: "us") { _ in "us" })
        let motto = Endpoint(.get, "/v1/motto", "Says the motto.", access: .open, answers: .ok(shape)) { _ in .ok("Be kind.") }
        try await ExampleService.with(endpoints: [motto]) { client in
            let whole = try await client.send(.get, "/v1/motto")
            let tag = try #require(whole.headers[.eTag])
            #expect(tag.count == 34 && whole.text == #"{"words":"Be kind.","of":"us"}"#)
            let part = try await client.send(.get, "/v1/motto?fields=of")
            #expect(part.headers[.eTag] == tag && part.text == #"{"of":"us"}"#)
            let known = try await client.send(.get, "/v1/motto", headers: [.ifNoneMatch: tag])
            #expect(known.status == .notModified && known.text.isEmpty && known.headers[.eTag] == tag)
            #expect(try await client.send(.get, "/v1/motto", headers: [.ifNoneMatch: "\"1\""]).status == .ok)
            let live = try await client.send(.get, "/livez", headers: [.ifNoneMatch: "*"])
            #expect(live.status == .ok && live.headers[.eTag] == nil)
        }
    }

    @Test("HEAD is answered as GET without the body")
    func head() async throws {
        try await ExampleService.with(.live) { client in
            let answer = try await client.send(.head, "/v1/films")
            #expect(answer.status == .ok)
            #expect(answer.text.isEmpty)
            #expect(answer.headers[.contentLength] == "24")
            #expect(try await client.send(.get, "/v1/films").text == #"{"items":[],"next":null}"#)
        }
    }

    @Test("An error that nobody expected is a plain 500 that tells nothing")
    func internalError() async throws {
        try await ExampleService.with { client in
            let answer = try await client.send(.get, "/v1/crash")
            #expect(answer.status == .internalServerError && answer.code == "internal_error")
            #expect(!answer.text.contains("hunter2"))
        }
    }

    @Test("A problem carries its further members")
    func members() async throws {
        try await ExampleService.with { client in
            let answer = try await client.send(.post, "/v1/films", token: "may-2", json: #"{"title":"Twice","minutes":1}"#)
            #expect(answer.status == .conflict)
            #expect(answer.json["film_ids"] == [7])
            #expect(answer.json["instance"] == "/v1/films")
            #expect(answer.json["status"] == 409)
        }
    }

    @Test("Request ids and traces are taken over when sane, made or left out otherwise")
    func ids() async throws {
        try await ExampleService.with { client in
            let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            let name = try #require(HTTPField.Name("X-Request-Id"))
            let traceparent = try #require(HTTPField.Name("traceparent"))
            let sane = try await client.send(.get, "/v1/mine", token: "may-0", headers: [name: "abc-1", traceparent: trace])
            #expect(sane.headers[name] == "abc-1")
            #expect(sane.text == "42 abc-1 \(trace)")
            let odd = try await client.send(
                .get, "/v1/mine", token: "may-0",
                headers: [
                    name: "a b", traceparent: trace.replacing("0af7651916cd43dd8448eb211c80319c", with: String(repeating: "0", count: 32)),
                ])
            #expect(odd.headers[name] != "a b" && odd.headers[name]?.isEmpty == false)
            #expect(odd.text.hasSuffix(" -"))
        }
    }

    @Test("Ids that we make tell nobody how many requests there were")
    func madeIDs() async throws {
        try await ExampleService.with { client in
            let name = try #require(HTTPField.Name("X-Request-Id"))
            var ids: [String] = []
            for _ in 0..<20 { ids.append(try #require(try await client.send(.get, "/v1/mine", token: "may-0").headers[name])) }
            #expect(Set(ids).count == 20)
            #expect(ids.allSatisfy { $0.utf8.count == 32 && $0.allSatisfy(\.isHexDigit) })
            // Two that follow each other have as little in common as any: half of 128 bits differ, and never fewer than 20.
            let numbers = ids.compactMap { UInt128($0, radix: 16) }
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy { ($0 ^ $1).nonzeroBitCount > 20 })
        }
    }

    @Test("A form is handed on as it came, whatever its type says, and cut where it is too long")
    func forms() async throws {
        try await ExampleService.with { client in
            let form = Array("b=1+2&a=%E8%8B%B1&a=%ff&c=%".utf8)
            let odd = "application/x-www-form-urlencoded; text/html; charset=UTF-8"
            for type in [odd, "application/x-www-form-urlencoded", "text/plain", "application/json; charset=gbk"] {
                let answer = try await client.send(.post, "/v1/notifications", bytes: form, type: type)
                #expect(answer.text == "\(type)|-|false|b=1+2&a=%E8%8B%B1&a=%ff&c=%")
            }
            let whole = String(repeating: "x", count: 64)
            #expect(
                try await client.send(.post, "/v1/notifications", bytes: Array(whole.utf8), type: odd).text == "\(odd)|-|false|\(whole)")
            let longer = try await client.send(.post, "/v1/notifications", bytes: Array((whole + "y").utf8), type: odd)
            #expect(longer.text == "\(odd)|-|true|\(whole)")
            #expect(try await client.send(.post, "/v1/notifications").text == "-|-|false|")
        }
    }
}
