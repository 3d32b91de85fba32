import Callers
import Database
import Foundation
import TestSupport
import Testing

@testable import Shared

@Suite("Cinemas")
struct CinemaTests {
    @Test("are added, read and changed field by field, and each change raises the version")
    func writing() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            try await fixture.city(2)
            let merchant = try await fixture.merchant()
            let cinema = try await fixture.add(fixture.newCinema(), to: merchant)
            #expect(cinema.seatLimit == 6)
            #expect(cinema.timeZone == "Asia/Shanghai")
            #expect(cinema.dayEndsAtHour == 6)
            #expect(cinema.version == 1)
            #expect(try await fixture.places.cinema(cinema.id, scope: .merchant(merchant), in: pool) == cinema)

            let change = CinemaChange(cityID: 2, longitude: 100, seatLimit: 4, timeZone: "Asia/Urumqi")
            let changed = try await pool.withTransaction {
                try await fixture.places.changeCinema(cinema.id, scope: .merchant(merchant), version: 1, change, in: $0)
            }
            #expect(changed.version == 2)
            #expect(changed.cityID == 2)
            #expect(changed.point == GeographicPoint(latitude: 31.23, longitude: 100))
            #expect(changed.seatLimit == 4)
            #expect(changed.timeZone == "Asia/Urumqi")
            #expect(changed.name == cinema.name)
            #expect(changed.serviceFeeFen == 300)
        }
    }

    @Test("refuse an unknown city, an unknown time zone and a blank name, and add nothing")
    func refusals() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let merchant = try await fixture.merchant()
            await expectRefusal("city_unknown") { _ = try await fixture.add(fixture.newCinema(cityID: 99), to: merchant) }
            var martian = fixture.newCinema()
            martian.timeZone = "Mars/Olympus"
            await expectRefusal("time_zone_unknown") { [martian] in _ = try await fixture.add(martian, to: merchant) }
            await expectRefusal("name_invalid") { _ = try await fixture.add(fixture.newCinema(" "), to: merchant) }
            #expect(try await fixture.places.cinemas(CinemaFilter(), page: PageRequest(), in: pool).items.isEmpty)
        }
    }

    /// Two cities a thousand kilometres apart, one with its districts; a third of which the divisions tell nothing.
    private func plan(_ fixture: PlacesFixture) async throws {
        try await fixture.city(1, code: "310100")
        try await fixture.city(2, code: "110100")
        try await fixture.city(3, code: "522401")
        try await fixture.pool.execute(
            """
            INSERT INTO administrative_divisions (code, name, level, latitude, longitude)
            VALUES
                ('310100000000', '市辖区', 'city', 31.230372, 121.473662),
                ('310101000000', '黄浦区', 'district', NULL, NULL),
                ('310104000000', '徐汇区', 'district', 31.18, 121.43),
                ('110100000000', '市辖区', 'city', 39.904211, 116.407394)
            """
        )
    }

    @Test("lie in a district of their city, and within 300 km of it, as far as the divisions tell")
    func places() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await plan(fixture)
            let merchant = try await fixture.merchant()
            for district in ["黄浦区", "徐汇区", ""] { _ = try await fixture.add(fixture.newCinema(district: district), to: merchant) }
            for district in ["海淀区", "黄浦", "市辖区"] {
                await expectRefusal("district_outside_city") {
                    _ = try await fixture.add(fixture.newCinema(district: district), to: merchant)
                }
            }
            // Each degree of latitude is 111.2 km.
            _ = try await fixture.add(fixture.newCinema(district: "", latitude: 31.230372 + 2.69, longitude: 121.473662), to: merchant)
            for (latitude, longitude) in [(31.230372 + 2.71, 121.473662), (39.9, 116.4), (-31.23, -58.5), (0, 0)] {
                await expectRefusal("point_outside_city") {
                    _ = try await fixture.add(fixture.newCinema(district: "", latitude: latitude, longitude: longitude), to: merchant)
                }
            }
            // No districts there; and nothing at all.
            _ = try await fixture.add(fixture.newCinema(cityID: 2, district: "anything", latitude: 39.9, longitude: 116.4), to: merchant)
            _ = try await fixture.add(fixture.newCinema(cityID: 3, district: "anything", latitude: 0, longitude: 0), to: merchant)
            #expect(try await fixture.places.cinemas(CinemaFilter(), page: PageRequest(), in: pool).items.count == 6)
        }
    }

    @Test("are looked at anew when they move, and only then")
    func moving() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            let merchant = try await fixture.merchant()
            try await fixture.city(4)
            // From before anything was looked at.
            let old = try await fixture.add(fixture.newCinema(cityID: 4, district: "somewhere", latitude: 0, longitude: 0), to: merchant)
            try await plan(fixture)
            try await pool.execute("UPDATE cinemas SET city_id = 1")
            @Sendable func change(_ change: CinemaChange) async throws -> Cinema {
                try await pool.withTransaction {
                    try await fixture.places.changeCinema(old.id, scope: .merchant(merchant), version: nil, change, in: $0)
                }
            }
            #expect(try await change(CinemaChange(name: "renamed", cityID: 1, latitude: 0)).name == "renamed")
            await expectRefusal("district_outside_city") { _ = try await change(CinemaChange(latitude: 31.2, longitude: 121.4)) }
            await expectRefusal("point_outside_city") { _ = try await change(CinemaChange(district: "徐汇区")) }
            let mended = try await change(CinemaChange(district: "徐汇区", latitude: 31.2, longitude: 121.4))
            #expect(mended.district == "徐汇区")
            await expectRefusal("point_outside_city") { _ = try await change(CinemaChange(cityID: 2)) }
            #expect(try await change(CinemaChange(cityID: 2, latitude: 39.9, longitude: 116.4)).cityID == 2)
        }
    }

    @Test("that have sold a ticket are moved to another city by the platform's people only")
    func movingAfterSale() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            let world = try await BookingWorld(in: pool)
            try await fixture.city(2)
            let cinemaID = try #require(try await pool.row("SELECT id FROM cinemas") { try $0["id"] as Int64 })
            @Sendable func move(to cityID: Int64, scope: MerchantScope) async throws -> Cinema {
                try await pool.withTransaction {
                    try await fixture.places.changeCinema(cinemaID, scope: scope, version: nil, CinemaChange(cityID: cityID), in: $0)
                }
            }
            let own = MerchantScope.merchant(world.merchantID)
            _ = try await move(to: 2, scope: own)
            _ = try await move(to: 1, scope: own)
            let process = try BookingProcess(pool)
            let (id, _) = try await OrderRefundTests.paid(1, world, process, pool)
            await expectRefusal("cinema_has_sales") { _ = try await move(to: 2, scope: own) }
            #expect(try await move(to: 1, scope: own).cityID == 1)
            _ = try await process.refund(id, by: .cinema, world.buyers[0].accountID, in: pool)
            await expectRefusal("cinema_has_sales") { _ = try await move(to: 2, scope: own) }
            #expect(try await move(to: 2, scope: .everybody).cityID == 2)
        }
    }

    @Test("of another merchant are as good as absent; a stale version is refused")
    func ownership() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let (owner, other) = (try await fixture.merchant(), try await fixture.merchant())
            let cinema = try await fixture.add(fixture.newCinema(), to: owner)
            let change = CinemaChange(name: "renamed")
            await expectRefusal("not_found") { _ = try await fixture.places.cinema(cinema.id, scope: .merchant(other), in: pool) }
            await expectRefusal("not_found") {
                _ = try await pool.withTransaction {
                    try await fixture.places.changeCinema(cinema.id, scope: .merchant(other), version: 1, change, in: $0)
                }
            }
            await expectRefusal("not_found") {
                try await pool.withTransaction {
                    try await fixture.places.deleteCinema(cinema.id, scope: .merchant(other), version: 1, in: $0)
                }
            }
            await expectRefusal("stale") {
                _ = try await pool.withTransaction {
                    try await fixture.places.changeCinema(cinema.id, scope: .merchant(owner), version: 7, change, in: $0)
                }
            }
            await expectRefusal("stale") {
                try await pool.withTransaction { try await fixture.places.deleteCinema(cinema.id, scope: .everybody, version: 7, in: $0) }
            }
            #expect(try await fixture.places.cinema(cinema.id, scope: .everybody, in: pool) == cinema)
        }
    }

    @Test("can be deleted once no showtime is to come or running, and are gone from every list then")
    func deleting() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let merchant = try await fixture.merchant()
            let movie = try await fixture.add(try fixture.newMovie())
            let cinema = try await fixture.add(fixture.newCinema(), to: merchant)
            let hall = try await fixture.hall(in: cinema.id)
            let delete: @Sendable () async throws -> Void = {
                try await pool.withTransaction {
                    try await fixture.places.deleteCinema(cinema.id, scope: .merchant(merchant), version: nil, in: $0)
                }
            }
            try await fixture.showtime(of: movie, in: hall, startsIn: -300)
            try await fixture.showtime(of: movie, in: hall, startsIn: 600, cancelled: true)
            let running = try await fixture.showtime(of: movie, in: hall, startsIn: -30)
            await expectRefusal("cinema_in_use", delete)
            try await pool.execute("UPDATE showtimes SET cancelled_at = clock_timestamp() WHERE id = \(running)")
            let coming = try await fixture.showtime(of: movie, in: hall, startsIn: 60)
            await expectRefusal("cinema_in_use", delete)
            #expect(try await fixture.places.cinema(cinema.id, scope: .everybody, in: pool).version == 1)

            try await pool.execute("UPDATE showtimes SET cancelled_at = clock_timestamp() WHERE id = \(coming)")
            try await delete()
            await expectRefusal("not_found", delete)
            await expectRefusal("not_found") { _ = try await fixture.places.cinema(cinema.id, scope: .merchant(merchant), in: pool) }
            await expectRefusal("not_found") { _ = try await fixture.places.hall(hall.id, scope: .merchant(merchant), in: pool) }
            await expectRefusal("not_found") {
                _ = try await pool.withTransaction {
                    try await fixture.places.hallForScheduling(hall.id, scope: .merchant(merchant), in: $0)
                }
            }
            #expect(try await fixture.places.cinemas(CinemaFilter(), page: PageRequest(), in: pool).items.isEmpty)
        }
    }

    @Test("can't be deleted while a showtime is being scheduled: one of the two waits and then sees the other")
    func deletingWhileScheduling() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let merchant = try await fixture.merchant()
            let hall = try await fixture.hall(in: try await fixture.add(fixture.newCinema(), to: merchant).id)
            let deleting = try await pool.withTransaction { transaction in
                _ = try await fixture.places.hallForScheduling(hall.id, scope: .merchant(merchant), in: transaction)
                let deleting = Task {
                    try await pool.withTransaction {
                        try await fixture.places.deleteCinema(hall.cinemaID, scope: .merchant(merchant), version: nil, in: $0)
                    }
                }
                try await waitForWaiter(of: transaction, in: pool)
                try await transaction.execute("UPDATE halls SET name = 'scheduled' WHERE id = \(hall.id)")
                return deleting
            }
            try await deleting.value
        }
    }
}
