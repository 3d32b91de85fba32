import Foundation
import Testing

@testable import Text

@Suite("Calendars' files")
struct CalendarEventTests {
    private func event(
        _ summary: String = "Hero", zone: String = "Asia/Shanghai", startsAt: String = "2026-11-24T11:30:00Z",
        endsAt: String = "2026-11-24T13:20:00Z", isCancelled: Bool = false, location: String = "Bona, Hall 1", description: String = "A4"
    ) throws -> CalendarEvent {
        CalendarEvent(
            uid: "1@piao", sequence: 3, isCancelled: isCancelled, summary: summary, location: location, description: description,
            startsAt: try Date(startsAt, strategy: .iso8601), endsAt: try Date(endsAt, strategy: .iso8601), timeZone: zone)
    }

    private func file(_ event: CalendarEvent) throws -> String {
        event.file(revisedAt: try Date("2026-11-20T01:02:03Z", strategy: .iso8601))
    }

    /// The lines as a reader puts them together again (§3.1).
    private func lines(_ file: String) -> [String] {
        file.replacing("\r\n ", with: "").split(separator: "\r\n").map { String($0) }
    }

    @Test("A file has its times in the cinema's time zone, which it defines, and when it was changed last in UTC")
    func whole() throws {
        #expect(
            try file(event())
                == [
                    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Piao//Piao//EN", "CALSCALE:GREGORIAN", "BEGIN:VTIMEZONE",
                    "TZID:Asia/Shanghai", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0800", "TZOFFSETTO:+0800",
                    "END:STANDARD",
                    "END:VTIMEZONE", "BEGIN:VEVENT", "UID:1@piao", "SEQUENCE:3", "DTSTAMP:20261120T010203Z",
                    "DTSTART;TZID=Asia/Shanghai:20261124T193000", "DTEND;TZID=Asia/Shanghai:20261124T212000", "SUMMARY:Hero",
                    "LOCATION:Bona\\, Hall 1", "DESCRIPTION:A4", "STATUS:CONFIRMED", "TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR", "",
                ].joined(separator: "\r\n"))
        let cancelled = try lines(file(event(isCancelled: true)))
        #expect(cancelled.contains("STATUS:CANCELLED") && cancelled.contains("TRANSP:TRANSPARENT") && cancelled.contains("UID:1@piao"))
        // That would need an ORGANIZER, and the same word in the type of the content.
        #expect(!cancelled.contains { $0.hasPrefix("METHOD") })
    }

    @Test("Where clocks are changed during the event, the file says so; where the zone isn't known, times are in UTC")
    func zones() throws {
        let night = try lines(
            file(event(zone: "America/New_York", startsAt: "2026-11-01T04:30:00Z", endsAt: "2026-11-01T07:30:00Z")))
        #expect(night.contains("DTSTART;TZID=America/New_York:20261101T003000"))
        #expect(night.contains("DTEND;TZID=America/New_York:20261101T023000"))
        let definition = night.drop { $0 != "BEGIN:VTIMEZONE" }.prefix { $0 != "END:VTIMEZONE" }
        #expect(
            Array(definition.dropFirst(2)) == [
                "BEGIN:DAYLIGHT", "DTSTART:19700101T000000", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0400", "END:DAYLIGHT", "BEGIN:STANDARD",
                "DTSTART:20261101T020000", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500", "END:STANDARD",
            ])
        let half = try lines(file(event(zone: "Asia/Kolkata")))
        #expect(half.contains("TZOFFSETTO:+0530") && half.contains("DTSTART;TZID=Asia/Kolkata:20261124T170000"))
        let unknown = try lines(file(event(zone: "Mars/Olympus")))
        #expect(unknown.contains("DTSTART:20261124T113000Z") && unknown.contains("DTEND:20261124T132000Z"))
        #expect(!unknown.contains("BEGIN:VTIMEZONE"))
    }

    @Test(
        "What has a meaning in the file is escaped, and control characters are left out: no text begins a line of its own",
        arguments: [
            ("a;b,c\\d", "SUMMARY:a\\;b\\,c\\\\d"), ("one\ntwo", "SUMMARY:one\\ntwo"),
            ("x\r\nEND:VCALENDAR", "SUMMARY:x\\nEND:VCALENDAR"), ("tab\tnul\0", "SUMMARY:tabnul"), ("", "SUMMARY:"),
            ("英雄：\"Hero\"", "SUMMARY:英雄：\"Hero\""),
        ])
    func escaping(text: String, line: String) throws {
        let lines = try lines(file(event(text)))
        #expect(lines.contains(line))
        #expect(lines.count { $0 == "END:VCALENDAR" } == 1)
    }

    @Test("Long lines are folded at 75 bytes, never within a character, and read as they were", arguments: ["a", "英", "🎬", "é,"])
    func folding(character: String) throws {
        for length in [20, 24, 60, 66, 67, 68, 69, 70, 140, 200] {
            let text = String(repeating: character, count: length)
            let file = try file(event(text))
            let parts = file.split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(parts.allSatisfy { $0.utf8.count <= 75 })
            #expect(!file.contains("\u{FFFD}"))
            #expect(lines(file).contains("SUMMARY:" + text.replacing(",", with: "\\,")))
        }
    }
}
