import API
import Callers
import Database
import HTTP
import Shared

/// A merchant's cinemas. Another merchant's cinemas are not found.
struct CinemaEndpoints: Sendable {
    let places: Places
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, create] }

    private static let city = QueryParameter("city_id", .id, "Only cinemas in this city.", example: "3")

    var list: Endpoint {
        Endpoint(
            .get, "/v1/cinemas", "Lists the merchant's cinemas by city and district.",
            access: .permission(.cinemas, .read),
            query: [PlaceQuery.name, Self.city],
            answers: .page(PlaceShape.managedCinema)
        ) { call in
            let filter = CinemaFilter(scope: try call.scope, cityID: try call[Self.city], text: try call[PlaceQuery.name])
            return .page(try await places.cinemas(filter, page: call.page, in: pool))
        }
    }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/cinemas", "Adds a cinema to the merchant.",
            access: .permission(.cinemas, .write),
            body: PlaceBody.newCinema,
            idempotency: true,
            answers: .created(PlaceShape.managedCinema, at: ManagedCinemaEndpoints.path, \.id),
            refusals: [
                .cityUnknown, .districtOutsideCity, .districtMismatch, .pointOutsideCity, .timeZoneUnknown,
                .openingHoursOverlap(), .cinemaExists, .limitedToCinemas, .quotaReached,
            ]
        ) { call in
            let scope = try call.scope
            guard let merchantID = scope.merchantID else { throw Refusal.notFound }
            // Somebody who is limited to some cinemas couldn't reach the new one.
            guard scope.cinemaIDs == nil else { throw Refusal.limitedToCinemas }
            return try await writes.create(
                call, etag: { .version($0.version) }, audit: try call.audit(.cinemaAdded) { .cinema($0.id) }
            ) { transaction in
                try await places.addCinema(call.body, merchantID: merchantID, in: transaction)
            }
        }
    }
}
