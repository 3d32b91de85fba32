import API
import Callers
import Database
import HTTP
import Shared

/// Cinemas for moviegoers: those of verified merchants, since the others can't sell.
struct CinemaEndpoints: Sendable {
    let places: Places
    let pool: PostgresPool

    var all: [Endpoint] { [list, show, refundPolicy] }

    private static let city = QueryParameter("city_id", .id, "Only cinemas in this city.", example: "3")
    private static let district = QueryParameter("district", .name(1...50), "Only cinemas in this district.", example: "海淀区")
    private static let movie = QueryParameter("movie_id", .id, "Only cinemas with a showtime of this movie to come.", example: "12")
    private static let near = QueryParameter(
        "near", .coordinate, "LAT,LNG in degrees: nearest first, with `distance_m`; otherwise by city and district.",
        example: "39.98,116.31"
    )

    var list: Endpoint {
        Endpoint(
            .get, "/v1/cinemas", "Lists cinemas.",
            access: .open,
            query: [Self.city, Self.district, Self.movie, Self.near],
            keepsAnswer: true,
            answers: .page(PlaceShape.cinema)
        ) { call in
            let filter = CinemaFilter(
                cityID: try call[Self.city],
                district: try call[Self.district],
                movieID: try call[Self.movie],
                near: try call[Self.near].map { GeographicPoint(latitude: $0.latitude, longitude: $0.longitude) },
                ofVerifiedMerchants: true
            )
            return .page(try await places.cinemas(filter, page: call.page, in: pool))
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/cinemas/{id}", "Shows a cinema.",
            access: .open,
            keepsAnswer: true,
            answers: .ok(PlaceShape.cinema)
        ) { call in
            let cinema = try await places.cinema(call[.id], scope: .everybody, ofVerifiedMerchant: true, in: pool)
            return .ok(cinema, etag: .version(cinema.version))
        }
    }

    var refundPolicy: Endpoint {
        Endpoint(
            .get, "/v1/cinemas/{id}/refund-policy",
            "Shows what a cinema promises about giving money back; an order keeps what held when it was opened.",
            access: .open,
            keepsAnswer: true,
            answers: .ok(RefundShape.policy)
        ) { call in
            let policy = try await places.refundPolicy(ofCinema: call[.id], scope: .everybody, ofVerifiedMerchant: true, in: pool)
            return .ok(policy, etag: .version(Int64(policy.version)))
        }
    }
}
