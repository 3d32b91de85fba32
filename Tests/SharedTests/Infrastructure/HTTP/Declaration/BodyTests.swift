import HTTP
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing
import Text

@Suite("Bodies are read strictly", .inTurn)
struct BodyTests {
    /// Sends a body to the example's POST and gives the answer.
    private func answer(to body: [UInt8], type: String = "application/json") async throws -> TestResponse {
        try await ExampleService.with { client in
            try await client.send(.post, "/v1/films", token: "may-2", bytes: body, type: type)
        }
    }

    @Test(
        "JSON that breaks the declaration is a 422 that names the field",
        arguments: [
            (#"{"minutes":1}"#, "/title", "missing"),
            (#"{"title":1,"minutes":1}"#, "/title", "wrong_type"),
            (#"{"title":null,"minutes":1}"#, "/title", "wrong_type"),
            (#"{"title":"","minutes":1}"#, "/title", "too_short"),
            (#"{"title":"123456789012345678901","minutes":1}"#, "/title", "too_long"),
            (#"{"title":"a\u0000b","minutes":1}"#, "/title", "nul_character"),
            (#"{"title":"Untitled","minutes":1}"#, "/title", "title_taken"),
            (#"{"title":"a","minutes":0}"#, "/minutes", "out_of_range"),
            (#"{"title":"a","minutes":1001}"#, "/minutes", "out_of_range"),
            (#"{"title":"a","minutes":1.5}"#, "/minutes", "not_whole"),
            (#"{"title":"a","minutes":"1"}"#, "/minutes", "wrong_type"),
            (#"{"title":"a","minutes":true}"#, "/minutes", "wrong_type"),
            (#"{"title":"a","minutes":1e999}"#, "/minutes", "out_of_range"),
            (#"{"title":"a","minutes":1e30}"#, "/minutes", "out_of_range"),
            (#"{"title":"a","minutes":99999999999999999999}"#, "/minutes", "out_of_range"),
            (#"{"title":"a","minutes":1,"company_id":0}"#, "/company_id", "out_of_range"),
            (#"{"title":"a","minutes":1,"company_id":null}"#, "/company_id", "wrong_type"),
            (#"{"title":"a","minutes":1,"company_id":9223372036854775808.0}"#, "/company_id", "out_of_range"),
            (#"{"title":"a","minutes":1,"state":"gone"}"#, "/state", "unknown_value"),
            (#"{"title":"a","minutes":1,"released_at":"2026-02-30T00:00:00Z"}"#, "/released_at", "not_a_time"),
            (#"{"title":"a","minutes":1,"released_at":"2026-02-03"}"#, "/released_at", "not_a_time"),
            (#"{"title":"a","minutes":1,"credits":{}}"#, "/credits", "wrong_type"),
            (#"{"title":"a","minutes":1,"credits":[{},{},{},{}]}"#, "/credits", "too_many"),
            (#"{"title":"a","minutes":1,"credits":[{"name":"x","role":"y"},{"name":"x","role":7}]}"#, "/credits/1/role", "wrong_type"),
            (#"{"title":"a","minutes":1,"credits":[{"name":"x","role":"y","z":1}]}"#, "/credits/0/z", "unknown_key"),
            (#"{"title":"a","minutes":1,"a/b~c":1}"#, "/a~1b~0c", "unknown_key"),
            ("[]", "", "wrong_type"), ("null", "", "wrong_type"), ("7", "", "wrong_type"),
        ])
    func declaration(body: String, pointer: String, code: String) async throws {
        let answer = try await answer(to: Array(body.utf8))
        #expect(answer.status == .unprocessableContent, "\(answer.text)")
        #expect(answer.place == pointer)
        guard case .array(let errors) = answer.json["errors"] else { return }
        #expect(errors.first?["code"] == .string(code))
    }

    @Test(
        "What is no JSON is a 400 that names the place",
        arguments: [
            ("{", "", "malformed_json"), ("{}x", "", "malformed_json"), ("{,}", "", "malformed_json"), (#"{"a":1,}"#, "", "malformed_json"),
            ("[1,]", "/1", "malformed_json"), ("{'a':1}", "", "malformed_json"), (#"{"a":01}"#, "/a", "malformed_json"),
            (#"{"a":+1}"#, "/a", "malformed_json"), (#"{"a":.5}"#, "/a", "malformed_json"), (#"{"a":1.}"#, "/a", "malformed_json"),
            (#"{"a":NaN}"#, "/a", "malformed_json"), (#"{"a":Infinity}"#, "/a", "malformed_json"), (#"{"a":tru}"#, "/a", "malformed_json"),
            (#"{"a":"\x"}"#, "/a", "malformed_json"), (#"{"a":"\u12"}"#, "/a", "malformed_json"),
            ("{\"a\":\"\n\"}", "/a", "malformed_json"),
            (#"{"a":"\ud800"}"#, "/a", "lone_surrogate"), (#"{"a":"\udc00"}"#, "/a", "lone_surrogate"),
            (#"{"a":"\ud800\u0041"}"#, "/a", "lone_surrogate"), (#"{"a":1,"a":2}"#, "/a", "duplicate_key"),
            (#"{"a":[{"b":1,"\u0062":2}]}"#, "/a/0/b", "duplicate_key"),
            ("\u{FEFF}{}", "", "malformed_json"), ("   ", "", "malformed_json"),
            (String(repeating: "[", count: 17) + String(repeating: "]", count: 17), String(repeating: "/0", count: 16), "too_deep"),
            (String(repeating: "[", count: 60_000), String(repeating: "/0", count: 16), "too_deep"),
            (#"{"a":"# + String(repeating: "{\"a\":", count: 9_000), "/a" + String(repeating: "/a", count: 15), "too_deep"),
        ])
    func syntax(body: String, pointer: String, code: String) async throws {
        let answer = try await answer(to: Array(body.utf8))
        #expect(answer.status == .badRequest)
        #expect(answer.code == code)
        #expect(answer.place == pointer)
    }

    @Test(
        "Text that is not UTF-8 is a 400 that names the field",
        arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]])
    func invalidUTF8(text: [UInt8]) async throws {
        for escape in ["", #"\n"#] {
            let answer = try await answer(to: Array("{\"title\":\"\(escape)".utf8) + text + Array("\"}".utf8))
            #expect(answer.status == .badRequest && answer.code == "invalid_utf8" && answer.place == "/title")
        }
    }

    @Test("An empty body, another type and a compressed one are told apart")
    func types() async throws {
        #expect(try await answer(to: []).code == "body_missing")
        for type in ["text/plain", "application/json; charset=gbk", "application/jsonx", "application/x-www-form-urlencoded"] {
            #expect(try await answer(to: Array("{}".utf8), type: type).status.code == 415, "\(type)")
        }
        for type in ["application/json", "Application/JSON; Charset=UTF-8", "application/json;charset=\"utf-8\""] {
            #expect(try await answer(to: Array("{}".utf8), type: type).status.code == 422, "\(type)")
        }
    }

    @Test("A body over the limit is a 413, told by its length or found while reading")
    func tooLarge() async throws {
        #expect(try await answer(to: Array(repeating: 0x20, count: 64 * 1024 + 1)).code == "body_too_large")
        #expect(try await answer(to: Array(repeating: 0x20, count: 64 * 1024)).code == "malformed_json")
    }

    @Test("A body where none belongs is refused")
    func notExpected() async throws {
        try await ExampleService.with { client in
            let answer = try await client.send(.get, "/v1/films", json: "{}")
            #expect(answer.code == "body_not_expected")
        }
    }

    @Test("Whole numbers may be written as JSON Schema allows, escapes and surrogate pairs are read, lengths count characters")
    func accepted() async throws {
        let body = #"{"title":"\u82f1\ud83d\ude00\/\"\\\n\t","minutes":9.9e1,"released_at":"2026-10-01T20:00:00.5+08:00"}"#
        let answer = try await answer(to: Array(body.utf8))
        #expect(answer.status == .created, "\(answer.text)")
        #expect(answer.json["title"] == .string("英😀/\"\\\n\t"))
        #expect(answer.json["minutes"] == 99)
        #expect(answer.json["released_at"] == "2026-10-01T12:00:00.500Z")
        let twenty = try await self.answer(to: Array(#"{"title":"\#(String(repeating: "😀", count: 20))","minutes":1}"#.utf8))
        #expect(twenty.status == .created)
    }

    @Test("In a PATCH what is absent stays, and null clears only what can be cleared")
    func patch() async throws {
        try await ExampleService.with { client in
            _ = try await client.send(.post, "/v1/films", token: "may-2", json: #"{"title":"Hero","minutes":1,"company_id":5}"#)
            let any: HTTPFields = [.ifMatch: "*"]
            #expect(try await client.send(.patch, "/v1/films/1", token: "may-4", json: "{}", headers: any).json["company_id"] == 5)
            let cleared = try await client.send(.patch, "/v1/films/1", token: "may-4", json: #"{"company_id":null}"#, headers: any)
            #expect(cleared.json["company_id"] == .null && cleared.json["title"] == "Hero")
            #expect(try await client.send(.patch, "/v1/films/1", token: "may-4", json: #"{"title":null}"#, headers: any).status.code == 422)
        }
    }
}
