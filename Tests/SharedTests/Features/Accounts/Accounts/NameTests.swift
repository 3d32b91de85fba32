import Callers
import Testing

@testable import Shared

@Suite("Usernames, phone numbers and e-mail addresses")
struct NameTests {
    @Test(
        "A username is kept in lower case",
        arguments: [
            ("anna", "anna"), ("Anna", "anna"), ("ANNA_1990", "anna_1990"), ("li.wei-2", "li.wei-2"), ("a12", "a12"), ("7up", "7up"),
            ("电影迷小王", "电影迷小王"), (String(repeating: "a", count: 32), String(repeating: "a", count: 32)),
        ]
    )
    func usernames(text: String, expected: String) throws {
        #expect(try Username(text).description == expected)
    }

    @Test(
        "A username that could be something else, or look like another, is refused",
        arguments: [
            "", "ab", String(repeating: "a", count: 33), "13800138000", "+8613800138000", "123", "a@b", "anna@example.com", "an na",
            " anna", "anna ",
            "änna", "аnna", "ａｎｎａ", "an\0na", "an\u{200B}na", "anna\n", "___", "a/b/c", "İstanbul", "ſab", "<script>", "a'b\"c",
        ]
    )
    func badUsernames(text: String) {
        #expect(throws: Refusal.usernameInvalid) { try Username(text) }
    }

    @Test(
        "A phone number is kept in the form of E.164",
        arguments: [
            ("13800138000", "+8613800138000"), ("138 0013 8000", "+8613800138000"), ("138-0013-8000", "+8613800138000"),
            ("+8613800138000", "+8613800138000"), ("+86 138 0013 8000", "+8613800138000"), ("008613800138000", "+8613800138000"),
            ("0755-83002311", "+8675583002311"), ("(0755) 8300 2311", "+8675583002311"), ("02062881234", "+862062881234"),
            ("+1 202 555 0123", "+12025550123"), ("+85221234567", "+85221234567"), ("0044 20 7946 0018", "+442079460018"),
            ("+123456789012345", "+123456789012345"), ("4008123123", "+864008123123"),
        ]
    )
    func phones(text: String, expected: String) throws {
        #expect(try PhoneNumber(text).description == expected)
    }

    @Test(
        "What can't be dialled is refused",
        arguments: [
            "", "+", "0", "00", "12345", "138001380001", "+0138001380", "+1234567890123456", "13800a38000", "1380013800O",
            "+86+13800138000",
            "１３８００１３８０００", "١٣٨٠٠١٣٨٠٠٠", "138\0001", "+8601013800138", "13800138000 ext 5", "138.0013.8000",
            String(repeating: "1", count: 40),
            "8613800138000",
        ]
    )
    func badPhones(text: String) {
        #expect(throws: Refusal.phoneInvalid) { try PhoneNumber(text) }
    }

    @Test(
        "An e-mail address is kept in lower case",
        arguments: [
            ("anna@example.com", "anna@example.com"), ("Anna.B+tickets@Example.COM", "anna.b+tickets@example.com"), ("a@b.cn", "a@b.cn"),
            ("x_y-z%1@sub-domain.example.co.uk", "x_y-z%1@sub-domain.example.co.uk"), ("o'neill@example.com", "o'neill@example.com"),
        ]
    )
    func emails(text: String, expected: String) throws {
        #expect(try EmailAddress(text).description == expected)
    }

    @Test(
        "What mail systems wouldn't deliver to is refused",
        arguments: [
            "", "@", "anna", "anna@", "@example.com", "anna@localhost", "anna@example..com", "anna@.com", "anna@example.com.",
            "an na@example.com",
            "a@b@example.com", "anna@exa_mple.com", "anna@-example.com", ".anna@example.com", "an..na@example.com", "anna.@example.com",
            "anna@example.com\n", "anna\0@example.com", "änna@example.com", "\"a b\"@example.com", "anna@[127.0.0.1]", "a,b@example.com",
            String(repeating: "a", count: 65) + "@example.com", "a@" + String(repeating: "b.", count: 130) + "com",
        ]
    )
    func badEmails(text: String) {
        #expect(throws: Refusal.emailInvalid) { try EmailAddress(text) }
    }

    @Test("A login is recognised for what it is, however it is written")
    func logins() throws {
        #expect(LoginName("Anna") == .username(try Username("anna")))
        #expect(LoginName("138 0013 8000") == .phone(try PhoneNumber("+8613800138000")))
        #expect(LoginName("+8613800138000")?.text == "+8613800138000")
        #expect(LoginName("ANNA@example.com") == .email(try EmailAddress("anna@example.com")))
        for text in ["", "a", "@", "no one at all", "\0", String(repeating: "x", count: 10_000)] {
            #expect(LoginName(text) == nil)
        }
    }

    @Test("No text is both a username and a phone number", arguments: ["1234567a", "13800138000", "+861380013800", "a1234567", "138-0013"])
    func distinct(text: String) {
        #expect((try? Username(text)) == nil || (try? PhoneNumber(text)) == nil)
    }

    @Test("A merchant's name loses the blanks around it and keeps those within")
    func merchantNames() throws {
        #expect(try MerchantName("  万达 影城\u{3000}").description == "万达 影城")
        #expect(try MerchantName(String(repeating: "影", count: 100)).description.count == 100)
        for text in ["", "   ", "\u{3000}", String(repeating: "影", count: 101), "a\0b", "a\nb"] {
            #expect(throws: Refusal.merchantNameInvalid) { try MerchantName(text) }
        }
    }
}
