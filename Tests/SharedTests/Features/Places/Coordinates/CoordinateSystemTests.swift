import Testing

@testable import Shared

@Suite("The systems of coordinates")
struct CoordinateSystemTests {
    /// Known places in the three systems, computed by other programs with the same ellipsoid: seven cities.
    static let cities: [(wgs84: (Double, Double), gcj02: (Double, Double), bd09: (Double, Double)?, shiftM: Double)] = [
        ((39.908722, 116.397499), (39.9101255, 116.4037426), (39.9164647, 116.4101156), 554.9),
        ((31.2304, 121.4737), (31.2284577, 121.4782231), (31.2343106, 121.4847815), 481.2),
        ((30.5728, 104.0668), (30.5703461, 104.0693055), (30.5763519, 104.0757830), 363.3),
        ((43.8256, 87.6168), (43.8268054, 87.6196499), (43.8329498, 87.6260998), 265.0),
        ((20.0440, 110.1999), (20.0418860, 110.2041924), (20.0476626, 110.2107350), 506.3),
        ((45.8038, 126.5350), (45.8057815, 126.5410404), (45.8113958, 126.5476592), 517.5),
        ((22.3193, 114.1694), (22.3165508, 114.1743671), nil, 595.4),
    ]

    private static func point(_ pair: (Double, Double)) -> GeographicPoint { GeographicPoint(latitude: pair.0, longitude: pair.1) }

    /// The larger of the differences of latitude and longitude, in degrees.
    private static func difference(_ a: GeographicPoint, _ b: GeographicPoint) -> Double {
        max((a.latitude - b.latitude).magnitude, (a.longitude - b.longitude).magnitude)
    }

    @Test("convert seven cities as other programs do, there and back")
    func known() {
        for city in Self.cities {
            let (wgs84, gcj02) = (Self.point(city.wgs84), Self.point(city.gcj02))
            #expect(Self.difference(wgs84.converted(to: .gcj02), gcj02) < 1e-7)
            #expect(Self.difference(GivenPoint(gcj02, in: .gcj02).wgs84, wgs84) < 2e-7)
            #expect((wgs84.distance(to: gcj02) - city.shiftM).magnitude < 1)
            if let bd09 = city.bd09.map(Self.point) {
                #expect(Self.difference(wgs84.converted(to: .bd09), bd09) < 1e-7)
                #expect(Self.difference(GivenPoint(bd09, in: .bd09).wgs84, wgs84) < 2e-7)
            }
        }
    }

    @Test(
        "convert as a program does whose ellipsoid is larger, but for a centimetre",
        arguments: [
            (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215),
            (22.543847, 113.912316, 22.540796131694766, 113.9171764808363),
            (39.911954, 116.377817, 39.91334545536069, 116.38404722455657),
        ])
    func otherEllipsoid(_ a: Double, _ b: Double, _ c: Double, _ d: Double) {
        let shifted = GeographicPoint(latitude: a, longitude: b).converted(to: .gcj02)
        #expect(shifted.distance(to: GeographicPoint(latitude: c, longitude: d)) < 0.015)
    }

    @Test("convert one place by each step as another program does")
    func steps() {
        let here = GeographicPoint(latitude: 39.915, longitude: 116.404)
        #expect(Self.difference(BaiduOffset.bd09(ofGCJ02: here), Self.point((39.92133699351021, 116.41036949371029))) < 1e-10)
        #expect(Self.difference(ChinaOffset.gcj02(ofWGS84: here), Self.point((39.91640428150164, 116.41024449916938))) < 1e-10)
        // That program's ways back are the first step of ours only: a metre or two away.
        #expect(BaiduOffset.gcj02(ofBD09: here).distance(to: Self.point((39.90865673957631, 116.39762729119315))) < 0.2)
        #expect(ChinaOffset.wgs84(ofGCJ02: here).distance(to: Self.point((39.91359571849836, 116.39775550083061))) < 3)
    }

    @Test("lead back to the same place from anywhere that maps shift")
    func thereAndBack() {
        var numbers = SeededNumbers(seed: 7, .cinemas, 0)
        for _ in 0..<2000 {
            let place = GeographicPoint(
                latitude: 1 + Double(numbers.below(54_000_001)) / 1_000_000, longitude: 73 + Double(numbers.below(64_000_001)) / 1_000_000)
            for system in CoordinateSystem.allCases {
                let back = GivenPoint(place.converted(to: system), in: system).wgs84
                #expect(Self.difference(back, place) < 1.1e-7, "\(place) \(system)")
                #expect(place.distance(to: place.converted(to: system)) < 2500)
            }
        }
    }

    @Test("are the same outside of China, and no place leaves the earth")
    func outside() {
        let tiny = Double.leastNonzeroMagnitude
        let ends: [(Double, Double)] = [
            (90, 180), (-90, -180), (90, 0), (-90, 180), (0, 0), (0, 180), (51.5, -0.1), (-33.9, 151.2), (35.7, 139.7), (tiny, tiny),
            (0.8293, 72.004), (55.8271, 137.8347), (0.8292, 100), (55.8272, 100), (30, 72.003), (30, 137.8348),
        ]
        for end in ends {
            let place = Self.point(end)
            for system in CoordinateSystem.allCases {
                for converted in [place.converted(to: system), GivenPoint(place, in: system).wgs84] {
                    #expect((-90...90).contains(converted.latitude) && (-180...180).contains(converted.longitude))
                    if !place.isShifted { #expect(Self.difference(converted, place) < 1e-7) }
                }
            }
        }
    }
}
