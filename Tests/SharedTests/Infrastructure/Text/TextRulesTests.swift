import API
import Shared
import Testing
import Text

@testable import HTTP

@Suite("What text may hold")
struct TextRulesTests {
    /// Of each range that nobody sees its ends and something within.
    static let invisible: [UInt32] = [
        0x00, 0x09, 0x0A, 0x0D, 0x1F, 0x7F, 0x85, 0x9F, 0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x180B, 0x180E, 0x200B, 0x200C,
        0x200D,
        0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202E, 0x2060, 0x2064, 0x2066, 0x2069, 0x206F, 0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFFA0,
        0xFFF9, 0x1BCA0, 0x1D173, 0xE0001, 0xE0020, 0xE007F, 0xE0100, 0xE01EF,
    ]

    private func text(_ before: String, _ scalar: UInt32, _ after: String) throws -> String {
        var text = String.UnicodeScalarView(before.unicodeScalars)
        text.append(try #require(Unicode.Scalar(scalar)))
        text.append(contentsOf: after.unicodeScalars)
        return String(text)
    }

    @Test("No name has anything that nobody sees, wherever it stands", arguments: invisible)
    func names(scalar: UInt32) throws {
        for place in [("Hall", "1"), ("", "Hall"), ("Hall", "")] {
            #expect(try !text(place.0, scalar, place.1).isPlainLine)
        }
    }

    @Test(
        "Nor blanks around it; those within, and what people do write, are all right",
        arguments: [
            ("Hall 1", true), ("1 号厅", true), ("Amélie", true), ("ＩＭＡＸ 厅", true), ("💺", true), ("O'Neill & Söhne (2)", true),
            ("กรุงเทพ", true), ("قاعة", true), ("한국", true),
            ("", false), (" ", false), (" Hall", false), ("Hall ", false), ("\u{3000}Hall", false), ("Hall\u{A0}", false),
            ("Hall\u{2003}", false), ("\u{1680}Hall", false),
            // Nothing, or what each device shows in its own way.
            ("\u{2800}", false), ("Hall\u{2800}1", false), ("A\u{1D159}", false), ("A\u{16FE4}", false), ("A\u{FFFD}", false),
            ("A\u{0378}", false), ("A\u{E000}", false),
            ("A\u{F0000}", false),
            // Marks without a letter, and more than any letter has.
            ("\u{301}A", false), ("\u{20DD}", false), ("หนึ่ง", true), ("हिन्दी", true),
            ("A" + String(repeating: "\u{335}", count: 8), true), ("A" + String(repeating: "\u{335}", count: 9), false),
        ])
    func blanks(name: String, isName: Bool) {
        #expect(name.isPlainLine == isName)
    }

    @Test("One spelling for what looks alike")
    func composed() {
        #expect(Array("Ame\u{301}lie".composed.unicodeScalars) == Array("Am\u{E9}lie".unicodeScalars))
        #expect(Array("\u{212B}".composed.unicodeScalars) == Array("\u{C5}".unicodeScalars))
        #expect(Array("plain".composed.utf8) == Array("plain".utf8))
    }

    @Test(
        "A name has one blank where somebody wrote several",
        arguments: [
            ("Hall 1", "Hall 1"), ("Hall  1", "Hall 1"), ("Hall \u{A0}\u{3000}1  A", "Hall 1 A"), ("1\u{3000}厅", "1\u{3000}厅"),
            ("Ame\u{301}lie  P", "Am\u{E9}lie P"), ("a\n\nb", "a\n\nb"),
        ])
    func spelled(text: String, name: String) {
        #expect(Array(text.spelledAsName.unicodeScalars) == Array(name.unicodeScalars))
    }

    @Test("Free text loses what nobody sees", arguments: invisible)
    func freeText(scalar: UInt32) throws {
        let cleaned = try text("see", scalar, "you").cleaned
        let isBlank = [0x09, 0x0A, 0x0D, 0x85, 0x2028, 0x2029].contains(scalar)
        #expect(cleaned == (isBlank ? "see you" : "seeyou"))
        #expect(try text("", scalar, "x").cleaned == "x")
    }

    @Test(
        "But for what makes an emoji",
        arguments: [
            "👨‍👩‍👧", "❤️", "🏳️‍🌈", "👍🏽", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇨🇳", "a ❤️ b 👩🏽‍🚀!", "☎︎",
        ])
    func emoji(text: String) {
        #expect(Array(text.cleaned.unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test("Joiners, selectors and tags that make none go")
    func loneJoiners() {
        #expect("a\u{200D}b".cleaned == "ab")
        #expect("1\u{200D}2".cleaned == "12")
        #expect("👩\u{200D}".cleaned == "👩")
        #expect("👩\u{200D}a".cleaned == "👩a")
        #expect("a\u{FE0F}".cleaned == "a")
        #expect("a\u{E0067}".cleaned == "a")
        #expect("  \u{200B} x \u{202E}\n".cleaned == "x")
        #expect("\u{200B}\u{FEFF}".cleaned.isEmpty)
        #expect(" \u{202E}abc\u{200B}def".cleaned(to: 4) == "abcd")
    }

    @Test(
        "What is typed or scanned is read as it was meant",
        arguments: [
            ("anna", "anna"), (" anna\r\n", "anna"), ("\u{FEFF}anna\u{200B}", "anna"), ("ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "anna@example.com"),
            ("１３８００１３８０００", "13800138000"), ("138\u{3000}0013 8000\u{202C}", "138 0013 8000"), ("K7MP-X4RT\u{1D}", "K7MP-X4RT"),
            ("PIAO1.a.b.c\n", "PIAO1.a.b.c"), ("王芳", "王芳"), ("", ""), ("\r\n", ""), ("～", "~"),
        ])
    func forgiven(text: String, meant: String) {
        #expect(text.forgiven == meant)
    }

    @Test("A declared name is refused by name, in JSON and as a parameter", arguments: invisible.filter { $0 != 0 })
    func kinds(scalar: UInt32) throws {
        let body = Body<String>("Named", Field<String>.required("name", .name(1...20), "Name.")) { $0 }
        let name = try text("Hall", scalar, "1")
        var issues: [FieldIssue] = []
        #expect(body.read(.object([JSONMember(name: "name", value: .string(name))]), &issues) == nil)
        #expect(issues.map(\.code) == ["name_invalid"])
        #expect(issues.map(\.place) == [.pointer("/name")])
    }
}
