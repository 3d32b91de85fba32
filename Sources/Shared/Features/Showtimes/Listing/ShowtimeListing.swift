package import Callers
package import Database
import Foundation
package import Text

/// Reads showtimes, for moviegoers and for those who manage them.
package struct ShowtimeListing: Sendable {
    private let store = ShowtimeListingStore()
    private let schedules = CinemaScheduleStore()
    private let cityMovies: CityMovieStore
    private let places = Places()
    private let catalog: Catalog
    /// No cinema shows more in a day.
    private static let mostADay = 1000

    package init(catalog: Catalog = Catalog()) {
        self.catalog = catalog
        cityMovies = CityMovieStore(run: catalog.run)
    }

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

    /// Movies for everybody.
    ///
    /// - Parameter cityID: only those with a showtime to come in this city that is on sale, each with what is on there today; `nil` for all.
    /// - Throws: ``Refusal/cursorInvalid``.
    package func movies(_ filter: MovieFilter, cityID: Int64?, page: PageRequest, in session: some PostgresSession) async throws -> Page<
        Movie
    > {
        guard let cityID else { return try await catalog.movies(filter, page: page, in: session) }
        return try await cityMovies.movies(filter, cityID: cityID, page: page, in: session)
    }

    /// Cinemas for everybody, each with what it shows of the filter's movie on its day, or of all within 24 hours.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func cinemas(_ filter: CinemaFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<CinemaWithOffer>
    {
        if filter.order == .price {
            return try await schedules.cinemasByPrice(try await places.searched(filter, in: session), page: page, in: session)
        }
        let page = try await places.cinemas(filter, page: page, in: session)
        let offers = try await schedules.offers(
            cinemaIDs: page.items.map(\.id), movieID: filter.movieID, day: filter.day, in: session)
        return page.map { CinemaWithOffer(cinema: $0, offer: offers[$0.id]) }
    }

    /// What a cinema shows, for everybody.
    ///
    /// - Parameter day: the business day whose showtimes are wanted; the next one with showtimes to come unless given.
    /// - Throws: ``Refusal/notFound``.
    package func schedule(ofCinema cinemaID: Int64, day: CalendarDay? = nil, in session: some PostgresSession) async throws
        -> CinemaSchedule
    {
        let cinema = try await places.cinema(cinemaID, scope: .everybody, ofVerifiedMerchant: true, in: session)
        let days = try await schedules.days(cinemaID: cinemaID, in: session)
        guard let day = day ?? days.first?.day else {
            return try CinemaSchedule(cinema: cinema, days: days, day: nil, showtimes: [], movies: [:], occupancy: [:])
        }
        var filter = ShowtimeFilter(cinemaID: cinemaID, day: day, isUpcoming: true)
        filter.isPublic = true
        let showtimes = try await store.showtimes(filter, page: PageRequest(limit: Self.mostADay), in: session).items
        return try CinemaSchedule(
            cinema: cinema, days: days, day: day, showtimes: showtimes,
            movies: try await schedules.movies(ids: Set(showtimes.map(\.movieID)), in: session),
            occupancy: try await schedules.occupancy(showtimeIDs: showtimes.map(\.id), in: session))
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
