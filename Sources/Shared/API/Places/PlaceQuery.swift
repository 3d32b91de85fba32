package import HTTP
package import Shared

/// The parameters that say where somebody is.
package enum PlaceQuery {
    /// - Parameter effect: what a list does with it.
    package static func near(_ effect: String) -> QueryParameter<Coordinate> {
        QueryParameter("near", .coordinate, "LAT,LNG in degrees: \(effect).", example: "39.98,116.31")
    }

    /// Of lists of cinemas.
    package static let name = QueryParameter(
        "q", .text(1...100),
        "Only cinemas that are found by this, as movies are by their titles; what fits best comes first unless another order is asked for.",
        example: "bona")

    package static let system = QueryParameter(
        "system", .enumeration(CoordinateSystem.self), "The system of coordinates in which `near` is; wgs84 unless given.", example: "gcj02"
    )
}

extension Call {
    /// The place that `near` gives, in WGS-84. The endpoint takes ``PlaceQuery/system`` too.
    package func point(_ near: QueryParameter<Coordinate>) throws -> GeographicPoint? {
        guard let place = try self[near] else { return nil }
        let point = GeographicPoint(latitude: place.latitude, longitude: place.longitude)
        return GivenPoint(point, in: try self[PlaceQuery.system] ?? .wgs84).wgs84
    }
}
