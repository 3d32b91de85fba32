package import Callers
import Database
package import Text

/// When a cinema is open, by its own clock: the usual week, and days that differ.
package struct OpeningHours: Hashable, Sendable, Codable {
    /// From one time of the day to another, in minutes after midnight. One that doesn't close later than it opens closes on the next day.
    package struct Span: Hashable, Sendable, Codable {
        /// 0 to 1439.
        package let opens: Int
        /// 0 to 1439.
        package let closes: Int

        package init(opens: Int, closes: Int) {
            self.opens = opens
            self.closes = closes
        }

        /// In minutes.
        var length: Int { closes > opens ? closes - opens : closes - opens + OpeningHours.dayMin }
    }

    /// A time of the day as `HH:MM`.
    ///
    /// - Parameter minutes: after midnight.
    package static func clockText(_ minutes: Int) -> String {
        "\(String(minutes / 60, width: 2)):\(String(minutes % 60, width: 2))"
    }

    package struct Weekly: Hashable, Sendable, Codable {
        /// 1 is Monday, 7 is Sunday.
        package let weekday: Int
        package let span: Span

        package init(weekday: Int, span: Span) {
            self.weekday = weekday
            self.span = span
        }
    }

    package struct Exception: Hashable, Sendable, Codable {
        package let day: CalendarDay
        /// `nil` where it is closed all day.
        package let span: Span?

        package init(day: CalendarDay, span: Span?) {
            self.day = day
            self.span = span
        }
    }

    package let weekly: [Weekly]
    /// They count in place of what their weekdays have.
    package let exceptions: [Exception]

    package init(weekly: [Weekly], exceptions: [Exception]) {
        self.weekly = weekly
        self.exceptions = exceptions
    }

    private static let dayMin = 24 * 60
    private static let weekMin = 7 * dayMin
}

extension OpeningHours {
    /// Makes sure that no two spans overlap: of the week, whose end is followed by its beginning, and of the exceptional days.
    ///
    /// - Throws: a refusal that points at one of the two.
    func requireOrder(at pointer: String) throws {
        let week = weekly.enumerated().map { place, entry in
            (place: place, start: (entry.weekday - 1) * Self.dayMin + entry.span.opens, length: entry.span.length)
        }
        if let place = Self.overlap(of: week, circle: Self.weekMin) {
            throw Refusal.openingHoursOverlap(at: "\(pointer)/weekly/\(place)")
        }
        let days = exceptions.enumerated().map { place, entry in
            (
                place: place, start: entry.day.daysSince2001 * Self.dayMin + (entry.span?.opens ?? 0),
                length: entry.span?.length ?? Self.dayMin
            )
        }
        // A closed day may follow one that closes after midnight.
        let opened = days.filter { exceptions[$0.place].span != nil }
        if let place = Self.overlap(of: opened, circle: nil) {
            throw Refusal.openingHoursOverlap(at: "\(pointer)/exceptions/\(place)")
        }
        let closed = Dictionary(grouping: exceptions.indices, by: { exceptions[$0].day }).values
        if let place = closed.first(where: { $0.count > 1 && $0.contains { exceptions[$0].span == nil } })?.last {
            throw Refusal.openingHoursOverlap(at: "\(pointer)/exceptions/\(place)")
        }
    }

    /// - Parameter circle: after so many minutes time begins anew; `nil` where it doesn't.
    /// - Returns: the place of a span that begins before the one before it has ended.
    private static func overlap(of spans: [(place: Int, start: Int, length: Int)], circle: Int?) -> Int? {
        let sorted = spans.sorted { ($0.start, $0.place) < ($1.start, $1.place) }
        for (span, next) in zip(sorted, sorted.dropFirst()) where span.start + span.length > next.start { return next.place }
        guard let circle, let first = sorted.first, let last = sorted.last else { return nil }
        return last.start + last.length > first.start + circle ? last.place : nil
    }
}

extension Refusal {
    package static func openingHoursOverlap(at pointer: String = "") -> Refusal {
        Refusal(.invalid(pointer: pointer), "opening_hours_overlap")
    }
}

/// What a cinema offers besides its seats.
package enum CinemaFacility: String, CaseIterable, Sendable, PostgresCodable {
    case parking
    case wheelchairAccess = "wheelchair_access"
    case accessibleToilet = "accessible_toilet"
    case hearingAid = "hearing_aid"
    case audioDescription = "audio_description"
    case nursingRoom = "nursing_room"
    case childSeats = "child_seats"
    case ticketMachine = "ticket_machine"
    case snackBar = "snack_bar"
    case restaurant
    case lounge
    case lockers
    case wifi
    case charging
    case glasses3D = "glasses_3d"
}
