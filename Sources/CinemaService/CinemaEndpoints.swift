import API
import Database
import HTTP
import Shared

/// A merchant's cinemas. Another merchant's are as good as absent.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/cinemas | cinemas: read |
/// | POST | /v1/cinemas | cinemas: write |
/// | GET | /v1/cinemas/{id} | cinemas: read |
/// | PATCH | /v1/cinemas/{id} | cinemas: modify |
/// | DELETE | /v1/cinemas/{id} | cinemas: delete |
struct CinemaEndpoints: Sendable {
    let places: Places
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, create] + CinemaManagement(places: places, pool: pool, writes: writes).all }

    private static let city = QueryParameter("city_id", .id, "Only cinemas in this city.", example: "3")

    var list: Endpoint {
        Endpoint(
            .get, "/v1/cinemas", "Lists the merchant's cinemas by city and district.",
            access: .permission(.cinemas, .read),
            query: [Self.city],
            answers: .page(PlacesShapes.managedCinema),
            problems: [Problem(.cursorInvalid)]
        ) { call in
            let filter = CinemaFilter(scope: try call.caller.merchantScope(), cityID: try call[Self.city])
            return .page(try await places.cinemas(filter, page: call.pageRequest, in: pool))
        }
    }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/cinemas", "Adds a cinema to the merchant.",
            access: .permission(.cinemas, .write),
            body: PlacesBodies.newCinema,
            idempotency: true,
            answers: .created(PlacesShapes.managedCinema),
            problems: [
                Problem(.cityUnknown), Problem(.districtOutsideCity), Problem(.pointOutsideCity), Problem(.timeZoneUnknown),
                Problem(.cinemaExists), Problem(.limitedToCinemas), Problem(.quotaReached),
            ]
        ) { call in
            let scope = try call.caller.merchantScope()
            guard let merchantID = scope.merchantID else { throw Refusal.notFound }
            // A cinema that it couldn't reach afterwards.
            guard scope.cinemaIDs == nil else { throw Refusal.limitedToCinemas }
            return try await writes.create(
                call,
                at: { "/v1/cinemas/\($0.id)" },
                etag: { .version($0.version) },
                audit: try call.audit(.cinemaAdded) { "cinema:\($0.id)" }
            ) { transaction in
                try await places.addCinema(call.body, merchantID: merchantID, in: transaction)
            }
        }
    }
}
