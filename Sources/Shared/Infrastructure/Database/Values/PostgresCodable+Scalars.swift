package import FoundationEssentials
package import Text

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
        text.appendBytes { $0.append(self) }
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
        // Other years are written differently, and nobody needs them.
        guard Timestamp.storable.contains(microseconds) else {
            return text.refuse("a moment outside the years 1 to 9999")
        }
        let (seconds, fraction) = Int64(microseconds).flooredDivision(by: 1_000_000)
        let (days, secondOfDay) = seconds.flooredDivision(by: 86_400)
        text.appendBytes { bytes in
            CalendarDay(daysSince2001: Int(days)).write(to: &bytes)
            bytes.append(UInt8(ascii: " "))
            bytes.append(secondOfDay: Int(secondOfDay))
            bytes.append(UInt8(ascii: "."))
            bytes.append(decimal: fraction, width: 6)
            bytes.append(UInt8(ascii: "Z"))
        }
    }

    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> Date {
        guard type == .timestamptz || type == .timestamp else { throw .typeMismatch }
        let microseconds: Int64 = try bytes.bigEndian(at: 0)
        guard microseconds != .max, microseconds != .min else { throw .unfit("an infinite moment") }
        return Date(timeIntervalSinceReferenceDate: Double(microseconds - postgresEpoch) / 1_000_000)
    }
}

extension CalendarDay: PostgresCodable {
    /// The days from 2000-01-01, PostgreSQL's first day, to 2001-01-01.
    private static let postgresEpoch = 366

    package func encode(into text: inout PostgresText) {
        text.appendBytes { write(to: &$0) }
    }

    package static func decode(_ bytes: Span<UInt8>, as type: PostgresType) throws(PostgresDecodingFailure) -> CalendarDay {
        guard type == .date else { throw .typeMismatch }
        let days: Int32 = try bytes.bigEndian(at: 0)
        guard days != .max, days != .min else { throw .unfit("an infinite day") }
        let day = CalendarDay(daysSince2001: Int(days) - postgresEpoch)
        guard (1...9999).contains(day.year) else { throw .unfit("a day outside the years 1 to 9999") }
        return day
    }
}
