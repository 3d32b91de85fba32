import Database
import Testing

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
}
