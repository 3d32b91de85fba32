import Database

/// The systems in which maps and phones give a place on the earth. The numbers of one place differ by up to a kilometre.
package enum CoordinateSystem: String, CaseIterable, Sendable, PostgresCodable {
    /// What satellites, browsers and most phones give. Piao stores this.
    case wgs84
    /// The offset that maps of mainland China must have (Amap, Tencent).
    case gcj02
    /// Baidu's, a second offset on top of GCJ-02.
    case bd09
}

/// A place as somebody gave it.
package struct GivenPoint: Hashable, Sendable {
    package let system: CoordinateSystem
    /// In that system.
    package let point: GeographicPoint

    package init(_ point: GeographicPoint, in system: CoordinateSystem = .wgs84) {
        self.system = system
        self.point = point
    }

    /// The point where it isn't in WGS-84: what has to be stored beside that.
    var shifted: GeographicPoint? { system == .wgs84 ? nil : point }

    /// The place in WGS-84, rounded to 1e-7 of a degree where it had to be converted.
    package var wgs84: GeographicPoint {
        switch system {
        case .wgs84: point
        case .gcj02: ChinaOffset.wgs84(ofGCJ02: point).rounded
        case .bd09: ChinaOffset.wgs84(ofGCJ02: BaiduOffset.gcj02(ofBD09: point)).rounded
        }
    }
}

extension GeographicPoint {
    /// A place of WGS-84 in another system.
    package func converted(to system: CoordinateSystem) -> GeographicPoint {
        switch system {
        case .wgs84: self
        case .gcj02: ChinaOffset.gcj02(ofWGS84: self)
        case .bd09: BaiduOffset.bd09(ofGCJ02: ChinaOffset.gcj02(ofWGS84: self))
        }
    }

    fileprivate var rounded: GeographicPoint {
        GeographicPoint(latitude: Self.rounded(latitude), longitude: Self.rounded(longitude))
    }
}

extension GeographicPoint {
    /// Whether maps shift this place: the rectangle around China that all of them use. Outside of it the systems are the same, so that nothing
    /// leaves the bounds of latitude and longitude.
    var isShifted: Bool {
        (0.8293...55.8271).contains(latitude) && (72.004...137.8347).contains(longitude)
    }

    /// Finds the place that an offset brings here, to 1e-10 of a degree.
    ///
    /// - Parameter offset: brings a place to its shifted one. It changes slowly from place to place, so a few rounds are enough.
    func undoing(_ offset: (GeographicPoint) -> GeographicPoint) -> GeographicPoint {
        var guess = self
        for _ in 0..<20 {
            let shifted = offset(guess)
            let (north, east) = (latitude - shifted.latitude, longitude - shifted.longitude)
            guess = GeographicPoint(latitude: guess.latitude + north, longitude: guess.longitude + east)
            if max(north.magnitude, east.magnitude) < 1e-10 { break }
        }
        return guess
    }
}
