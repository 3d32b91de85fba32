import Foundation
import HTTP
import TestSupport
import Testing

@testable import API

/// What the program says to people stands in one catalogue for each language, and nowhere else.
@Suite("The catalogues of texts")
struct CatalogueTests {
    private let english: LanguageTexts
    private let chinese: LanguageTexts

    init() throws {
        english = try #require(Texts.catalogue[.english])
        chinese = try #require(Texts.catalogue[.chinese])
    }

    @Test("have the same codes and reasons, each once")
    func complete() {
        #expect(Set(english.sentences.keys).symmetricDifference(chinese.sentences.keys) == [])
        #expect(Set(english.titles.keys).symmetricDifference(chinese.titles.keys) == [])
        for texts in [english, chinese] { #expect(texts.repetitions == []) }
    }

    @Test("have the same places for members in each text")
    func placeholders() {
        for (code, sentence) in english.sentences {
            let other = chinese.sentences[code] ?? ""
            #expect(Set(Placeholder.all(in: sentence)) == Set(Placeholder.all(in: other)), "\(code)")
        }
    }

    @Test("are written in their languages: no text is empty, is the other's, or ends without its mark")
    func written() {
        for (code, sentence) in english.sentences {
            #expect(sentence.allSatisfy { $0.isASCII }, "\(code): \(sentence)")
            #expect(sentence.hasSuffix(".") || sentence.hasSuffix("}"), "\(code): \(sentence)")
        }
        for (code, sentence) in chinese.sentences {
            #expect(sentence.contains { ("\u{4e00}"..."\u{9fff}").contains($0) }, "\(code): \(sentence)")
            #expect(sentence.hasSuffix("。") || sentence.hasSuffix("}"), "\(code): \(sentence)")
        }
    }

    @Test("have a text for every code that the program declares, and for no other")
    func declared() throws {
        let declared = try DeclaredCodes()
        // That the search finds what there is.
        #expect(
            declared.codes.isSuperset(of: [
                "seat_taken", "too_long", "busy", "origin_not_allowed", "headers_too_large", "trade_open", "wrong_type",
            ]))
        let texts = Set(english.sentences.keys.filter { !$0.contains(".") })
        #expect(declared.codes.subtracting(texts) == [], "codes without a text")
        #expect(texts.subtracting(declared.codes) == [], "texts of codes that nobody declares")
        let reasons = Set(english.sentences.keys.compactMap { $0.split(separator: ".").dropFirst().first.map { String($0) } })
        #expect(reasons.subtracting(declared.reasons) == [], "texts for reasons that nobody gives")
    }

    @Test("have names for the words of every enumeration, and for no others")
    func names() {
        for texts in [english, chinese] {
            #expect(Set(texts.names.keys) == Set(NamedEnumeration.all.map(\.name)))
            for enumeration in NamedEnumeration.all {
                let names = texts.names[enumeration.name] ?? [:]
                #expect(Set(names.keys) == Set(enumeration.words), "\(enumeration.name)")
                #expect(names.values.allSatisfy { !$0.isEmpty }, "\(enumeration.name)")
            }
        }
        let used = english.sentences.values.flatMap { Placeholder.all(in: $0) }.compactMap(\.enumeration)
        #expect(Set(used).subtracting(english.names.keys) == [])
    }
}

/// The codes that the sources declare, found where refusals, problems and field errors are made of literals.
private struct DeclaredCodes {
    private(set) var codes: Set<String> = []
    private(set) var reasons: Set<String> = []

    init() throws {
        let root = URL(filePath: #filePath).appending(path: "../../../../../Sources").standardizedFileURL
        let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" && !file.path().contains("/AlipaySandbox/") {
            let text = try String(contentsOf: file, encoding: .utf8)
            for pattern in Self.codePatterns { codes.formUnion(try Self.words(pattern, in: text)) }
            for pattern in Self.reasonPatterns { reasons.formUnion(try Self.words(pattern, in: text)) }
        }
    }

    /// What stands before a code, in brackets of its own perhaps.
    private static let argument = #"[^()"]*(?:\((?:[^()]|\([^()]*\))*\))?"#
    private static let codePatterns = [
        #"\bRefusal\(\s*"# + argument + #",\s*"([a-z0-9_]+)""#,
        #"\bProblem\(\s*status: \d+,\s*"([a-z0-9_]+)""#,
        #"\.(?:malformed|forbidden|notFound|conflict|unprocessable|tooManyRequests|unavailable)\(\s*"([a-z0-9_]+)""#,
        #"\bFieldIssue\(\s*(?:""# + #"[^"]*"|\.\w+\((?:[^()]|\([^()]*\))*\))"# + #",\s*"([a-z0-9_]+)""#,
        #"\b(?:Value|JSON)Fault\(\s*"([a-z0-9_]+)""#,
    ]
    private static let reasonPatterns = [
        #"\bbecause\("([a-z0-9_]+)""#, #""reason"(?::|,) "([a-z0-9_]+)""#, #"Self\.wrongTag\("([a-z0-9_]+)""#,
    ]

    private static func words(_ pattern: String, in text: String) throws -> [String] {
        let expression = try NSRegularExpression(pattern: pattern)
        return expression.matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap { match in
            Range(match.range(at: 1), in: text).map { String(text[$0]) }
        }
    }
}
