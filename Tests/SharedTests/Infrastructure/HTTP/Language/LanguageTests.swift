import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing
import Text

@testable import HTTP

@Suite("The language that somebody reads")
struct LanguageTests {
    private static func language(_ values: [String], usual: Language = .chinese) -> Language {
        var headers = HTTPFields()
        for value in values { headers.append(HTTPField(name: .acceptLanguage, value: value)) }
        return Language(accepted: headers, usual: usual)
    }

    @Test(
        "is the one with the most weight that is there, and the first of equals",
        arguments: [
            ("en", .english), ("EN-us", .english), ("en_GB", .english), ("zh", .chinese), ("zh-CN", .chinese), ("zh-Hant-TW", .chinese),
            ("zh-CN,zh;q=0.9,en;q=0.8", .chinese), ("en-GB,en;q=0.9,zh;q=0.8", .english), ("zh;q=0.8,en;q=0.9", .english),
            ("fr-FR,fr;q=0.9,en;q=0.1", .english), ("zh;q=0.001, en;q=0.002", .english), ("en,zh", .english), ("zh,en", .chinese),
            ("en;q=0.5, en-GB;q=1, zh;q=0.7", .english), (" en ; q=1.000 , zh ; q = 0.5", .english), ("zh;q=0,en;q=0.1", .english),
        ] as [(String, Language)]
    )
    func weights(header: String, language: Language) {
        for usual in Language.allCases { #expect(Self.language([header], usual: usual) == language, "usual \(usual)") }
    }

    @Test(
        "is the usual one where nothing else is asked for",
        arguments: ["", "*", "fr", "fr, *;q=0.5", "*;q=0", "de;q=1", ",", ";;;", "*,*", "enough", "zhuang", "e", "q=1", "\u{7f}"])
    func usual(header: String) {
        for usual in Language.allCases { #expect(Self.language([header], usual: usual) == usual) }
        for usual in Language.allCases { #expect(Self.language([], usual: usual) == usual) }
    }

    @Test("is another one than what is refused by name, or named beside *")
    func refused() {
        #expect(Self.language(["zh;q=0"]) == .english)
        #expect(Self.language(["en;q=0"], usual: .english) == .chinese)
        #expect(Self.language(["zh;q=0, en;q=0"]) == .chinese)
        #expect(Self.language(["*;q=0.5, en;q=0.4"]) == .chinese)
        #expect(Self.language(["*;q=0.4, en;q=0.5"]) == .english)
        #expect(Self.language(["*;q=0, en"]) == .english)
        #expect(Self.language(["*, zh;q=0"]) == .english)
    }

    @Test(
        "Nonsense is passed over, and what can't be weighed counts least",
        arguments: [
            ("en;q=NaN", .english), ("en;q=NaN, zh;q=0.01", .chinese), ("en;q=", .english), ("en;q", .english), ("en;q=-1", .english),
            ("en;q=9e99", .english), ("en;q=1e-400,zh;q=0.1", .chinese), ("en;q=0.12345,zh;q=0.01", .chinese), ("en;level=1", .english),
            ("en;level=1;q=0.1, zh;q=0.2", .chinese), ("\"en\", en", .english), ("en;q=0.5;q=0.1", .english),
            ("\u{200b}en, en;q=0.1", .english), ("en\u{2060}", .chinese), ("，en", .chinese), ("😀;q=1, en", .english),
        ] as [(String, Language)]
    )
    func nonsense(header: String, language: Language) {
        #expect(Self.language([header]) == language)
    }

    @Test("Several headers are one list, and a long one is read as far as makes sense")
    func several() {
        #expect(Self.language(["fr", "en;q=0.5", "zh;q=0.4"]) == .english)
        #expect(Self.language(["en;q=0.4", "zh;q=0.5"], usual: .english) == .chinese)
        #expect(Self.language([String(repeating: "fr,", count: 3_333) + "en"]) == .chinese)
        #expect(Self.language(["en," + String(repeating: "zh,", count: 3_333)]) == .english)
        #expect(Self.language([String(repeating: "x", count: 10_000)], usual: .english) == .english)
        #expect(Self.language([String(repeating: ";q=1", count: 2_500)]) == .chinese)
    }
}

@Suite("Problems in the language of who asked")
struct ProblemLanguageTests {
    private static func ask(_ uri: String, _ language: String?, usual: Language = .chinese) async throws -> TestResponse {
        var configuration = HTTPConfiguration()
        configuration.defaultLanguage = usual
        return try await ExampleService.with(configuration: configuration) { client in
            try await client.send(.get, uri, headers: language.map { [.acceptLanguage: $0] } ?? [:])
        }
    }

    @Test("Title, detail and field errors follow it, code and members don't")
    func follow() async throws {
        let english = try await Self.ask("/v1/films?limit=0", "en")
        let chinese = try await Self.ask("/v1/films?limit=0", "zh-CN")
        #expect(english.headers[.contentLanguage] == "en")
        #expect(chinese.headers[.contentLanguage] == "zh-CN")
        for answer in [english, chinese] {
            #expect(answer.status == .badRequest && answer.code == "parameter_invalid")
            #expect(answer.headers[values: .vary].joined(separator: ",").contains("Accept-Language"))
            #expect(answer.json["errors"]?.text.contains(#""minimum":1,"maximum":100"#) == true)
        }
        #expect(english.json["title"] == "Bad Request")
        #expect(chinese.json["title"] == "请求有误")
        #expect(
            english.json["detail"]
                == "A parameter is unknown, stands twice, is missing or has no valid value. limit: This must be from 1 to 100.")
        #expect(chinese.json["detail"] == "参数未知、重复、缺失或取值无效。limit：此项应在 1 至 100 之间。")
    }

    @Test("Who asks for none reads the usual one")
    func usual() async throws {
        #expect(try await Self.ask("/nowhere", nil).json["title"] == "未找到")
        #expect(try await Self.ask("/nowhere", "*", usual: .english).json["title"] == "Not Found")
    }

    @Test("An answer without texts names no language")
    func plain() async throws {
        let films = try await Self.ask("/v1/films", "en")
        #expect(films.status == .ok)
        #expect(films.headers[.contentLanguage] == nil)
    }

    @Test("A request that is none is answered in its language too")
    func faulty() async throws {
        try await ServedExample.with(FilmEndpoints().all, HTTPConfiguration()) { port in
            for (language, title) in [("zh", "请求有误"), ("en;q=0.1", "Bad Request")] {
                let text = try await RawClient.exchange(
                    "GET /v1/films HTTP/1.1\r\nHost: a b\r\nAccept-Language: \(language)\r\n\r\n", port: port)
                #expect(text.contains(title), "\(text)")
            }
        }
    }
}

@Suite("Texts of problems")
struct TextsTests {
    private let texts = Texts([
        .english: LanguageTexts(
            titles: [409: "Conflict"],
            sentences: [
                "full": "Only {limit} fit. {errors}", "full.today": "Today only {limit} fit.", "wrong": "Not {found|kind}, {seats}.",
                "broken": "A { and a } and {limit", "empty": "{}",
            ],
            names: ["kind": ["s": "a string"]])
    ])

    private func detail(_ code: String, _ members: [JSONMember] = [], errors: [FieldIssue] = []) -> String {
        var problem = Problem(status: 409, code, errors: errors)
        problem.members = members
        return texts.detail(of: problem, in: .english)
    }

    @Test("Members stand in their places, and the reason chooses the text")
    func members() {
        let limit = JSONMember(name: "limit", value: 7)
        #expect(detail("full", [limit]) == "Only 7 fit.")
        #expect(detail("full", [limit], errors: [FieldIssue("/a", "wrong", ["found": "s"])]) == "Only 7 fit. /a: Not a string, `seats`.")
        #expect(detail("full", [limit, JSONMember(name: "reason", value: "today")]) == "Today only 7 fit.")
        #expect(detail("full", [limit, JSONMember(name: "reason", value: "other")]) == "Only 7 fit.")
        let wrong = [JSONMember(name: "found", value: "unknown"), JSONMember(name: "seats", value: [1, "x", 2.5])]
        #expect(detail("wrong", wrong) == "Not unknown, 1, x, 2.5.")
    }

    @Test("What is missing or malformed ends nothing")
    func malformed() {
        #expect(detail("full") == "Only `limit` fit.")
        #expect(detail("unheard_of") == "Conflict")
        #expect(texts.detail(of: Problem(status: 409, "full"), in: .chinese) == "409")
        #expect(detail("broken").hasPrefix("A "))
        #expect(detail("empty") == "``")
        #expect(texts.meaning(of: "full") == "Only `limit` fit. `errors` says where. With the reason `today`: Today only `limit` fit.")
    }
}
