package import HTTP

/// What frontends show to people in their language: the texts of problems, and the names of the words that answers hold. Both languages are
/// in one answer, so that it is the same for everybody.
package struct LanguageEndpoints: Sendable {
    private let problemCodesOfAll: [LanguageShape.ProblemCode]
    private let enumerations: [LanguageShape.Enumeration]

    package init(texts: Texts = .catalogue) {
        let (english, chinese) = (texts[.english], texts[.chinese])
        problemCodesOfAll = (english?.sentences ?? [:]).sorted { $0.key < $1.key }.map { key, sentence in
            let parts = key.split(separator: ".", maxSplits: 1)
            return LanguageShape.ProblemCode(
                code: String(parts.first ?? ""), reason: parts.count == 2 ? parts.last.map { String($0) } : nil,
                members: Placeholder.all(in: sentence).map(\.member),
                text: LanguageShape.InEachLanguage(english: sentence, chinese: chinese?.sentences[key] ?? ""))
        }
        enumerations = NamedEnumeration.all.map { enumeration in
            LanguageShape.Enumeration(
                name: enumeration.name,
                words: enumeration.words.map { word in
                    LanguageShape.Word(
                        word: word,
                        name: LanguageShape.InEachLanguage(
                            english: english?.names[enumeration.name]?[word] ?? "",
                            chinese: chinese?.names[enumeration.name]?[word] ?? ""))
                })
        }
    }

    package var all: [Endpoint] { [problemCodes, words] }

    /// How long caches may keep them: they change with the program alone.
    private static let caching = CachePolicy.publicFor(seconds: 300)

    var problemCodes: Endpoint {
        Endpoint(
            .get, "/v1/problem-codes", "Gives the codes of all problems and field errors, with their texts in both languages.",
            access: .open,
            keepsAnswer: true,
            caching: Self.caching,
            answers: .ok(LanguageShape.problemCodes)
        ) { _ in
            .ok(problemCodesOfAll)
        }
    }

    var words: Endpoint {
        Endpoint(
            .get, "/v1/words", "Gives the words that answers hold, such as the states of orders, with their names in both languages.",
            access: .open,
            keepsAnswer: true,
            caching: Self.caching,
            answers: .ok(LanguageShape.words)
        ) { _ in
            .ok(enumerations)
        }
    }
}
