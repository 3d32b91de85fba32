import Text

/// What a service says to people in one language.
package struct LanguageTexts: Sendable {
    /// The titles of problems by status.
    package let titles: [Int: String]
    /// What to say for a code, or for a code with one of its reasons, as `sale_closed.movie_ended`.
    ///
    /// `{limit}` stands for the member `limit` of the problem or of the field error, `{kind|seat_kind}` for the name of the member's word in
    /// an enumeration, `{errors}` for the first field error.
    package let sentences: [String: String]
    /// The names of the words of enumerations, by the enumeration's own name.
    package let names: [String: [String: String]]

    /// Codes and words that are written twice, of which the first counts.
    package let repetitions: [String]

    package init(
        titles: [Int: String], sentences: KeyValuePairs<String, String>, names: KeyValuePairs<String, KeyValuePairs<String, String>>
    ) {
        self.titles = titles
        self.sentences = Dictionary(sentences.map { ($0.key, $0.value) }) { first, _ in first }
        self.names = Dictionary(
            names.map { name, words in (name, Dictionary(words.map { ($0.key, $0.value) }) { first, _ in first }) }
        ) { first, _ in first }
        let keys = sentences.map(\.key) + names.map(\.key) + names.flatMap { name, words in words.map { "\(name) \($0.key)" } }
        var seen: Set<String> = []
        repetitions = keys.filter { !seen.insert($0).inserted }
    }
}

/// What a service says to people, in each language. Problems and field errors are codes and members until here.
package struct Texts: Sendable {
    private let byLanguage: [Language: LanguageTexts]

    package init(_ byLanguage: [Language: LanguageTexts]) {
        self.byLanguage = byLanguage
    }

    /// None: a problem is told by its status.
    package static let none = Texts([:])

    package subscript(_ language: Language) -> LanguageTexts? { byLanguage[language] }

    func title(ofStatus status: Int, in language: Language) -> String {
        byLanguage[language]?.titles[status] ?? "\(status)"
    }

    /// The text of a problem.
    package func detail(of problem: Problem, in language: Language) -> String {
        guard let sentence = sentence(problem.code, problem.members, in: language) else {
            return title(ofStatus: problem.status, in: language)
        }
        return filled(sentence) { placeholder in
            if placeholder.member == Placeholder.errors { return problem.errors.first.map { placed($0, in: language) } ?? "" }
            return problem.members.first { $0.name == placeholder.member }.map { shown($0.value, placeholder, in: language) }
        }
    }

    /// The text of a field error.
    func detail(of issue: FieldIssue, in language: Language) -> String {
        guard let sentence = sentence(issue.code, issue.members, in: language) else { return issue.code }
        return filled(sentence) { placeholder in
            issue.members.first { $0.name == placeholder.member }.map { shown($0.value, placeholder, in: language) }
        }
    }

    /// What a code means, for documents, which are in English: with the names of members in the place of their values, and what follows for each reason.
    func meaning(of code: String) -> String {
        guard let sentences = byLanguage[.english]?.sentences else { return code }
        let reasons = sentences.filter { $0.key.hasPrefix("\(code).") }.sorted { $0.key < $1.key }.map { key, sentence in
            "With the reason `\(key.dropFirst(code.count).dropFirst())`: \(unfilled(sentence))"
        }
        return ([sentences[code].map { unfilled($0) } ?? code] + reasons).joined(separator: " ")
    }

    /// What this problem means, whose reason is known.
    func meaning(of problem: Problem) -> String {
        sentence(problem.code, problem.members, in: .english).map { unfilled($0) } ?? problem.code
    }

    private func sentence(_ code: String, _ members: [JSONMember], in language: Language) -> String? {
        guard let sentences = byLanguage[language]?.sentences else { return nil }
        if case .string(let reason)? = members.first(where: { $0.name == "reason" })?.value, let sentence = sentences["\(code).\(reason)"] {
            return sentence
        }
        return sentences[code]
    }

    /// A field error with its place.
    private func placed(_ issue: FieldIssue, in language: Language) -> String {
        let detail = detail(of: issue, in: language)
        let place =
            switch issue.place {
            case .pointer(let pointer): pointer
            case .parameter(let name), .header(let name): name
            }
        guard !place.isEmpty else { return detail }
        return language == .chinese ? "\(place)：\(detail)" : "\(place): \(detail)"
    }

    private func shown(_ value: JSONValue, _ placeholder: Placeholder, in language: Language) -> String {
        switch value {
        case .string(let text): placeholder.enumeration.flatMap { byLanguage[language]?.names[$0]?[text] } ?? text
        case .array(let elements): elements.map { shown($0, placeholder, in: language) }.joined(separator: language.listSeparator)
        default: value.text
        }
    }

    private func filled(_ sentence: String, _ value: (Placeholder) -> String?) -> String {
        guard sentence.utf8.contains(UInt8(ascii: "{")) else { return sentence }
        var text = ""
        for part in Placeholder.parts(of: sentence) {
            switch part {
            case .plain(let plain): text += plain
            case .placeholder(let placeholder): text += value(placeholder) ?? "`\(placeholder.member)`"
            }
        }
        // A placeholder at the end may stand for nothing.
        while text.last == " " { text.removeLast() }
        return text
    }

    private func unfilled(_ sentence: String) -> String {
        filled(sentence) { $0.member == Placeholder.errors ? "`errors` says where." : nil }
    }
}

/// Where a member's value goes in a text.
package struct Placeholder: Hashable, Sendable {
    /// The first field error stands in the place of this one.
    static let errors = "errors"

    package let member: String
    /// The enumeration of which the member is a word.
    package let enumeration: String?

    enum Part {
        case plain(Substring)
        case placeholder(Placeholder)
    }

    private init(_ text: Substring) {
        let words = text.split(separator: "|", maxSplits: 1)
        member = String(words.first ?? "")
        enumeration = words.count == 2 ? words.last.map { String($0) } : nil
    }

    /// Those of a text, in its order.
    package static func all(in sentence: String) -> [Placeholder] {
        parts(of: sentence).compactMap { if case .placeholder(let placeholder) = $0 { placeholder } else { nil } }
    }

    static func parts(of sentence: String) -> [Part] {
        var parts: [Part] = []
        var rest = sentence[...]
        while let opening = rest.firstIndex(of: "{"), let closing = rest[opening...].firstIndex(of: "}") {
            parts.append(.plain(rest[..<opening]))
            parts.append(.placeholder(Placeholder(rest[opening..<closing].dropFirst())))
            rest = rest[closing...].dropFirst()
        }
        return parts + [.plain(rest)]
    }
}
