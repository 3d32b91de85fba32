/// Where somebody probably is, as far as that can be told. It is a suggestion: what a person chose counts more.
package struct FoundLocation: Hashable, Sendable {
    /// By what it was found.
    package enum Source: String, CaseIterable, Sendable {
        case coordinates
        case ipAddress = "ip_address"
        case unknown
    }

    package let source: Source
    package let city: City?
    package let district: AdministrativeDivision?

    static let unknown = FoundLocation(source: .unknown, city: nil, district: nil)
}

/// A division near a place.
struct NearbyDivision: Hashable, Sendable {
    /// A district, or a city that has none.
    let division: AdministrativeDivision
    /// The city of the list in which it lies.
    let city: City?
    /// Metres from the place to its seat of government.
    let distanceM: Double
}

/// Tells city and district by the seats of government around a place, because no borders are known.
enum LocationRule {
    /// Farther from every seat of government nobody is in any of the divisions, in metres.
    static let reachM = 100_000.0
    /// So many divisions are looked at.
    static let limit = 64

    /// - Parameters:
    ///   - nearby: the nearest divisions, the nearest first, ``limit`` at most.
    ///   - accuracyM: how far the person may be from the place, in metres.
    static func location(among nearby: [NearbyDivision], accuracyM: Double) -> FoundLocation {
        guard let nearest = nearby.first, nearest.distanceM <= reachM else { return .unknown }
        // Somebody who is as far away as may be has come nearer to another one by so much, and farther from this one by as much.
        let possible = nearby.prefix { $0.distanceM <= nearest.distanceM + 2 * accuracyM }
        // Behind the last one there may be more.
        guard possible.count < limit, let city = nearest.city, possible.allSatisfy({ $0.city == city }) else { return .unknown }
        let isDistrict = possible.count == 1 && nearest.division.level == .district
        return FoundLocation(source: .coordinates, city: city, district: isDistrict ? nearest.division : nil)
    }
}
