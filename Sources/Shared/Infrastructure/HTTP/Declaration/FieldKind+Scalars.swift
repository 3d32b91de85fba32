package import Foundation
import Text

extension FieldKind where Value == String {
    /// Text of so many characters (Unicode scalars), without NUL.
    package static func text(_ length: ClosedRange<Int>, pattern: String? = nil) -> FieldKind {
        .parsed(
            schema: .text(length, format: nil, pattern: pattern),
            length: length,
            fault: ValueFault("invalid"),
            parse: { $0 },
            present: { $0 }
        )
    }

    /// A password: described so that tools hide it.
    package static func password(_ length: ClosedRange<Int>) -> FieldKind {
        .parsed(
            schema: .text(length, format: "password", pattern: nil),
            length: length,
            fault: ValueFault("invalid"),
            parse: { $0 },
            present: { _ in "" }
        )
    }
}

extension FieldKind where Value: FixedWidthInteger {
    /// A whole number within the range.
    package static func int(_ range: ClosedRange<Value>) -> FieldKind {
        FieldKind(
            schema: .integer(Int64(clamping: range.lowerBound)...Int64(clamping: range.upperBound)),
            decode: { value throws(ValueFault) in
                let number: Int64
                switch value {
                case .integer(let integer): number = integer
                // Whole numbers within 64 bits are `.integer`, so this is a fraction, or too large.
                case .number(let double):
                    throw double.magnitude >= 0x1p63
                        ? ValueFault.outOfRange(range) : ValueFault("not_whole")
                case .numberOutOfRange: throw ValueFault.outOfRange(range)
                default: throw ValueFault.wrongType(value, wanted: .integer)
                }
                guard let fitting = Value(exactly: number), range.contains(fitting) else { throw ValueFault.outOfRange(range) }
                return fitting
            },
            parse: { text throws(ValueFault) in
                guard let first = text.utf8.first, first != UInt8(ascii: "+"), text.utf8.count <= 40 else {
                    throw ValueFault.unreadable(as: .integer)
                }
                guard let number = Value(text) else {
                    let digits = first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
                    let isNumber = !digits.isEmpty && digits.allSatisfy(\.isDecimalDigit)
                    throw isNumber ? ValueFault.outOfRange(range) : ValueFault.unreadable(as: .integer)
                }
                guard range.contains(number) else { throw ValueFault.outOfRange(range) }
                return number
            },
            present: { .integer(Int64(clamping: $0)) }
        )
    }
}

extension FieldKind where Value == Int64 {
    /// The number of a resource: at least 1.
    package static var id: FieldKind { .int(1...Int64.max) }
}

extension FieldKind where Value == Double {
    /// A number within the range.
    package static func double(_ range: ClosedRange<Double>) -> FieldKind {
        FieldKind(
            schema: .number(range),
            decode: { value throws(ValueFault) in
                let number: Double
                switch value {
                case .integer(let integer): number = Double(integer)
                case .number(let double): number = double
                case .numberOutOfRange: throw ValueFault.outOfRange(range)
                default: throw ValueFault.wrongType(value, wanted: .number)
                }
                guard range.contains(number) else { throw ValueFault.outOfRange(range) }
                return number
            },
            parse: { text throws(ValueFault) in
                guard let number = PlainDecimal.value(of: text) else { throw ValueFault.unreadable(as: .number) }
                guard range.contains(number) else { throw ValueFault.outOfRange(range) }
                return number
            },
            present: { .number($0) }
        )
    }
}

extension FieldKind where Value == Double {
    /// Degrees of latitude or longitude within the range, rounded to 1e-7 of a degree, which is about one centimetre. Smaller fractions are
    /// noise, and PostgreSQL can't read numbers that are too close to zero.
    package static func degrees(_ range: ClosedRange<Double>) -> FieldKind {
        let number = double(range)
        return FieldKind(
            schema: number.schema,
            composite: { value, issues in number.read(value, &issues).map { Coordinate.rounded($0) } },
            parse: { text throws(ValueFault) in Coordinate.rounded(try number.parse(text)) },
            present: number.present
        )
    }
}

extension FieldKind where Value == Bool {
    /// True or false.
    package static var bool: FieldKind {
        FieldKind(
            schema: .boolean,
            decode: { value throws(ValueFault) in
                guard case .bool(let bool) = value else { throw ValueFault.wrongType(value, wanted: .boolean) }
                return bool
            },
            parse: { text throws(ValueFault) in
                switch text {
                case "true": return true
                case "false": return false
                default: throw ValueFault.unreadable(as: .boolean)
                }
            },
            present: { .bool($0) }
        )
    }
}

extension FieldKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of a type.
    package static func enumeration(_ type: Value.Type) -> FieldKind {
        let words = Value.allCases.map(\.rawValue)
        return .parsed(
            schema: .words(of: Value.self),
            length: 0...200,
            fault: ValueFault("unknown_value", ["values": .array(words.map { .string($0) })]),
            parse: { Value(rawValue: $0) },
            present: { $0.rawValue }
        )
    }
}

extension FieldKind where Value: LosslessStringConvertible {
    /// A day that is written `YYYY-MM-DD`.
    package static func day(_ type: Value.Type) -> FieldKind {
        .parsed(
            schema: .text(10...10, format: "date", pattern: nil),
            length: 0...32,
            fault: ValueFault("not_a_day"),
            parse: { text in text.utf8.count == 10 ? Value(text) : nil },
            present: { $0.description }
        )
    }
}

extension FieldKind where Value == Date {
    /// A moment, as RFC 3339 text with an offset.
    package static var timestamp: FieldKind<Date> {
        .parsed(
            schema: .text(nil, format: "date-time", pattern: nil),
            length: 0...40,
            fault: ValueFault("not_a_time"),
            parse: { Timestamp(text: $0)?.date },
            present: { Timestamp($0).text }
        )
    }
}

extension FieldKind where Value == UUID {
    /// A UUID.
    package static var uuid: FieldKind<UUID> {
        .parsed(
            schema: .text(36...36, format: "uuid", pattern: nil),
            length: 0...64,
            fault: ValueFault("not_a_uuid"),
            parse: { UUID(uuidString: $0) },
            present: { $0.uuidString.lowercased() }
        )
    }
}

/// Decimal notation. Swift would also read hexadecimal, infinities and other forms as numbers.
enum PlainDecimal {
    static func value(of text: String) -> Double? {
        guard
            text.utf8.count <= 40,
            text.utf8.allSatisfy({ $0.isDecimalDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }),
            let number = Double(text), number.isFinite
        else { return nil }
        return number
    }
}
