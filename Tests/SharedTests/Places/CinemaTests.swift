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
