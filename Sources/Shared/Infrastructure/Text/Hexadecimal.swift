package import FoundationEssentials

/// The digits of base sixteen.
package enum Hexadecimal {
    /// The digit of a value below 16, in lower case.
    @inlinable package static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &- 10 &+ value
    }

    /// The digit of a value below 16, in upper case.
    @inlinable package static func upperCaseDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "A") &- 10 &+ value
    }

    /// The value of a digit in either case; `nil` for any other character.
    @inlinable package static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit &- UInt8(ascii: "A") &+ 10
        default: nil
        }
    }
}

extension [UInt8] {
    /// Appends a byte as two digits in lower case.
    package mutating func append(hexadecimal byte: UInt8) {
        append(Hexadecimal.digit(byte >> 4))
        append(Hexadecimal.digit(byte & 15))
    }
}

extension [UInt8] {
    /// Appends a UUID in its usual form (RFC 9562 §4), in lower case.
    package mutating func append(_ uuid: UUID) {
        let octets = uuid.uuid
        let all: InlineArray<16, UInt8> = [
            octets.0, octets.1, octets.2, octets.3, octets.4, octets.5, octets.6, octets.7,
            octets.8, octets.9, octets.10, octets.11, octets.12, octets.13, octets.14, octets.15,
        ]
        for index in all.indices {
            if index == 4 || index == 6 || index == 8 || index == 10 { append(UInt8(ascii: "-")) }
            append(hexadecimal: all[index])
        }
    }
}

extension Sequence<UInt8> {
    /// Two digits in lower case for each byte.
    public var hexadecimal: String {
        var digits: [UInt8] = []
        digits.reserveCapacity(underestimatedCount * 2)
        for byte in self { digits.append(hexadecimal: byte) }
        return String(decoding: digits, as: UTF8.self)
    }
}
