package import FoundationEssentials

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

    /// The day that a moment lies in, at a fixed distance from UTC. A moment outside of the years 1 to 9999 gives the nearest day of these
    /// years.
    package init(_ moment: Date, secondsEastOfUTC offset: Int = 0) {
        let seconds = (moment.timeIntervalSinceReferenceDate + Double(offset)).rounded(.down)
        // From 0001-01-01 to 9999-12-31; a value that is no number becomes a bound, too.
        let bounded = Swift.min(Swift.max(-63_113_904_000, seconds), 252_423_993_599)
        let days = (bounded / 86_400).rounded(.down)
        self.init(daysSince2001: Int(exactly: days) ?? 0)
    }

    /// The moment in which the day begins, at a fixed distance from UTC.
    package func start(secondsEastOfUTC offset: Int = 0) -> Date {
        Date(timeIntervalSinceReferenceDate: Double(daysSince2001) * 86_400 - Double(offset))
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
        var scan = TimeScan(description)
        guard let day = scan.day(), scan.isAtEnd else { return nil }
        self = day
    }

    package var description: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the text.
    package func write(to bytes: inout [UInt8]) {
        bytes.append(decimal: year, width: 4)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: month, width: 2)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: day, width: 2)
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
