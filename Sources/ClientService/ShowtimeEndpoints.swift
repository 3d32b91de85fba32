import API
import Database
import HTTP
import Shared

/// What is on.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/showtimes | nothing |
/// | GET | /v1/showtimes/{id} | nothing |
struct ShowtimeEndpoints: Sendable {
    let programme: ShowtimeListing
    let pool: PostgresPool

    var all: [Endpoint] { [list, show] }

    private var list: Endpoint {
        Endpoint(
            .get, "/v1/showtimes", "Lists upcoming showtimes by start.",
            access: .open,
            query: [ShowtimeShapes.cinema, ShowtimeShapes.movie, ShowtimeShapes.day, ShowtimeShapes.calendarDay],
            keepsAnswer: true,
            answers: .page(ShowtimeShapes.listed)
        ) { call in
            .page(
                try await programme.upcoming(
                    cinemaID: call[ShowtimeShapes.cinema],
                    movieID: call[ShowtimeShapes.movie],
                    day: call[ShowtimeShapes.day],
                    calendarDay: call[ShowtimeShapes.calendarDay],
                    page: call.pageRequest,
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
            answers: .ok(ShowtimeShapes.listed)
        ) { call in
            .ok(try await programme.showtime(call.id("id"), in: pool), cache: .revalidate)
        }
    }
}
