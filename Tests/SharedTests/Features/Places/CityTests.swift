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
            let some = try await PlacesFixture.all(1) { try await fixture.places.cities(initial: "B", page: $0, in: pool) }
            #expect(some.map(\.id) == [7, 9, 5])
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
