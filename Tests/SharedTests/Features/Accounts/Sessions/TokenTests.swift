import Callers
import Testing

@testable import Shared

@Suite("Tokens")
struct TokenTests {
    /// Made by Python: zlib.crc32 of prefix and random part, in base62 with the digits before the capitals before the small letters.
    static let published: [(String, Realm)] = [
        ("client_0000000000000000000000000000000R1FPc", .client),
        ("client_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd3eZ2ui", .client),
        ("client_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz2XepoN", .client),
        ("cinema_0000000000000000000000000000002L1fg5", .cinema),
        ("cinema_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd3Doahl", .cinema),
        ("cinema_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz49MgDS", .cinema),
        ("admin_0000000000000000000000000000002InsIv", .admin),
        ("admin_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd3B0MtN", .admin),
        ("admin_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz47Gakk", .admin),
        ("client_dtPvI1ACsKpao8LRDHh6rOxZMwurhY00tTxp", .client),
    ]

    @Test("Tokens made by another implementation are read", arguments: published)
    func readsPublished(text: String, realm: Realm) throws {
        let token = try #require(Token(text))
        #expect(token.realm == realm)
        #expect(token.text == text)
    }

    @Test("A token's hash is the SHA-256 of its whole text")
    func hash() throws {
        let token = try #require(Token("client_0000000000000000000000000000000R1FPc"))
        #expect(token.sha256.count == 32)
        #expect(Array(token.sha256.prefix(8)) == [0x64, 0x41, 0xE3, 0x90, 0x0E, 0x2F, 0x33, 0x17])
    }

    @Test("A new token has the prefix of its realm, is read again and is unlike any other", arguments: Realm.allCases)
    func new(realm: Realm) throws {
        var seen: Set<String> = []
        for _ in 0..<1000 {
            let token = Token(realm: realm)
            #expect(token.text.hasPrefix(realm.rawValue + "_"))
            #expect(token.text.utf8.count == realm.rawValue.utf8.count + 37)
            #expect(Token(token.text) == token)
            #expect(seen.insert(token.text).inserted)
        }
    }

    @Test("Every change of one character is noticed without asking anybody")
    func everyTypingError() throws {
        let text = "client_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd3eZ2ui"
        for index in text.indices {
            for replacement in ["0", "Q", "x", "_", "!", "é"] where text[index] != Character(replacement) {
                #expect(Token(text.replacingCharacters(at: index, with: replacement)) == nil)
            }
        }
    }

    @Test(
        "Junk is no token",
        arguments: [
            "", "_", "client", "client_", "client_short", "CLIENT_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd3eZ2ui",
            "cinema_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd3eZ2ui", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcd3eZ2ui",
            " client_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd3eZ2ui", "client_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd3eZ2ui ",
            "client_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd3eZ2ui0", "client_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd3eZ2u\0",
            "' OR 1=1 --", String(repeating: "a", count: 100_000), "client_ＡBCDEFGHIJKLMNOPQRSTUVWXYZabcd3eZ2ui",
        ]
    )
    func junk(text: String) {
        #expect(Token(text) == nil)
    }

    @Test("Printing a token, plainly or thoroughly, doesn't tell it")
    func printing() {
        let token = Token(realm: .client)
        let secret = token.text.dropFirst(7)
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", String(reflecting: token), String(describing: [token]), dumped] {
            #expect(!text.contains(secret))
        }
    }
}

extension String {
    fileprivate func replacingCharacters(at index: Index, with replacement: String) -> String {
        self[..<index] + replacement + self[self.index(after: index)...]
    }
}
