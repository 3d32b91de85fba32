import Foundation

/// A place on the earth, in degrees of latitude and longitude.
package struct GeographicPoint: Hashable, Sendable {
    /// Degrees, -90 to 90.
    package let latitude: Double
    /// Degrees, -180 to 180.
    package let longitude: Double

    package init(latitude: Double, longitude: Double) {
        self.latitude = latitude
        self.longitude = longitude
    }

    /// Rounds degrees to 1e-7, which is about one centimetre.
    static func rounded(_ degrees: Double) -> Double {
        (degrees * 10_000_000).rounded() / 10_000_000
    }

    /// The earth's mean radius in metres (IUGG). The database computes its positions with the same value.
    package static let earthRadius = 6_371_008.8

    /// Metres from the earth's centre along three axes, as in the column `cinemas.position`.
    package var position: [Double] {
        let (phi, lambda) = (latitude * .pi / 180, longitude * .pi / 180)
        return [
            Self.earthRadius * cos(phi) * cos(lambda),
            Self.earthRadius * cos(phi) * sin(lambda),
            Self.earthRadius * sin(phi),
        ]
    }

    /// The distance along the ground to another point, in metres.
    package func distance(to other: GeographicPoint) -> Double {
        let squares = zip(position, other.position).map { ($0 - $1) * ($0 - $1) }
        return Self.arc(ofChord: squares.reduce(0, +).squareRoot())
    }

    /// The straight distance between two points, through the earth, whose distance along the ground is given, both in metres.
    ///
    /// - Parameter arc: metres along the ground; from half around the earth on it is the earth's diameter.
    static func chord(ofArc arc: Double) -> Double {
        2 * earthRadius * sin(min(.pi / 2, max(0, arc) / (2 * earthRadius)))
    }

    /// The distance along the ground between two points whose straight distance is given, both in metres.
    ///
    /// - Parameter chord: metres through the earth, 0 to its diameter; rounding may bring it a little over.
    package static func arc(ofChord chord: Double) -> Double {
        2 * earthRadius * asin(min(1, chord / (2 * earthRadius)))
    }
}
