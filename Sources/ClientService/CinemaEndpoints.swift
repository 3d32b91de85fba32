import API
import Callers
import Database
import HTTP
import Shared
import Text

/// Cinemas for moviegoers. They are those of verified merchants, because the others can't sell.
struct CinemaEndpoints: Sendable {
    let places: Places
    let showtimes: ShowtimeListing
    let pool: PostgresPool

    var all: [Endpoint] { [list, show, schedule, refundPolicy] }

    private static let city = QueryParameter("city_id", .id, "Only cinemas in this city.", example: "3")
    private static let district = QueryParameter("district", .name(1...50), "Only cinemas in this district.", example: "海淀区")
    private static let districtID = QueryParameter("district_id", .id, "Only cinemas in this district, by its id.", example: "24")
    private static let movie = QueryParameter(
        "movie_id", .id, "Only cinemas with a showtime of this movie to come that isn't closed.", example: "12")
    private static let showDay = QueryParameter(
        "day", .day(CalendarDay.self),
        "Only cinemas with a showtime to come on this business day that isn't closed, of the movie if one is named.",
        example: "2026-11-24")
    private static let near = PlaceQuery.near("nearest first, with `distance_m`; otherwise by how well `q` fits, or by city and district")

    private static let radius = QueryParameter(
        "radius_m", .int(1...1_000_000), "Only cinemas so many metres from `near` at most; without `near` it means nothing.",
        example: "5000")
    private static let facility = QueryParameter(
        "facility", .enumeration(CinemaFacility.self), "Only cinemas that offer it.", example: "parking")

    private static let order = QueryParameter(
        "sort", .enumeration(CinemaFilter.Order.self),
        "`distance`: nearest first, as always with `near`. `price`: by `lowest_price_fen`, cheapest first; needs `city_id`.")

    var list: Endpoint {
        Endpoint(
            .get, "/v1/cinemas", "Lists cinemas with what they show on the day, or within 24 hours.",
            access: .open,
            query: [
                PlaceQuery.name, Self.city, Self.districtID, Self.district, Self.movie, Self.showDay, Self.near, PlaceQuery.system,
                Self.radius,
                Self.facility, Self.order,
            ],
            keepsAnswer: true,
            answers: .page(PlaceShape.cinemaWithOffer),
            refusals: [.sortNeedsParameter("near")]
        ) { call in
            let filter = CinemaFilter(
                cityID: try call[Self.city],
                districtID: try call[Self.districtID],
                district: try call[Self.district],
                movieID: try call[Self.movie],
                day: try call[Self.showDay],
                text: try call[PlaceQuery.name],
                facility: try call[Self.facility],
                near: try call.point(Self.near),
                order: try call[Self.order],
                radiusM: try call[Self.radius].map { Double($0 as Int) },
                ofVerifiedMerchants: true
            )
            try filter.checkOrder()
            return .page(try await showtimes.cinemas(filter, page: call.page, in: pool))
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

    private static let day = QueryParameter(
        "day", .day(CalendarDay.self), "The business day whose showtimes are wanted; the next one with showtimes unless given.",
        example: "2026-11-24")

    var schedule: Endpoint {
        Endpoint(
            .get, "/v1/cinemas/{id}/schedule",
            "Shows a cinema and what it shows: its days to come, and the showtimes of one of them by movie, with prices and free seats.",
            access: .open,
            query: [Self.day],
            keepsAnswer: true,
            answers: .ok(ShowtimeShape.schedule)
        ) { call in
            .ok(try await showtimes.schedule(ofCinema: call[.id], day: call[Self.day], in: pool))
        }
    }

    var refundPolicy: Endpoint {
        Endpoint(
            .get, "/v1/cinemas/{id}/refund-policy",
            "Shows what a cinema promises about giving money back; an order keeps what held when it was opened.",
            access: .open,
            keepsAnswer: true,
            answers: .ok(RefundPolicyShape.policy)
        ) { call in
            let policy = try await places.refundPolicy(ofCinema: call[.id], scope: .everybody, ofVerifiedMerchant: true, in: pool)
            return .ok(policy, etag: .version(Int64(policy.version)))
        }
    }
}
