import API
import Callers
import Database
import HTTP
import Shared

/// Where a caller probably is.
struct LocationEndpoints: Sendable {
    let locations: Locations
    let pool: PostgresPool

    var all: [Endpoint] { [show] }

    private static let near = PlaceQuery.near("where the device is; without it the IP address of the request counts")
    private static let accuracy = QueryParameter(
        "accuracy_m", .double(0...1_000_000), "How far the device may be from `near`, in metres, as browsers tell it.", example: "35")

    private static let location = Shape<FoundLocation>(
        "Location",
        .enumeration("source", "By what it was found; `unknown` where it can't be told, which is a usual answer.", example: "coordinates") {
            $0.source
        },
        .object("city", PlaceShape.city, "The city; null where that is unknown.") { $0.city },
        .object("district", PlaceShape.district, "The district; null where that is unknown, or too near to another one.") { $0.district }
    )

    var show: Endpoint {
        Endpoint(
            .get, "/v1/location",
            "Tells in which city and district the caller probably is: a suggestion, which must not replace what a person chose.",
            access: .open,
            query: [Self.near, PlaceQuery.system, Self.accuracy],
            answers: .ok(Self.location)
        ) { call in
            guard let point = try call.point(Self.near) else {
                return .ok(try await locations.location(ofAddress: call.address, in: pool))
            }
            return .ok(try await locations.location(near: point, accuracyM: try call[Self.accuracy] ?? 0, in: pool))
        }
    }
}
