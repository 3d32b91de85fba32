package import FoundationEssentials

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
        var scan = TimeScan(text)
        guard
            let day = scan.day(), scan.take("T") || scan.take("t"), let second = scan.secondOfDay(), let fraction = scan.fraction(),
            let offset = scan.offset(), scan.isAtEnd
        else { return nil }
        let seconds = (day.daysSince2001 + Self.daysFrom1970To2001) * 86_400 + second - offset
        let moment = Date(timeIntervalSince1970: Double(seconds) + fraction)
        guard Self.storable.contains((moment.timeIntervalSinceReferenceDate * 1_000_000).rounded()) else { return nil }
        date = moment
    }

    private static let daysFrom1970To2001 = 11_323

    /// What the database can hold and we can write: the years 0001 to 9999, in microseconds since 2001, the epoch of `Date`.
    package static let storable: Range<Double> = -63_113_904_000_000_000..<252_423_993_600_000_000

    /// For example `2026-10-01T12:00:00Z`.
    package var text: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the text.
    package func write(to bytes: inout [UInt8]) {
        let milliseconds = Int64((date.timeIntervalSince1970 * 1_000).rounded(.toNearestOrEven).clamped)
        let (seconds, fraction) = milliseconds.flooredDivision(by: 1_000)
        let (days, rest) = seconds.flooredDivision(by: 86_400)
        CalendarDay(daysSince2001: Int(days) - Self.daysFrom1970To2001).write(to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        bytes.append(secondOfDay: Int(rest))
        if fraction != 0 {
            bytes.append(UInt8(ascii: "."))
            bytes.append(decimal: fraction, width: 3)
        }
        bytes.append(UInt8(ascii: "Z"))
    }
}

/// Reads the parts of a written time from left to right.
package struct TimeScan {
    private let bytes: [UInt8]
    private var position = 0

    /// - Parameter text: no more than 40 bytes of it are read.
    package init(_ text: some StringProtocol) {
        bytes = Array(text.utf8.prefix(41))
    }

    package var isAtEnd: Bool { position == bytes.count && bytes.count <= 40 }

    /// `YYYY-MM-DD`
    package mutating func day() -> CalendarDay? {
        guard let year = number(digits: 4), take("-"), let month = number(digits: 2), take("-"), let day = number(digits: 2) else {
            return nil
        }
        return CalendarDay(year: year, month: month, day: day)
    }

    /// `HH:MM:SS`, as seconds since the day began.
    package mutating func secondOfDay() -> Int? {
        guard
            let hour = number(digits: 2), hour < 24, take(":"), let minute = number(digits: 2), minute < 60, take(":"),
            let second = number(digits: 2), second < 60
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    package mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func number(digits: Int) -> Int? {
        let end = position + digits
        guard end <= bytes.count, let number = bytes[position..<end].decimalNumber(digits: digits...digits) else { return nil }
        position = end
        return number
    }

    /// The fraction of a second, 0 where there is none.
    package mutating func fraction() -> Double? {
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

    /// The distance from UTC, in seconds to the east.
    package mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign: Int
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = number(digits: 2), hours < 24, take(":"), let minutes = number(digits: 2), minutes < 60 else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}

extension Double {
    /// The value limited to the years 0001 to 9999 in milliseconds, so that the text keeps its form.
    fileprivate var clamped: Double {
        isNaN ? 0 : Swift.min(Swift.max(self, -62_135_596_800_000), 253_402_300_799_999)
    }
}

extension Int64 {
    /// The quotient rounded towards negative infinity, and a remainder that is never negative.
    package func flooredDivision(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
