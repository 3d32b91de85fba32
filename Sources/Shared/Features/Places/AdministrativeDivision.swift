import Database
import Text

/// A province, city or district of China (行政区划), with the place of its seat of government.
package struct AdministrativeDivision: Hashable, Sendable {
    /// The level of a division, told by the zeros of its code (GB/T 2260).
    package enum Level: String, CaseIterable, Sendable, PostgresCodable {
        case province
        case city
        case district
    }

    /// Twelve digits: province = the first 2, city = the first 4, district = the first 6; zeros follow.
    package let code: String
    package let name: String
    package let level: Level
    /// `nil` where the source gives no place.
    package let point: GeographicPoint?

    package init(code: String, name: String, level: Level, point: GeographicPoint?) {
        self.code = code
        self.name = name
        self.level = level
        self.point = point
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
