import Testing

@testable import HTTP

@Suite("Idempotency keys")
struct IdempotencyKeyTests {
    @Test("A key comes as a string in quotes or bare", arguments: [("\"a b\"", "a b"), ("abc-1", "abc-1"), (#""a\"\\b""#, #"a"\b"#)])
    func accepted(header: String, key: String) throws {
        #expect(try IdempotencyKey.key(fromHeader: header) == key)
    }

    @Test(
        "What can't be a key is refused",
        arguments: ["", "\"\"", "\"abc", "\"a\"b", "\u{1}", "é", String(repeating: "a", count: 256), #""a\b""#])
    func refused(header: String) {
        #expect(throws: FieldIssue.self) { try IdempotencyKey.key(fromHeader: header) }
    }

    @Test("Method, path and body all tell one request from another")
    func fingerprint() {
        let prints = Set(
            [
                IdempotencyKey(key: "k", method: .post, path: "/a", body: [1]),
                IdempotencyKey(key: "k", method: .put, path: "/a", body: [1]),
                IdempotencyKey(key: "k", method: .post, path: "/b", body: [1]),
                IdempotencyKey(key: "k", method: .post, path: "/a", body: [2]),
            ].map(\.fingerprint))
        #expect(prints.count == 4)
        #expect(prints.allSatisfy { $0.count == 32 })
        #expect(prints.contains(IdempotencyKey(key: "other", method: .post, path: "/a", body: [1]).fingerprint))
    }
}
