import Callers
import Shared
import Testing

@Suite("Where a gateway may send a buyer back to")
struct ReturnURLTests {
    private static let origins: Set<String> = ["https://www.example.com", "http://localhost:5173"]

    @Test(
        "A page of an allowed origin is taken as it is",
        arguments: [
            "https://www.example.com", "https://www.example.com/", "https://www.example.com/orders/paid",
            "http://localhost:5173/a-b_c.d~e%20f",
        ])
    func allowed(text: String) throws {
        #expect(try ReturnURL(text, allowed: Self.origins).text == text)
    }

    @Test(
        "Everything else is refused: other origins, and what readers could take for another page",
        arguments: [
            "", "/", "orders", "https://", "https:///www.example.com", "https://example.com/", "http://www.example.com/",
            "https://www.example.com:443/", "https://www.example.com:8443/", "https://www.example.com.evil.com/", "https://evil.com/",
            "https://www.example.com@evil.com/", "https://www.example.com\\@evil.com/", "https://evil.com\\www.example.com/",
            "https://www.example.com?next=https://evil.com", "https://www.example.com/?a=1", "https://www.example.com/#a",
            "https://www.example.com/a b", "https://www.example.com/\r\nX: y", "https://www.example.com/\\evil",
            "https://www.example.com/电影",
            "HTTPS://www.example.com/", "https://WWW.example.com/", "javascript://www.example.com/", "//www.example.com/",
            "https://www.example.com" + String(repeating: "/a", count: 120),
        ])
    func refused(text: String) {
        #expect(throws: Refusal.returnURLNotAllowed) { try ReturnURL(text, allowed: Self.origins) }
    }

    @Test("Without a setting no page is allowed")
    func none() {
        #expect(throws: Refusal.returnURLNotAllowed) { try ReturnURL("https://www.example.com/", allowed: []) }
    }
}
