import Foundation

/// The offset of GCJ-02, as all maps of mainland China have it.
///
/// Its definition isn't published; these are the numbers that everybody uses, with the ellipsoid of Krasovsky. They bring a place some hundred
/// metres away, by waves of several lengths.
enum ChinaOffset {
    /// In metres, of Krasovsky's ellipsoid.
    private static let semiMajorAxis = 6_378_245.0
    private static let eccentricitySquared = 0.00669342162296594323

    static func gcj02(ofWGS84 point: GeographicPoint) -> GeographicPoint {
        point.isShifted ? shifted(point) : point
    }

    static func wgs84(ofGCJ02 point: GeographicPoint) -> GeographicPoint {
        point.isShifted ? point.undoing(shifted) : point
    }

    private static func shifted(_ point: GeographicPoint) -> GeographicPoint {
        let latitude = point.latitude * .pi / 180
        let curvature = 1 - eccentricitySquared * sin(latitude) * sin(latitude)
        let metresNorth = semiMajorAxis * (1 - eccentricitySquared) / (curvature * curvature.squareRoot())
        let metresEast = semiMajorAxis / curvature.squareRoot() * cos(latitude)
        let (x, y) = (point.longitude - 105, point.latitude - 35)
        return GeographicPoint(
            latitude: point.latitude + north(x, y) / metresNorth * 180 / .pi,
            longitude: point.longitude + east(x, y) / metresEast * 180 / .pi
        )
    }

    /// Metres to the north.
    private static func north(_ x: Double, _ y: Double) -> Double {
        let plain = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.magnitude.squareRoot()
        return plain + ripple(x) + waves(y, [(20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30)])
    }

    /// Metres to the east.
    private static func east(_ x: Double, _ y: Double) -> Double {
        let plain = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.magnitude.squareRoot()
        return plain + ripple(x) + waves(x, [(20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30)])
    }

    /// The short waves, which both directions share.
    private static func ripple(_ x: Double) -> Double { waves(x, [(20, 6), (20, 2)]) }

    private static func waves(_ degrees: Double, _ parts: [(height: Double, frequency: Double)]) -> Double {
        parts.reduce(0) { $0 + $1.height * sin(degrees * $1.frequency * .pi) } * 2 / 3
    }
}

/// The offset of Baidu's maps, which comes on top of GCJ-02: a small turn, a small stretch and a shift.
enum BaiduOffset {
    private static let waveLength = Double.pi * 3000 / 180

    static func bd09(ofGCJ02 point: GeographicPoint) -> GeographicPoint {
        point.isShifted ? shifted(point) : point
    }

    static func gcj02(ofBD09 point: GeographicPoint) -> GeographicPoint {
        point.isShifted ? point.undoing(shifted) : point
    }

    private static func shifted(_ point: GeographicPoint) -> GeographicPoint {
        let (x, y) = (point.longitude, point.latitude)
        let distance = (x * x + y * y).squareRoot() + 0.00002 * sin(y * waveLength)
        let angle = atan2(y, x) + 0.000003 * cos(x * waveLength)
        return GeographicPoint(latitude: distance * sin(angle) + 0.006, longitude: distance * cos(angle) + 0.0065)
    }
}
