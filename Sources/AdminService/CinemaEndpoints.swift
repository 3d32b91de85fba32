import API
import Callers
import Database
import HTTP
import Shared

/// The cinemas of every merchant.
struct CinemaEndpoints: Sendable {
    let places: Places
    let pool: PostgresPool

    var all: [Endpoint] { [list] }

    private static let merchant = QueryParameter("merchant_id", .id, "Only cinemas of this merchant.", example: "2")
    private static let city = QueryParameter("city_id", .id, "Only cinemas in this city.", example: "3")

    var list: Endpoint {
        Endpoint(
            .get, "/v1/cinemas", "Lists the cinemas of all merchants by city and district.",
            access: .permission(.cinemas, .read),
            query: [PlaceQuery.name, Self.merchant, Self.city],
            answers: .page(PlaceShape.managedCinema)
        ) { call in
            let filter = CinemaFilter(
                merchantID: try call[Self.merchant], cityID: try call[Self.city], text: try call[PlaceQuery.name])
            return .page(try await places.cinemas(filter, page: call.page, in: pool))
        }
    }
}
