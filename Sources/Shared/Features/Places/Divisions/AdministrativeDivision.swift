import Database
package import Text

/// A province, city or district of China (行政区划), as long as it was called so and had this code.
///
/// A code names a division at a time only, because codes are used again. So a division has an id of its own, which everything refers to; one
/// that is renamed or gets another code becomes another division, its successor.
package struct AdministrativeDivision: Hashable, Sendable {
    /// The level of a division, told by the zeros of its code (GB/T 2260).
    package enum Level: String, CaseIterable, Sendable, PostgresCodable {
        case province
        case city
        case district
    }

    package let id: Int64
    /// Twelve digits: province = the first 2, city = the first 4, district = the first 6; zeros follow.
    package let code: String
    package let name: String
    package let level: Level
    /// The place of its seat of government; `nil` where the source gives none.
    package let point: GeographicPoint?
    /// The first day; `nil` where it was there before all that is known.
    package let validFrom: CalendarDay?
    /// The day from which on it is no longer there; `nil` while it is.
    package let validTo: CalendarDay?

    package var isRetired: Bool { validTo != nil }
}

/// A division that a file or an administrator adds.
package struct NewDivision: Hashable, Sendable {
    package let code: DivisionCode
    package let name: String
    package let point: GeographicPoint?

    package init(code: DivisionCode, name: String, point: GeographicPoint?) {
        self.code = code
        self.name = name
        self.point = point
    }
}

/// The code of a division, twelve digits of GB/T 2260 with zeros.
package struct DivisionCode: Hashable, Sendable {
    package let text: String
    package let level: AdministrativeDivision.Level

    /// - Returns: `nil` when the text isn't a code of a province, city or district.
    package init?(_ text: String) {
        guard let level = AdministrativeDivision.Level(code: text) else { return nil }
        self.text = text
        self.level = level
    }
}

extension AdministrativeDivision.Level {
    /// The level of a code.
    ///
    /// - Returns: `nil` when the text isn't a code of a province, city or district: towns and villages have further digits.
    package init?(code: String) {
        let digits = Array(code.utf8)
        guard
            digits.count == 12,
            digits.allSatisfy(\.isDecimalDigit),
            digits.suffix(6).allSatisfy({ $0 == UInt8(ascii: "0") }),
            !code.hasPrefix("00")
        else { return nil }
        let isZero = { (range: Range<Int>) in digits[range].allSatisfy { $0 == UInt8(ascii: "0") } }
        if isZero(2..<6) {
            self = .province
        } else if isZero(4..<6) {
            self = .city
        } else {
            self = .district
        }
    }
}
