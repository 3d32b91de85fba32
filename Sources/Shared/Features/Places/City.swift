import Text

/// A city (城市) in which cinemas stand, as moviegoers choose it.
package struct City: Hashable, Sendable {
    /// The id that the imported city list gives it.
    package let id: Int64
    /// The city inside of which a county-level city lies; `nil` for other cities.
    package let parentID: Int64?
    package let name: String
    /// Six digits, GB/T 2260.
    package let code: String
    /// The name in Latin letters, as the list spells it.
    package let pinyin: String
    /// The letter under which the list sorts it, `A` to `Z`.
    package let initial: String

    package init(id: Int64, parentID: Int64?, name: String, code: String, pinyin: String, initial: String) {
        self.id = id
        self.parentID = parentID
        self.name = name
        self.code = code
        self.pinyin = pinyin
        self.initial = initial
    }
}

/// Which cities a list contains.
package struct CityFilter: Hashable, Sendable {
    /// The letter under which they are sorted.
    package var initial: String?
    /// A part of the name, or the beginning of its spelling in Latin letters, as anybody may type it.
    package var text: String?
    /// Only those with a cinema of a verified merchant.
    package var withCinemas: Bool

    package init(initial: String? = nil, text: String? = nil, withCinemas: Bool = false) {
        self.initial = initial
        self.text = text
        self.withCinemas = withCinemas
    }

    /// ``text`` with typing differences removed; `nil` when nothing is left of it.
    var wantedName: String? {
        text.map(\.forgiven).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The letters of ``text`` as the list spells names, without what people put between syllables; `nil` unless it has letters only.
    var wantedSpelling: String? {
        guard let letters = wantedName?.uppercased().filter({ $0 != " " && $0 != "'" && $0 != "-" }), !letters.isEmpty,
            letters.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { return nil }
        return letters
    }
}

extension City {
    /// The codes of the administrative divisions in the city. They begin with the city's own code without its trailing zeros.
    package var districtCodes: ClosedRange<String> {
        // A municipality has the code of a province (two digits), other cities have four digits, and a county-level city is itself a
        // district (six).
        let prefix = code.hasSuffix("0000") ? code.prefix(2) : code.hasSuffix("00") ? code.prefix(4) : code.prefix(6)
        let rest = 12 - prefix.count
        return "\(prefix)\(String(repeating: "0", count: rest))"..."\(prefix)\(String(repeating: "9", count: rest))"
    }

    /// The codes that a city has in which a division lies, the smallest city's first.
    static func codes(around division: String) -> [String] {
        [String(division.prefix(6)), division.prefix(4) + "00", division.prefix(2) + "0000"]
    }
}
