/// A number as it is written in decimal: digits, and how many zeros follow them.
///
/// Whether a number is whole is decided here, by its digits. A double can't tell: it reads `1.0000000000000000000001` as 1.
struct DecimalDigits: Hashable, Sendable {
    /// The digits without zeros at either end; empty for zero.
    private let digits: ArraySlice<UInt8>
    /// How many zeros follow the digits; negative when digits come after the point.
    private let zeros: Int

    /// - Parameters:
    ///   - whole: the ASCII digits before the point.
    ///   - fraction: the digits after it.
    ///   - exponent: a result of ``exponent(_:isNegative:)``.
    init(whole: ArraySlice<UInt8>, fraction: ArraySlice<UInt8>, exponent: Int) {
        let zero = UInt8(ascii: "0")
        let all = fraction.isEmpty ? whole : ArraySlice(whole + fraction)
        guard let first = all.firstIndex(where: { $0 != zero }), let last = all.lastIndex(where: { $0 != zero }) else {
            digits = []
            zeros = 0
            return
        }
        digits = all[first...last]
        // The length of the text and the bound of an exponent keep this far within 64 bits.
        zeros = exponent - fraction.count + (all.endIndex - 1 - last)
    }

    /// The digits of an exponent as a number. It is bounded by a number larger than any body is long: no digits can make up for such an
    /// exponent.
    static func exponent(_ digits: ArraySlice<UInt8>, isNegative: Bool) -> Int {
        let bound = 1 << 40
        var value = 0
        for digit in digits where value < bound { value = value * 10 + Int(digit - UInt8(ascii: "0")) }
        let bounded = min(value, bound)
        return isNegative ? 0 - bounded : bounded
    }

    var isWhole: Bool { zeros >= 0 }
    /// Whether its first digit comes after the point.
    var isBelowOne: Bool { digits.count + zeros <= 0 }

    /// - Returns: `nil` for a number that isn't whole or that 64 bits can't hold.
    func integer(isNegative: Bool) -> Int64? {
        if digits.isEmpty { return 0 }
        guard isWhole, zeros < 19, digits.count < 20 else { return nil }
        var value: Int64 = 0
        for place in 0..<(digits.count + zeros) {
            let digit = place < digits.count ? Int64(digits[digits.startIndex + place] - UInt8(ascii: "0")) : 0
            let (product, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !overflows, !overflowsToo else { return nil }
            value = sum
        }
        return value
    }
}
