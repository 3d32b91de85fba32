package import HTTPTypes
import Text

/// A language in which people read problems and the names of things. Keys, codes and values never change with it.
package enum Language: String, CaseIterable, Hashable, Sendable {
    case chinese = "zh-CN"
    case english = "en"

    /// What Accept-Language asks for (RFC 9110 §12.5.4). Nonsense in it is passed over: whatever comes, there is always one language.
    ///
    /// - Parameter usual: without the header, for `*`, and where nothing that is asked for is there.
    package init(accepted headers: HTTPFields, usual: Language) {
        self = AcceptedLanguages(headers[values: .acceptLanguage]).best(usual: usual)
    }

    /// The language of a range such as `zh-Hant-TW`: Chinese of any kind is better served by simplified Chinese than by English.
    fileprivate init?(range: Substring) {
        switch range.prefix(while: { $0 != "-" && $0 != "_" }).lowercased() {
        case "zh": self = .chinese
        case "en": self = .english
        default: return nil
        }
    }

    /// What stands between the elements of a list.
    var listSeparator: String {
        switch self {
        case .chinese: "、"
        case .english: ", "
        }
    }
}

/// Accept-Language as it was sent, as far as it makes sense.
private struct AcceptedLanguages {
    /// More than any browser sends; whoever sends more is read that far.
    private static let longest = 1_024

    /// The weights of languages that are named, in the order of their first mention.
    private var named: [(language: Language, weight: Int)] = []
    /// The weight of `*`.
    private var others: Int?

    init(_ values: [String]) {
        var room = Self.longest
        for value in values where room > 0 {
            let read = value.prefix(room)
            room -= read.count
            for element in read.split(separator: ",") { add(element) }
        }
    }

    private mutating func add(_ element: Substring) {
        let parts = element.split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmed }
        let weight = parts.dropFirst().first { $0.lowercased().hasPrefix("q") }.map { Self.weight($0.dropFirst()) } ?? 1_000
        guard let range = parts.first else { return }
        if range == "*" {
            others = max(others ?? 0, weight)
        } else if let language = Language(range: range) {
            if let index = named.firstIndex(where: { $0.language == language }) {
                named[index].weight = max(named[index].weight, weight)
            } else {
                named.append((language, weight))
            }
        }
    }

    /// Thousandths of a weight that is written `=0.5`. One that can't be read counts least, since the language was asked for.
    private static func weight(_ text: Substring) -> Int {
        let text = text.trimmed
        guard text.first == "=" else { return 1 }
        let digits = text.dropFirst().trimmed.utf8
        guard let first = digits.first, digits.count <= 5, digits.dropFirst().first ?? UInt8(ascii: ".") == UInt8(ascii: ".") else {
            return 1
        }
        let fraction = String(decoding: digits.dropFirst(2), as: UTF8.self)
        guard fraction.utf8.allSatisfy(\.isDecimalDigit) else { return 1 }
        switch first {
        case UInt8(ascii: "0"): return Int(fraction.padding(to: 3)) ?? 1
        case UInt8(ascii: "1"): return 1_000
        default: return 1
        }
    }

    /// What is named comes before what only `*` covers, and the first mention before a later one, where the weights are equal.
    func best(usual: Language) -> Language {
        var candidates = named
        if let others {
            let covered = [usual] + Language.allCases.filter { $0 != usual }
            candidates += covered.filter { language in !named.contains { $0.language == language } }.map { ($0, others) }
        }
        var best: (language: Language, weight: Int)?
        for candidate in candidates where candidate.weight > best?.weight ?? 0 { best = candidate }
        if let best { return best.language }
        // Nothing fits. What was refused by name is given only where all were.
        let refused = named.map(\.language)
        guard refused.contains(usual) else { return usual }
        return Language.allCases.first { !refused.contains($0) } ?? usual
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}

extension String {
    fileprivate func padding(to length: Int) -> String {
        self + String(repeating: "0", count: max(0, length - utf8.count))
    }
}
