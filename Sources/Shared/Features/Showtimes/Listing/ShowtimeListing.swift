package import Callers
package import Database
import Foundation

/// Reads showtimes, for moviegoers and for those who manage them.
package struct ShowtimeListing: Sendable {
    private let store = ShowtimeListingStore()
    /// The values of a start that a cursor may contain: microseconds since 1970 that a `Double` holds exactly.
    private static let moments: ClosedRange<Int64> = -(1 << 53)...(1 << 53)

    package init() {}

    /// Showtimes for everybody: upcoming, not cancelled, of verified merchants, by start.
    ///
    /// - Parameters:
    ///   - day: the business day.
    ///   - calendarDay: the calendar day of the start, in each cinema's time zone.
    /// - Throws: ``Refusal/cursorInvalid``.
    package func upcoming(
        cinemaID: Int64? = nil, movieID: Int64? = nil, day: CalendarDay? = nil, calendarDay: CalendarDay? = nil, page: PageRequest,
        in session: some PostgresSession
    ) async throws -> Page<Showtime> {
        var filter = ShowtimeFilter(cinemaID: cinemaID, movieID: movieID, day: day, calendarDay: calendarDay, isUpcoming: true)
        filter.isPublic = true
        return try await showtimes(filter, page: page, in: session)
    }

    /// A showtime for everybody. It may be past or cancelled, because people come back to showtimes for which they have tickets.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func showtime(_ id: Int64, in session: some PostgresSession) async throws -> Showtime {
        try await showtime(id, scope: .everybody, in: session)
    }

    /// A showtime for those who manage it.
    ///
    /// - Parameter scope: the showtime must be in it.
    /// - Throws: ``Refusal/notFound``.
    package func showtime(_ id: Int64, scope: MerchantScope, in session: some PostgresSession) async throws -> Showtime {
        guard let showtime = try await store.showtime(id, filter: ShowtimeFilter(scope: scope), in: session) else {
            throw Refusal.notFound
        }
        return showtime
    }

    /// Showtimes for those who manage them, by start. Past and cancelled ones are included.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func showtimes(_ filter: ShowtimeFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<Showtime> {
        let key = try page.keys(count: 2).map { keys in
            guard let microseconds = Int64(keys[0]), Self.moments.contains(microseconds), let id = Int64(keys[1]) else {
                throw Refusal.cursorInvalid
            }
            return (Date(timeIntervalSince1970: Double(microseconds) / 1_000_000), id)
        }
        let showtimes = try await store.showtimes(filter, after: key, limit: page.limit, in: session)
        return Page(showtimes, request: page) { showtime in
            // PostgreSQL counts microseconds, which fit a Double's 53 bits.
            ["\(Int64((showtime.startsAt.timeIntervalSince1970 * 1_000_000).rounded()))", "\(showtime.id)"]
        }
    }
}
