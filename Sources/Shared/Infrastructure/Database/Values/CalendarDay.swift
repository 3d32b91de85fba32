/// A day of the proleptic Gregorian calendar without a time of day, SQL `DATE`, written `YYYY-MM-DD`.
package struct CalendarDay: Hashable, Sendable {
    /// 1 to 9999.
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int

    /// `nil` when there is no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day so many days after 2001-01-01.
    ///
    /// Counts in eras of 400 years that begin in March, so that the leap day comes last (Howard Hinnant, "chrono-compatible low-level date
    /// algorithms", civil_from_days).
    package init(daysSince2001 days: Int) {
        // Days since 0000-03-01.
        let shifted = days + 730_791
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// How many days after 2001-01-01 this is; negative before.
    package var daysSince2001: Int {
        let yearFromMarch = month <= 2 ? year - 1 : year
        let era = (yearFromMarch >= 0 ? yearFromMarch : yearFromMarch - 399) / 400
        let yearOfEra = yearFromMarch - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 730_791
    }

    /// The day that is so many days later; earlier when negative.
    package func adding(days: Int) -> CalendarDay {
        CalendarDay(daysSince2001: daysSince2001 + days)
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension CalendarDay: Comparable {
    package static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

extension CalendarDay: LosslessStringConvertible {
    /// `nil` for anything but `YYYY-MM-DD` of a day that exists.
    package init?(_ description: String) {
        let bytes = Array(description.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var number = 0
            for byte in bytes[range] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                number = number * 10 + Int(byte - UInt8(ascii: "0"))
            }
            return number
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return nil }
        self.init(year: year, month: month, day: day)
    }

    package var description: String {
        var text = PostgresText()
        encode(into: &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }
}

extension CalendarDay: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let day = CalendarDay(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a day of the form YYYY-MM-DD")
        }
        self = day
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension CalendarDay: PostgresCodable {
    /// The days from 2000-01-01, PostgreSQL's first day, to 2001-01-01.
    private static let postgresEpoch = 366

    package func encode(into text: inout PostgresText) {
        text.append(year, width: 4)
        text.append(ascii: "-")
        text.append(month, width: 2)
        text.append(ascii: "-")
        text.append(day, width: 2)
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
