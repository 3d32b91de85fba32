import Database
import HTTP
import Shared
import Text

extension PlaceBody {
    private static let opens = Field<Int?>.optional("opens", .clockTime, "HH:MM, by the cinema's clock.", example: "09:30")
    private static let closes = Field<Int?>.optional(
        "closes", .clockTime, "HH:MM; not later than `opens` means on the next day.", example: "02:00")

    private static let weekly = Body<OpeningHours.Weekly>(
        "WeeklyOpeningHours",
        Field<Int>.required("weekday", .int(1...7), "1 is Monday, 7 is Sunday.", example: "5"),
        Field<Int>.required("opens", .clockTime, "HH:MM, by the cinema's clock.", example: "09:30"),
        Field<Int>.required("closes", .clockTime, "HH:MM; not later than `opens` means on the next day.", example: "02:00")
    ) { OpeningHours.Weekly(weekday: $0, span: OpeningHours.Span(opens: $1, closes: $2)) }

    private static let exception = Body<OpeningHours.Exception>(
        "ExceptionalOpeningHours",
        Field<CalendarDay>.required("day", .day(CalendarDay.self), "The day.", example: "2026-12-31"), opens, closes
    ) { day, opens, closes in
        switch (opens, closes) {
        case (let opens?, let closes?): OpeningHours.Exception(day: day, span: OpeningHours.Span(opens: opens, closes: closes))
        case (nil, nil): OpeningHours.Exception(day: day, span: nil)
        case (nil, _): throw FieldIssue("/opens", "missing")
        case (_, nil): throw FieldIssue("/closes", "missing")
        }
    }

    static let openingHours = Body<OpeningHours>(
        "OpeningHours",
        Field<[OpeningHours.Weekly]>.required(
            "weekly", .array(of: .object(weekly), 0...28), "The usual week; a weekday may have several entries, or none when it is closed."),
        Field<[OpeningHours.Exception]>.required(
            "exceptions", .array(of: .object(exception), 0...100),
            "Days on which other hours hold; one without `opens` and `closes` is closed.")
    ) { OpeningHours(weekly: $0, exceptions: $1) }
}

extension FieldKind where Value == Int {
    /// A time of the day, `HH:MM`, in minutes after midnight.
    fileprivate static var clockTime: FieldKind {
        .parsed(
            schema: .text(5...5, format: nil, pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$"),
            length: 5...5,
            fault: ValueFault("not_a_time"),
            parse: { text in
                let parts = text.split(separator: ":").compactMap { Int($0) }
                guard parts.count == 2, (0..<24).contains(parts[0]), (0..<60).contains(parts[1]) else { return nil }
                return parts[0] * 60 + parts[1]
            },
            present: { OpeningHours.clockText($0) }
        )
    }
}
