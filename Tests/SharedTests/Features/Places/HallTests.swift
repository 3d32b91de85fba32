import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Halls")
struct HallTests {
    private func withHall(_ body: @Sendable (PlacesFixture, Int64, Hall) async throws -> Void) async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let merchant = try await fixture.merchant()
            let cinema = try await fixture.add(fixture.newCinema(), to: merchant)
            let hall = try await fixture.hall("one", in: cinema.id, layout: try fixture.layout("SS_LR", "WHX__"))
            try await body(fixture, merchant, hall)
        }
    }

    @Test("have seats by row and column, with coordinates, labels, zones and kinds")
    func seats() async throws {
        try await withHall { fixture, merchant, hall in
            #expect(hall.layoutVersion == 1)
            #expect(hall.seatCount == 7)
            #expect(hall.version == 1)
            let seats = try await fixture.places.hallSeats(hall.id, scope: .merchant(merchant), in: fixture.pool).seats
            #expect(seats.map(\.label) == ["A1", "A2", "A4", "A5", "B1", "B2", "B3"])
            #expect(seats.map(\.kind) == [.standard, .standard, .coupleLeft, .coupleRight, .wheelchair, .house, .broken])
            #expect(seats.map(\.row) == [1, 1, 1, 1, 2, 2, 2])
            #expect(seats.map(\.zone) == Array(repeating: "zone A", count: 4) + Array(repeating: "zone B", count: 3))
            #expect(Set(seats.map(\.id)).count == 7)
        }
    }

    @Test("get a new layout as a new version, and the old seats stay for the showtimes that have them")
    func relayout() async throws {
        try await withHall { fixture, merchant, hall in
            let layout = try fixture.layout("SSSS")
            let changed = try await fixture.pool.withTransaction {
                try await fixture.places.replaceLayout(ofHall: hall.id, scope: .merchant(merchant), version: 1, with: layout, in: $0)
            }
            #expect(changed.hall.layoutVersion == 2)
            #expect(changed.hall.version == 2)
            #expect(changed.hall.layoutID != hall.layoutID)
            #expect(changed.seats.map(\.label) == ["A1", "A2", "A3", "A4"])
            #expect(try await fixture.places.seats(ofLayout: hall.layoutID, in: fixture.pool).count == 7)
            await expectRefusal("stale") {
                _ = try await fixture.pool.withTransaction {
                    try await fixture.places.replaceLayout(ofHall: hall.id, scope: .merchant(merchant), version: 1, with: layout, in: $0)
                }
            }
            #expect(try await fixture.places.hall(hall.id, scope: .merchant(merchant), in: fixture.pool) == changed.hall)
        }
    }

    @Test("of the largest size are stored whole")
    func largest() async throws {
        try await withHall { fixture, merchant, hall in
            let rows = (1...100).map { HallLayout.Row(label: "\($0)", zone: "z", cells: String(repeating: "S", count: 100)) }
            let layout = try HallLayout(rows: rows)
            let changed = try await fixture.pool.withTransaction {
                try await fixture.places.replaceLayout(ofHall: hall.id, scope: .merchant(merchant), version: nil, with: layout, in: $0)
            }
            #expect(changed.seats.count == 10_000)
            #expect(changed.seats.last?.label == "100-100")
        }
    }

    @Test("change name and formats, and keep their names apart within a cinema")
    func changing() async throws {
        try await withHall { fixture, merchant, hall in
            let second = try await fixture.hall("two", in: hall.cinemaID)
            let listed = try await PlacesFixture.all(1) {
                try await fixture.places.halls(cinemaID: hall.cinemaID, scope: .merchant(merchant), page: $0, in: fixture.pool)
            }
            #expect(listed == [hall, second])
            let changed = try await fixture.pool.withTransaction {
                try await fixture.places.changeHall(
                    hall.id, scope: .merchant(merchant), version: 1, HallChange(formats: ["2D", "IMAX"]), in: $0
                )
            }
            #expect(changed.name == "one")
            #expect(changed.formats == ["2D", "IMAX"])
            #expect(changed.layoutID == hall.layoutID)
            await expectRefusal("hall_exists") { _ = try await fixture.hall("two", in: hall.cinemaID) }
            await expectRefusal("hall_exists") {
                _ = try await fixture.pool.withTransaction {
                    try await fixture.places.changeHall(hall.id, scope: .merchant(merchant), version: nil, HallChange(name: "two"), in: $0)
                }
            }
            await expectRefusal("repeated") {
                _ = try await fixture.pool.withTransaction {
                    try await fixture.places.changeHall(
                        hall.id, scope: .merchant(merchant), version: nil, HallChange(formats: ["2D", "2D"]), in: $0)
                }
            }
        }
    }

    @Test("of another merchant are as good as absent")
    func ownership() async throws {
        try await withHall { fixture, _, hall in
            let other = try await fixture.merchant()
            let (places, pool) = (fixture.places, fixture.pool)
            let layout = try fixture.layout("S")
            await expectRefusal("not_found") { _ = try await places.hall(hall.id, scope: .merchant(other), in: pool) }
            await expectRefusal("not_found") { _ = try await places.hallSeats(hall.id, scope: .merchant(other), in: pool) }
            await expectRefusal("not_found") {
                _ = try await places.halls(cinemaID: hall.cinemaID, scope: .merchant(other), page: PageRequest(), in: pool)
            }
            await expectRefusal("not_found") {
                _ = try await pool.withTransaction {
                    try await places.addHall(
                        NewHall(name: "x", formats: ["2D"], layout: layout), cinemaID: hall.cinemaID, scope: .merchant(other), in: $0
                    )
                }
            }
            await expectRefusal("not_found") {
                _ = try await pool.withTransaction {
                    try await places.replaceLayout(ofHall: hall.id, scope: .merchant(other), version: 1, with: layout, in: $0)
                }
            }
            await expectRefusal("not_found") {
                _ = try await pool.withTransaction { try await places.hallForScheduling(hall.id, scope: .merchant(other), in: $0) }
            }
            #expect(try await places.hall(hall.id, scope: .everybody, in: pool) == hall)
        }
    }

    @Test("tell scheduling their current layout, the zones with seats for sale, and their cinema's settings")
    func scheduling() async throws {
        try await withHall { fixture, merchant, hall in
            let rows = [
                HallLayout.Row(label: "A", zone: "vip", cells: "SS"), HallLayout.Row(label: "B", zone: "balcony", cells: "LR"),
                HallLayout.Row(label: "C", zone: "house", cells: "HX"),
            ]
            let layout = try HallLayout(rows: rows)
            let read = try await fixture.pool.withTransaction { transaction in
                let seats = try await fixture.places.replaceLayout(
                    ofHall: hall.id, scope: .merchant(merchant), version: nil, with: layout, in: transaction
                )
                return (seats.hall, try await fixture.places.hallForScheduling(hall.id, scope: .merchant(merchant), in: transaction))
            }
            #expect(read.1.layoutID == read.0.layoutID)
            #expect(read.1.zones == ["balcony", "vip"])
            #expect(read.1.merchantID == merchant)
            #expect(read.1.cinemaID == hall.cinemaID)
            #expect(read.1.serviceFeeFen == 300)
            #expect(read.1.trailersMin == 10)
            #expect(read.1.cleaningMin == 15)
            #expect(read.1.formats == ["2D"])
        }
    }
}
