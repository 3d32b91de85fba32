import Callers
import Testing

@testable import Shared

@Suite("Passwords that everybody would guess")
struct CommonPasswordTests {
    @Test(
        "Common ones are refused",
        arguments: [
            "password", "Password1", "passw0rd!", "P@ssw0rd", "password123", "12345678", "123456789", "1234567890", "87654321", "qwertyui",
            "qwerty123", "QWERTYUIOP", "1qaz2wsx", "1q2w3e4r", "zxcvbnm1", "asdfghjkl", "iloveyou", "iloveyou2", "aaaaaaaa", "abababab",
            "12341234", "abcd1234", "abcdefgh", "abc12345", "a1b2c3d4", "11111111", "00000000", "19900131", "31011990", "01311990",
            "sunshine", "princess1", "football", "letmein!!", "welcome1", "admin123", "administrator", "superman", "starwars", "trustno1",
            "woaini1314", "5201314520", "1314520520", "woaiwojia", "qq123456", "zhang123", "piao2026", "cinema123", "monkeydragon",
            "ticket!!",
            "asdfasdf", "qazwsxedc", "147258369", "password12345",
            // These are told by the list alone; the last is its last.
            "jessica1", "Blink182", "STARGATE", "greyhoun",
        ]
    )
    func common(text: String) {
        #expect(throws: Refusal.passwordCommon) { _ = try Password(new: text) }
    }

    @Test(
        "Others aren't",
        arguments: [
            "correct horse", "correct horse battery", "tr4vel-by-night", "kX9#mqLw", "我爱看电影和吃爆米花", "violet umbrella", "83749201",
            "cinema-by-the-river",
            "moviegoer-pass-1", "popcorn&rain", "no dragon today",
        ]
    )
    func uncommon(text: String) throws {
        _ = try Password(new: text)
    }

    @Test("A common password is recognised in lower and upper case, and only as the whole password")
    func forms() {
        #expect(CommonPasswords.contain("blink182") && CommonPasswords.contain("BLINK182"))
        #expect(!CommonPasswords.contain("blink182 at night"))
    }

    @Test("One's own name is no password, nor is it with digits behind it or twice")
    func names() throws {
        for password in ["annabella", "AnnaBella", "annabella1!", "annabellaannabella", "anna.lee", "13800138000", "8613800138000"] {
            #expect(throws: Refusal.passwordCommon) {
                _ = try NewAccount(username: "annabella", password: password, phone: "13800138000", email: "anna.lee@example.com")
            }
        }
        _ = try NewAccount(username: "annabella", password: "annabella likes cake", phone: "13800138000")
    }

    @Test("Staff need 15 characters, or what is set, since they have no second factor yet")
    func staff() throws {
        let configuration = AccountsConfiguration()
        #expect(configuration.passwordMinimum(in: .client, hasSecondFactor: false) == 8)
        for realm in [Realm.cinema, .admin] {
            #expect(configuration.passwordMinimum(in: realm, hasSecondFactor: false) == 15)
            #expect(configuration.passwordMinimum(in: realm, hasSecondFactor: true) == 8)
        }
        #expect(throws: Refusal.passwordTooShort(minimum: 15)) { try Password(new: "fourteen chars").requireLength(15) }
        try Password(new: "fifteen chars 1").requireLength(15)
        // Counted as Unicode counts, after normalisation: é of two code points is one.
        #expect(try Password(new: "e\u{301}crire lentement").length == 16)
    }
}
