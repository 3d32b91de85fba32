package import Callers
package import Database
import Foundation
package import Text

/// Reads showtimes, for moviegoers and for those who manage them.
package struct ShowtimeListing: Sendable {
    private let store = ShowtimeListingStore()

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
        try await store.showtimes(filter, page: page, in: session)
    }
}
