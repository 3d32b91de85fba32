import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Cities")
struct CityTests {
    @Test("are listed by initial, spelling and id, page by page")
    func order() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(5, pinyin: "BEIJING", initial: "B")
            try await fixture.city(2, pinyin: "ANQING", initial: "A")
            try await fixture.city(9, pinyin: "BAOTOU", initial: "B")
            try await fixture.city(7, pinyin: "BAOTOU", initial: "B")
            let all = try await PlacesFixture.all(2) { try await fixture.places.cities(page: $0, in: pool) }
            #expect(all.map(\.id) == [2, 7, 9, 5])
            let some = try await PlacesFixture.all(1) { try await fixture.places.cities(CityFilter(initial: "B"), page: $0, in: pool) }
            #expect(some.map(\.id) == [7, 9, 5])
        }
    }

    @Test(
        "are found by a part of the name or the beginning of its spelling, as anybody may type it",
        arguments: [
            ("北", [1, 4]), ("京", [1]), ("bei", [1, 4]), (" Bei Jing ", [1]), ("BEI'J", [1]), ("jing", []), ("ｂｅｉ", [1, 4]), ("%", []),
            ("_", []), ("' OR 1=1 --", []), ("x", [3]), ("Xi'an", [3]), ("   ", [1, 2, 3, 4]),
        ])
    func search(text: String, ids: [Int64]) async throws {
        try await withTestDatabase { pool in
            for (id, name, pinyin) in [(1, "北京", "BEIJING"), (2, "上海", "SHANGHAI"), (3, "西安", "XIAN"), (4, "北海", "BEIHAI")] {
                try await pool.execute(
                    """
                    INSERT INTO cities (id, name, code, pinyin, initial)
                    VALUES (\(Int64(id)), \(name), \(String(100_000 + id)), \(pinyin), \(String(pinyin.prefix(1))))
                    """)
            }
            let found = try await PlacesFixture.all(1) { try await Places().cities(CityFilter(text: text), page: $0, in: pool) }
            #expect(Set(found.map(\.id)) == Set(ids), "\(text)")
        }
    }

    @Test("are only those in which a cinema stands, where that is wanted")
    func withCinemas() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            for id in 1...4 { try await fixture.city(Int64(id)) }
            let (verified, other) = (try await fixture.merchant(), try await fixture.merchant(verified: false))
            _ = try await fixture.add(fixture.newCinema(cityID: 2), to: verified)
            let closed = try await fixture.add(fixture.newCinema(cityID: 3), to: verified)
            _ = try await fixture.add(fixture.newCinema(cityID: 4), to: other)
            func ids() async throws -> [Int64] {
                try await PlacesFixture.all(1) { try await fixture.places.cities(CityFilter(withCinemas: true), page: $0, in: pool) }.map(
                    \.id)
            }
            #expect(try await ids() == [2, 3])
            try await pool.execute("UPDATE cinemas SET deleted_at = now() WHERE id = \(closed.id)")
            #expect(try await ids() == [2])
        }
    }

    @Test("have the districts whose codes lie below theirs")
    func districts() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1, code: "513200")
            try await pool.execute(
                """
                INSERT INTO administrative_divisions (code, name, level, longitude, latitude)
                VALUES ('513200000000', '阿坝', 'city', NULL, NULL), ('513221000000', '汶川县', 'district', 103.58, 31.47),
                    ('513222000000', '理县', 'district', NULL, NULL), ('513300000000', '甘孜', 'city', NULL, NULL),
                    ('513321000000', '康定', 'district', NULL, NULL)
                """
            )
            let districts = try await fixture.places.districts(ofCity: 1, in: pool)
            #expect(districts.map(\.name) == ["汶川县", "理县"])
            #expect(districts.first?.point == GeographicPoint(latitude: 31.47, longitude: 103.58))
            #expect(districts.last?.point == nil)
            await expectRefusal("not_found") { _ = try await fixture.places.districts(ofCity: 2, in: pool) }
        }
    }

    @Test("refuse a cursor of another list", arguments: ["x", "W10", PageCursor(["A", "B", "c"]).text, PageCursor(["1"]).text])
    func foreignCursor(cursor: String) async throws {
        try await withTestDatabase { pool in
            await expectRefusal("cursor_invalid") { _ = try await Places().cities(page: PageRequest(cursor: cursor), in: pool) }
        }
    }
}
