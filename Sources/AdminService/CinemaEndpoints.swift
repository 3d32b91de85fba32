import API
import Database
import HTTP
import Shared

/// The cinemas of every merchant.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/cinemas | cinemas: read |
/// | GET | /v1/cinemas/{id} | cinemas: read |
/// | PATCH | /v1/cinemas/{id} | cinemas: modify |
/// | DELETE | /v1/cinemas/{id} | cinemas: delete |
struct CinemaEndpoints: Sendable {
    let places: Places
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list] + CinemaManagement(places: places, pool: pool, writes: writes).all }

    private static let merchant = QueryParameter("merchant_id", .id, "Only cinemas of this merchant.", example: "2")
    private static let city = QueryParameter("city_id", .id, "Only cinemas in this city.", example: "3")

    var list: Endpoint {
        Endpoint(
            .get, "/v1/cinemas", "Lists the cinemas of all merchants by city and district.",
            access: .permission(.cinemas, .read),
            query: [Self.merchant, Self.city],
            answers: .page(PlacesShapes.managedCinema),
            problems: [Problem(.cursorInvalid)]
        ) { call in
            let filter = CinemaFilter(merchantID: try call[Self.merchant], cityID: try call[Self.city])
            return .page(try await places.cinemas(filter, page: call.pageRequest, in: pool))
        }
    }
}
