import API
import Database
import HTTP
import Shared

/// Showtimes for moviegoers.
struct ShowtimeEndpoints: Sendable {
    let listing: ShowtimeListing
    let pool: PostgresPool

    var all: [Endpoint] { [list, show] }

    private var list: Endpoint {
        Endpoint(
            .get, "/v1/showtimes", "Lists upcoming showtimes by start.",
            access: .open,
            query: [ShowtimeShape.cinema, ShowtimeShape.movie, ShowtimeShape.day, ShowtimeShape.calendarDay],
            keepsAnswer: true,
            answers: .page(ShowtimeShape.listed)
        ) { call in
            .page(
                try await listing.upcoming(
                    cinemaID: call[ShowtimeShape.cinema],
                    movieID: call[ShowtimeShape.movie],
                    day: call[ShowtimeShape.day],
                    calendarDay: call[ShowtimeShape.calendarDay],
                    page: call.page,
                    in: pool
                )
            )
        }
    }

    private var show: Endpoint {
        Endpoint(
            .get, "/v1/showtimes/{id}", "Shows a showtime, a past or cancelled one too.",
            access: .open,
            keepsAnswer: true,
            answers: .ok(ShowtimeShape.listed)
        ) { call in
            .ok(try await listing.showtime(call[.id], in: pool))
        }
    }
}
