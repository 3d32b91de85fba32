import HTTP
import Presentation
import Shared

/// Seat maps.
///
/// | method | path | access |
/// | --- | --- | --- |
/// | GET | /v1/showtimes/{id}/seats | open |
struct SeatEndpoints: Sendable {
    let seats: Seats

    var all: [Endpoint] { [map] }

    var map: Endpoint {
        Endpoint(
            .get, "/v1/showtimes/{id}/seats", "Shows the seats of a showtime and which of them can be had.",
            access: .open,
            answers: .ok(SeatMapShape.map)
        ) { call in
            let map = try await seats.map(showtimeID: try call.id("id"))
            return .ok(map, etag: .opaque(map.tag))
        }
    }
}
