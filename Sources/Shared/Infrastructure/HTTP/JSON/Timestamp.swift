package import Foundation

/// A moment as RFC 3339 text.
///
/// Written in UTC, to the millisecond where there is a fraction; read with any offset.
package struct Timestamp: Hashable, Sendable {
    package let date: Date

    package init(_ date: Date) {
        self.date = date
    }

    /// - Returns: `nil` for text that is no RFC 3339 date-time, names a day or hour that doesn't exist, or is outside of the years 0001 to
    ///   9999 in UTC. The moment is rounded to the microsecond, as the database stores it.
    package init?(text: String) {
        var scan = Scan(bytes: Array(text.utf8))
        guard
            scan.bytes.count <= 40,
            let year = scan.number(digits: 4), year >= 1, scan.take("-"),
            let month = scan.number(digits: 2), (1...12).contains(month), scan.take("-"),
            let day = scan.number(digits: 2), (1...Self.days(in: month, of: year)).contains(day),
            scan.take("T") || scan.take("t"),
            let hour = scan.number(digits: 2), hour < 24, scan.take(":"),
            let minute = scan.number(digits: 2), minute < 60, scan.take(":"),
            let second = scan.number(digits: 2), second < 60,
            let fraction = scan.fraction(),
            let offset = scan.offset(),
            scan.isAtEnd
        else { return nil }
        let days = Self.daysSince1970(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
        let moment = Date(timeIntervalSince1970: Double(seconds) + fraction)
        guard Self.storable.contains((moment.timeIntervalSinceReferenceDate * 1_000_000).rounded()) else { return nil }
        date = moment
    }

    /// The years 0001 to 9999 in microseconds since 2001, the epoch of `Date`.
    private static let storable: Range<Double> = -63_113_904_000_000_000..<252_423_993_600_000_000

    /// For example `2026-10-01T12:00:00Z`.
    package var text: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the text.
    func write(to bytes: inout [UInt8]) {
        let milliseconds = Int64((date.timeIntervalSince1970 * 1_000).rounded(.toNearestOrEven).clamped)
        let (seconds, fraction) = milliseconds.flooredDivision(by: 1_000)
        let (days, rest) = seconds.flooredDivision(by: 86_400)
        let (year, month, day) = Self.civil(daysSince1970: days)
        bytes.append(year, digits: 4)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(month, digits: 2)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(day, digits: 2)
        bytes.append(UInt8(ascii: "T"))
        bytes.append(rest / 3_600, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(rest / 60 % 60, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(rest % 60, digits: 2)
        if fraction != 0 {
            bytes.append(UInt8(ascii: "."))
            bytes.append(fraction, digits: 3)
        }
        bytes.append(UInt8(ascii: "Z"))
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days of the proleptic Gregorian calendar, counted from a year that begins in March so that the leap day comes last.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

/// Reads the parts of a timestamp from left to right.
private struct Scan {
    let bytes: [UInt8]
    var position = 0

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func number(digits: Int) -> Int? {
        guard position + digits <= bytes.count else { return nil }
        var value = 0
        for _ in 0..<digits {
            guard let digit = bytes[position].decimalDigit else { return nil }
            value = value * 10 + digit
            position += 1
        }
        return value
    }

    /// The fraction of a second, 0 where there is none.
    mutating func fraction() -> Double? {
        guard take(".") else { return 0 }
        var value = 0.0
        var scale = 0.1
        let start = position
        while position < bytes.count, let digit = bytes[position].decimalDigit {
            value += Double(digit) * scale
            scale /= 10
            position += 1
        }
        return position > start ? value : nil
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign: Int
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = number(digits: 2), hours < 24, take(":"), let minutes = number(digits: 2), minutes < 60 else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}

extension UInt8 {
    /// The value of an ASCII digit.
    fileprivate var decimalDigit: Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) ? Int(self - UInt8(ascii: "0")) : nil
    }
}

extension Double {
    /// The value limited to the years 0001 to 9999 in milliseconds, so that the text keeps its form.
    fileprivate var clamped: Double {
        isNaN ? 0 : Swift.min(Swift.max(self, -62_135_596_800_000), 253_402_300_799_999)
    }
}

extension Int64 {
    /// Quotient and a remainder that is never negative.
    fileprivate func flooredDivision(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension [UInt8] {
    /// A number with leading zeros.
    fileprivate mutating func append(_ value: Int64, digits: Int) {
        if digits > 2 { append(value / 100, digits: digits - 2) }
        if digits > 1 { append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10 % 10)) }
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10))
    }
}
