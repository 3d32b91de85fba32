import Database
import Foundation
import Shared
import Testing
import Text

@Suite("A cinema's clock")
struct CinemaClockTests {
    @Test(
        "Days are counted by the clock on the cinema's wall",
        arguments: [
            // zone, hour at which the day ends, moment, local day, business day
            ("Asia/Shanghai", 6, "2026-11-23T11:30:00Z", "2026-11-23", "2026-11-23"),
            ("Asia/Shanghai", 6, "2026-11-23T15:59:59Z", "2026-11-23", "2026-11-23"),
            ("Asia/Shanghai", 6, "2026-11-23T16:00:00Z", "2026-11-24", "2026-11-23"),
            ("Asia/Shanghai", 6, "2026-11-23T21:59:59Z", "2026-11-24", "2026-11-23"),
            ("Asia/Shanghai", 6, "2026-11-23T22:00:00Z", "2026-11-24", "2026-11-24"),
            ("Asia/Shanghai", 0, "2026-11-23T16:00:00Z", "2026-11-24", "2026-11-24"),
            ("Asia/Shanghai", 12, "2026-11-24T03:59:59Z", "2026-11-24", "2026-11-23"),
            ("Asia/Urumqi", 6, "2026-11-23T17:30:00Z", "2026-11-23", "2026-11-23"),
            ("Asia/Urumqi", 6, "2026-11-23T23:30:00Z", "2026-11-24", "2026-11-23"),
            ("Asia/Urumqi", 6, "2026-11-24T00:00:00Z", "2026-11-24", "2026-11-24"),
            ("America/New_York", 6, "2026-11-24T04:30:00Z", "2026-11-23", "2026-11-23"),
            ("America/New_York", 6, "2026-11-24T10:59:59Z", "2026-11-24", "2026-11-23"),
            ("America/New_York", 6, "2026-11-24T11:00:00Z", "2026-11-24", "2026-11-24"),
            // The night of 2026-03-08 has no hour from two to three, that of 2026-11-01 has the hour from one to two twice.
            ("America/New_York", 6, "2026-03-08T09:59:59Z", "2026-03-08", "2026-03-07"),
            ("America/New_York", 6, "2026-03-08T10:00:00Z", "2026-03-08", "2026-03-08"),
            ("America/New_York", 6, "2026-11-01T10:59:59Z", "2026-11-01", "2026-10-31"),
            ("America/New_York", 6, "2026-11-01T11:00:00Z", "2026-11-01", "2026-11-01"),
            ("Asia/Shanghai", 6, "2025-12-31T18:00:00Z", "2026-01-01", "2025-12-31"),
            ("Asia/Shanghai", 6, "2028-02-29T17:00:00Z", "2028-03-01", "2028-02-29"),
            ("Pacific/Kiritimati", 6, "1999-12-31T10:00:00Z", "2000-01-01", "1999-12-31"),
        ]
    )
    func days(zone: String, hour: Int, moment: String, localDay: String, businessDay: String) throws {
        let clock = try CinemaClock(timeZone: zone, dayEndsAtHour: hour)
        let moment = try Date(moment, strategy: .iso8601)
        #expect(clock.localDay(of: moment).description == localDay)
        #expect(clock.businessDay(of: moment).description == businessDay)
    }

    @Test("A zone that nobody knows is refused")
    func unknownZone() {
        #expect(throws: UnknownTimeZone.self) { try CinemaClock(timeZone: "Moon/Tycho", dayEndsAtHour: 6) }
    }
}
