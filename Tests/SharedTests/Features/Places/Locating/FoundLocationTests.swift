import Database
import Foundation
import TestSupport
import Testing

@testable import Shared

@Suite("Where somebody is")
struct LocationRuleTests {
    private static func city(_ id: Int64, _ code: String = "110000", pinyin: String = "X") -> City {
        City(id: id, parentID: nil, name: "city \(id)", code: code, pinyin: pinyin, initial: "X")
    }

    private static func nearby(_ id: Int64, in city: Int64?, _ distanceM: Double, level: AdministrativeDivision.Level = .district)
        -> NearbyDivision
    {
        let division = AdministrativeDivision(
            id: id, code: "110101000000", name: "\(id)", level: level, point: nil, validFrom: nil, validTo: nil)
        return NearbyDivision(division: division, city: city.map { Self.city($0) }, distanceM: distanceM)
    }

    private func found(_ nearby: [NearbyDivision], _ accuracyM: Double) -> [Int64?] {
        let location = LocationRule.location(among: nearby, accuracyM: accuracyM)
        #expect((location.source == .unknown) == (location.city == nil))
        return [location.city?.id, location.district?.id]
    }

    @Test("is the nearest district, as far as the accuracy tells it from others")
    func accuracy() {
        let around = [Self.nearby(1, in: 7, 1000), Self.nearby(2, in: 7, 3000), Self.nearby(3, in: 8, 9000)]
        #expect(found(around, 0) == [7, 1])
        #expect(found(around, 999) == [7, 1])
        #expect(found(around, 1000) == [7, nil])
        #expect(found(around, 3999) == [7, nil])
        #expect(found(around, 4000) == [nil, nil])
        #expect(found([], 0) == [nil, nil])
        #expect(found([Self.nearby(1, in: 7, 100_000)], 1e6) == [7, 1])
        #expect(found([Self.nearby(1, in: 7, 100_001)], 0) == [nil, nil])
        #expect(found([Self.nearby(1, in: nil, 1)], 0) == [nil, nil])
        #expect(found([Self.nearby(1, in: 7, 1, level: .city)], 0) == [7, nil])
        #expect(found((0..<64).map { Self.nearby($0, in: 7, 1) }, 0) == [nil, nil])
    }

    @Test("tells less the less accurate the place is, and never another city")
    func monotonous() {
        var numbers = SeededNumbers(seed: 3, .cities)
        for _ in 0..<500 {
            let around = (1...8).map { Self.nearby(Int64($0), in: Int64(1 + numbers.below(3)), Double(numbers.below(50_000))) }
                .sorted { $0.distanceM < $1.distanceM }
            var previous = found(around, 0)
            for accuracy in stride(from: 100.0, through: 60_000, by: 900) {
                let now = found(around, accuracy)
                #expect(now[0] == nil || now[0] == previous[0])
                #expect(now[1] == nil || now[1] == previous[1])
                previous = now
            }
        }
    }

    @Test(
        "is known by an IP address where one city alone is written so",
        arguments: [
            ("CN", "Beijing", "Beijing", ["北京"], "BEIJING", "11"),
            ("CN", "Jiangsu", "Suzhou", [], "SUZHOU", "32"),
            ("中国", "上海", "上海市", ["上海", "上海市"], "", nil),
            ("CN", "Shanghai", "Pudong (Xinqu)", [], "PUDONG", "31"),
            ("CN", nil, "Xi'an", [], "XIAN", nil),
        ] as [(String, String?, String?, [String], String, String?)])
    func names(country: String, region: String?, city: String?, chinese: [String], latin: String, province: String?) throws {
        let names = try #require(LocationByAddress.names(of: IPLocation(country: country, region: region, city: city)))
        if region == "上海" { #expect(names.chinese == chinese) }
        #expect(names.latin == (latin.isEmpty ? [] : [latin, latin + "SHI"]))
        #expect(names.province == province)
    }

    @Test("is unknown abroad, without a name, and where two cities are written alike")
    func unknown() {
        #expect(LocationByAddress.names(of: IPLocation(country: "FR", region: nil, city: "Beijing")) == nil)
        #expect(LocationByAddress.names(of: IPLocation(country: "CN", region: nil, city: nil)) == nil)
        let (one, other) = (Self.city(1, "320500"), Self.city(2, "341300"))
        #expect(LocationByAddress.city(among: [one, other], province: nil) == nil)
        #expect(LocationByAddress.city(among: [one, other], province: "34") == other)
        #expect(LocationByAddress.city(among: [one], province: "34") == nil)
        #expect(LocationByAddress.city(among: [], province: nil) == nil)
    }
}

@Suite("Where somebody is, by the imported divisions")
struct FoundLocationTests {
    @Test("is told for the centres of cities, and the nearest divisions are those that a plain computation finds")
    func imported() async throws {
        try await withTestDatabase { pool in
            for name in ["citys.json", "adcodes.csv"] {
                _ = try await PlacesImport(try PlacesImportTests.demoFile(name)).run(on: pool) { _, _ in }
            }
            let locations = Locations(geography: try IPGeography(csv: Array("10.0.0.0,10.0.0.9,CN,Jiangsu,Suzhou\n".utf8)))
            for (latitude, longitude, city, district) in [
                (39.9163, 116.4165, "北京", "东城区"), (31.2304, 121.4737, "上海", "黄浦区"), (23.04, 113.75, "东莞", nil),
                (34.75, 113.0, "巩义市", "巩义市"), (19.25, 110.46, "琼海", "琼海市"),
            ] as [(Double, Double, String, String?)] {
                let point = GeographicPoint(latitude: latitude, longitude: longitude)
                let found = try await locations.location(near: point, accuracyM: 20, in: pool)
                #expect(found.source == .coordinates)
                #expect(found.city?.name == city)
                #expect(found.district?.name == district)
            }
            for (latitude, longitude) in [(90.0, 0.0), (-90, 180), (0, 180), (48.85, 2.35), (Double.leastNonzeroMagnitude, 0)] {
                let point = GeographicPoint(latitude: latitude, longitude: longitude)
                #expect(try await locations.location(near: point, accuracyM: 0, in: pool) == .unknown)
            }
            #expect(try await locations.location(ofAddress: "10.0.0.5", in: pool).city?.name == "苏州")
            #expect(try await locations.location(ofAddress: "10.0.1.5", in: pool) == .unknown)
            #expect(try await locations.location(ofAddress: "nonsense", in: pool) == .unknown)
            #expect(try await Locations(geography: nil).location(ofAddress: "10.0.0.5", in: pool) == .unknown)

            let districts = try await PlacesFixture.all(100) {
                try await Divisions().divisions(DivisionFilter(level: .district), page: $0, in: pool)
            }.compactMap { record in record.division.point.map { (id: record.division.id, point: $0) } }
            var numbers = SeededNumbers(seed: 5, .cities)
            for _ in 0..<20 {
                let here = GeographicPoint(latitude: 20 + Double(numbers.below(25)), longitude: 85 + Double(numbers.below(40)))
                let nearest = try await LocationStore().nearest(to: here, limit: 20, in: pool).filter { $0.division.level == .district }
                let expected = districts.map { GeographicPointTests.haversine(here, $0.point) }.sorted().prefix(nearest.count)
                for (found, distance) in zip(nearest, expected) { #expect(abs(found.distanceM - distance) < 1) }
            }
        }
    }

    @Test("is looked up by an index")
    func plan() async throws {
        try await withTestDatabase { pool in
            _ = try await PlacesImport(try PlacesImportTests.demoFile("adcodes.csv")).run(on: pool) { _, _ in }
            try await pool.execute("ANALYZE administrative_divisions")
            let query = LocationStore().listing(nearestTo: GeographicPoint(latitude: 31, longitude: 121), limit: 64)
            let plan = try await pool.rows("EXPLAIN \(query)") { row in try row["QUERY PLAN"] as String }.joined(separator: "\n")
            #expect(plan.contains("administrative_divisions_position_index"), "\(plan)")
        }
    }
}
