/// A city (城市) in which cinemas stand, as moviegoers choose it.
package struct City: Hashable, Sendable {
    /// The id of the city list that it was imported from.
    package let id: Int64
    /// Of a county-level city inside another: that other one.
    package let parentID: Int64?
    package let name: String
    /// Six digits, GB/T 2260.
    package let code: String
    /// The name in Latin letters, as the list spells it.
    package let pinyin: String
    /// The letter that the list sorts it under, `A` to `Z`.
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

extension City {
    /// The codes of administrative divisions that lie in the city: all that begin as its own does, before the zeros.
    package var districtCodes: ClosedRange<String> {
        // A municipality's code is a province's, another city's has four digits, a county-level city is a district itself.
        let prefix = code.hasSuffix("0000") ? code.prefix(2) : code.hasSuffix("00") ? code.prefix(4) : code.prefix(6)
        let rest = 12 - prefix.count
        return "\(prefix)\(String(repeating: "0", count: rest))"..."\(prefix)\(String(repeating: "9", count: rest))"
    }
}
