package import FoundationEssentials

extension Bool: PostgresCodable {
    package func encode(into text: inout PostgresText) { text.append(ascii: self ? "t" : "f") }

    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> Bool {
        guard type == .boolean, bytes.count == 1 else { throw .typeMismatch }
        return bytes[0] != 0
    }
}

extension Double: PostgresCodable {
    package func encode(into text: inout PostgresText) { text.append(description) }

    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> Double {
        switch type {
        case .doublePrecision: Double(bitPattern: try bytes.bigEndian(at: 0))
        case .real: Double(Float(bitPattern: try bytes.bigEndian(at: 0)))
        case .bigint, .integer, .smallint: Double(try Int64.decodeWhole(bytes, as: type))
        default: throw .typeMismatch
        }
    }
}

extension String: PostgresCodable {
    package func encode(into text: inout PostgresText) { text.append(self) }

    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> String {
        switch type {
        case .text, .varchar, .bpchar, .name, .char, .unknown, .json: return try utf8(bytes)
        case .jsonb: return try utf8(bytes.extracting(1...))
        default:
            // The text of an enumeration's case.
            guard type.isUserDefined else { throw .typeMismatch }
            return try utf8(bytes)
        }
    }

    private static func utf8(_ bytes: Span<UInt8>) throws(PostgresDecodingFailure) -> String {
        do {
            return String(copying: try UTF8Span(validating: bytes))
        } catch {
            throw .unfit("bytes that aren't UTF-8")
        }
    }
}

extension UUID: PostgresCodable {
    package func encode(into text: inout PostgresText) {
        let octets = uuid
        let digits: InlineArray<16, UInt8> = [
            octets.0, octets.1, octets.2, octets.3, octets.4, octets.5, octets.6, octets.7,
            octets.8, octets.9, octets.10, octets.11, octets.12, octets.13, octets.14, octets.15,
        ]
        for index in digits.indices {
            if index == 4 || index == 6 || index == 8 || index == 10 { text.append(ascii: "-") }
            text.append(hexadecimal: digits[index])
        }
    }

    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> UUID {
        guard type == .uuid, bytes.count == 16 else { throw .typeMismatch }
        return UUID(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
                bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
            )
        )
    }
}

/// A moment, `timestamptz`, to the microsecond. A `timestamp` without zone is read as UTC.
extension Date: PostgresCodable {
    /// The microseconds from 2000-01-01, PostgreSQL's first day, to 2001-01-01, where `Date` begins to count.
    private static let postgresEpoch: Int64 = 366 * 86_400 * 1_000_000

    package func encode(into text: inout PostgresText) {
        let microseconds = (timeIntervalSinceReferenceDate * 1_000_000).rounded()
        // Only the years 1 to 9999 are allowed. Others are written differently, and nobody needs them.
        guard (-63_113_904_000_000_000..<252_423_993_600_000_000).contains(microseconds) else {
            return text.refuse("a moment outside the years 1 to 9999")
        }
        let whole = Int64(microseconds)
        let seconds = whole.floorDivided(by: 1_000_000)
        let fraction = Int(whole - seconds * 1_000_000)
        let days = seconds.floorDivided(by: 86_400)
        let secondOfDay = Int(seconds - days * 86_400)
        CalendarDay(daysSince2001: Int(days)).encode(into: &text)
        text.append(ascii: " ")
        text.append(secondOfDay / 3600, width: 2)
        text.append(ascii: ":")
        text.append(secondOfDay / 60 % 60, width: 2)
        text.append(ascii: ":")
        text.append(secondOfDay % 60, width: 2)
        text.append(ascii: ".")
        text.append(fraction, width: 6)
        text.append(ascii: "Z")
    }

    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> Date {
        guard type == .timestamptz || type == .timestamp else { throw .typeMismatch }
        let microseconds: Int64 = try bytes.bigEndian(at: 0)
        guard microseconds != .max, microseconds != .min else { throw .unfit("an infinite moment") }
        return Date(timeIntervalSinceReferenceDate: Double(microseconds - postgresEpoch) / 1_000_000)
    }
}

extension Int64 {
    /// The quotient rounded towards negative infinity.
    func floorDivided(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
