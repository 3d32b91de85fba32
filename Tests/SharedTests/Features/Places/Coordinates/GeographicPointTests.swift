import Foundation
import Testing

@testable import Shared

@Suite("A place on the earth")
struct GeographicPointTests {
    /// The haversine formula, independent of positions and chords.
    static func haversine(_ a: GeographicPoint, _ b: GeographicPoint) -> Double {
        let (p, q) = (a.latitude * .pi / 180, b.latitude * .pi / 180)
        let (dp, dl) = (q - p, (b.longitude - a.longitude) * .pi / 180)
        let h = pow(sin(dp / 2), 2) + cos(p) * cos(q) * pow(sin(dl / 2), 2)
        return 2 * GeographicPoint.earthRadius * asin(min(1, h.squareRoot()))
    }

    @Test(
        "is as far from another as the haversine formula says",
        arguments: [
            (39.9042, 116.4074, 31.2304, 121.4737),
            (0, 0, 0, 180),
            (90, 0, -90, 0),
            (22.5, 114, 22.5, 114),
            (22.5, 114, 22.500001, 114),
            (10, 179.9, 10, -179.9),
        ])
    func distance(_ a: Double, _ b: Double, _ c: Double, _ d: Double) {
        let (here, there) = (GeographicPoint(latitude: a, longitude: b), GeographicPoint(latitude: c, longitude: d))
        let chord = zip(here.position, there.position).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
        #expect(abs(GeographicPoint.arc(ofChord: chord) - Self.haversine(here, there)) < 0.5)
    }

    @Test("has an arc for a chord that rounding brought over the diameter")
    func antipodes() {
        #expect(GeographicPoint.arc(ofChord: 2 * GeographicPoint.earthRadius + 1).isFinite)
    }
}

@Suite("A division's code")
struct DivisionLevelTests {
    @Test(
        "tells the level by its zeros",
        arguments: [
            ("510000000000", .province), ("513200000000", .city), ("513221000000", .district), ("500233000000", .district),
            ("000000000000", nil), ("513221100000", nil), ("51322100000", nil), ("5132210000000", nil), ("51a221000000", nil), ("", nil),
            ("５13221000000", nil),
        ] as [(String, AdministrativeDivision.Level?)])
    func levels(code: String, level: AdministrativeDivision.Level?) {
        #expect(AdministrativeDivision.Level(code: code) == level)
    }

    @Test(
        "of a city tells which districts lie in it",
        arguments: [
            ("513200", "513200000000"..."513299999999"),
            ("110000", "110000000000"..."119999999999"),
            ("410181", "410181000000"..."410181999999"),
        ])
    func districts(code: String, range: ClosedRange<String>) {
        let city = City(id: 1, parentID: nil, name: "x", code: code, pinyin: "X", initial: "X")
        #expect(city.districtCodes == range)
    }
}
