// Whole numbers in decimal digits, as bytes of ASCII.

extension [UInt8] {
    /// Appends a whole number in decimal.
    ///
    /// - Parameter width: the smallest number of digits. Shorter numbers get zeros in front.
    @inlinable package mutating func append(decimal number: some FixedWidthInteger, width: Int = 1) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = count
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit))
            rest = quotient
        } while rest != 0
        while count - start < width { append(UInt8(ascii: "0")) }
        self[start...].reverse()
    }

    /// Appends a time of day as `HH:MM:SS`.
    ///
    /// - Parameter second: the number of seconds since the day began.
    package mutating func append(secondOfDay second: Int) {
        append(decimal: second / 3_600, width: 2)
        append(UInt8(ascii: ":"))
        append(decimal: second / 60 % 60, width: 2)
        append(UInt8(ascii: ":"))
        append(decimal: second % 60, width: 2)
    }
}

extension String {
    /// A whole number in decimal with zeros in front, up to a width.
    package init(_ number: some FixedWidthInteger, width: Int) {
        var digits: [UInt8] = []
        digits.append(decimal: number, width: width)
        self.init(decoding: digits, as: UTF8.self)
    }
}

extension UInt8 {
    /// The value of a decimal digit of ASCII; `nil` for any other character.
    @inlinable package var decimalDigit: Int? {
        isDecimalDigit ? Int(self &- UInt8(ascii: "0")) : nil
    }

    /// Whether this is a decimal digit of ASCII.
    @inlinable package var isDecimalDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }

    /// Whether this is a letter or digit of ASCII.
    @inlinable package var isAlphanumeric: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}

extension Collection<UInt8> {
    /// The number that the decimal digits stand for; `nil` for other characters, or for more or fewer of them.
    package func decimalNumber(digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(count), count <= 18 else { return nil }
        var number = 0
        for byte in self {
            guard let digit = byte.decimalDigit else { return nil }
            number = number * 10 + digit
        }
        return number
    }
}
