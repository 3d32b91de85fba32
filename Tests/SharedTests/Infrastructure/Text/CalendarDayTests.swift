import Foundation
import Testing
import Text

@Suite("Calendar days")
struct CalendarDayTests {
    @Test("Days that exist are read and written alike", arguments: ["0001-01-01", "1900-02-28", "2000-02-29", "2024-02-29", "9999-12-31"])
    func reads(text: String) throws {
        let day = try #require(CalendarDay(text))
        #expect(day.description == text)
        #expect(CalendarDay(daysSince2001: day.daysSince2001) == day)
    }

    @Test(
        "Days that don't exist and other spellings are refused",
        arguments: [
            "1900-02-29", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-00", "2024-04-31", "0000-01-01", "2024-1-1", "24-01-01",
            "2024/01/01", "2024-01-01 ", "２０２４-01-01", "", "+024-01-01",
        ])
    func refuses(text: String) {
        #expect(CalendarDay(text) == nil)
    }

    @Test("Counting days goes through every month and leap year")
    func counts() throws {
        let first = try #require(CalendarDay("2001-01-01"))
        #expect(first.daysSince2001 == 0)
        #expect(first.adding(days: 365).description == "2002-01-01")
        #expect(first.adding(days: -1).description == "2000-12-31")
        #expect(first.adding(days: -307).description == "2000-02-29")
        var day = try #require(CalendarDay("1899-12-31"))
        for _ in 0..<80_000 {
            let next = day.adding(days: 1)
            try #require(day < next && next.daysSince2001 == day.daysSince2001 + 1)
            day = next
        }
    }

    @Test("The day of a moment is Foundation's, at whatever distance from UTC; outside of the years 1 to 9999 it is the nearest one")
    func moments() throws {
        var generator = SplitMix(state: 7)
        var calendar = Calendar(identifier: .gregorian)
        for _ in 0..<2_000 {
            // From 1600 on: before, Foundation's calendar is another one.
            let date = Date(timeIntervalSince1970: Double.random(in: -11_676_096_000..<253_402_000_000, using: &generator))
            let offset = Int.random(in: -14...14, using: &generator) * 3600
            calendar.timeZone = try #require(TimeZone(secondsFromGMT: offset))
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            let day = CalendarDay(date, secondsEastOfUTC: offset)
            #expect(day.year == parts.year && day.month == parts.month && day.day == parts.day)
            #expect(day.start(secondsEastOfUTC: offset) == calendar.startOfDay(for: date))
        }
        let bounds = try [#require(CalendarDay("0001-01-01")), #require(CalendarDay("9999-12-31"))]
        for (moment, bound) in [(-1e300, 0), (-.infinity, 0), (1e300, 1), (.infinity, 1)] as [(Double, Int)] {
            #expect(CalendarDay(Date(timeIntervalSinceReferenceDate: moment)) == bounds[bound])
        }
        #expect(bounds.contains(CalendarDay(Date(timeIntervalSinceReferenceDate: .nan))))
    }
}
