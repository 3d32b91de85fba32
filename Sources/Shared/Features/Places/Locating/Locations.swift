package import Database

/// Finds out in which city and district somebody probably is. Nothing of it is stored.
package struct Locations: Sendable {
    private let store = LocationStore()
    private let cityStore = CityStore()
    private let geography: IPGeography?

    /// - Parameter geography: the operator's list of IP addresses; `nil` without one.
    package init(geography: IPGeography?) {
        self.geography = geography
    }

    /// By the place that a device tells.
    ///
    /// - Parameter accuracyM: how far the person may be from it, in metres.
    package func location(near point: GeographicPoint, accuracyM: Double, in session: some PostgresSession) async throws -> FoundLocation {
        let nearest = try await store.nearest(to: point, limit: LocationRule.limit, in: session)
        let cities = try await cityStore.cities(codes: nearest.flatMap { City.codes(around: $0.division.code) }, in: session)
        let byCode = Dictionary(cities.map { ($0.code, $0) }) { first, _ in first }
        let nearby = nearest.map { division, distanceM in
            NearbyDivision(
                division: division, city: City.codes(around: division.code).compactMap { byCode[$0] }.first, distanceM: distanceM)
        }
        return LocationRule.location(among: nearby, accuracyM: accuracyM)
    }

    /// By the IP address of a request.
    package func location(ofAddress address: String, in session: some PostgresSession) async throws -> FoundLocation {
        guard let place = geography?.location(of: address), let names = LocationByAddress.names(of: place) else { return .unknown }
        let cities = try await cityStore.cities(named: names.chinese, spelled: names.latin, in: session)
        guard let city = LocationByAddress.city(among: cities, province: names.province) else { return .unknown }
        return FoundLocation(source: .ipAddress, city: city, district: nil)
    }
}
