import Database
import Foundation
import TestSupport
import Testing

@testable import Shared

/// What ``SeatRaceTests`` would find about a person's limits and keys if the locks weren't there.
@Suite("Control: a person's parallel requests without locks")
struct SeatRaceControlTests {
    @Test("For different showtimes they give the person more unpaid orders than anybody may have")
    func limits() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, showtimes: 8)
            let unguarded = UnguardedBooking(database: database, everybodyHasRead: Meeting(of: 8))
            let outcomes = await outcomes(world.showtimeIDs) { showtimeID in
                try await unguarded.open([world.seatIDs[0]], of: showtimeID, by: world.buyers[0])
            }
            #expect(outcomes.opened == 8)
            #expect(OrderConfiguration().unpaidOrders == 3)
            #expect(try await count("SELECT count(*) FROM orders WHERE state = 'pending_payment'", in: database) == 8)
        }
    }

    @Test("For one showtime they give the person more seats than the cinema allows")
    func seatLimit() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, seatLimit: 3)
            let unguarded = UnguardedBooking(database: database, everybodyHasRead: Meeting(of: 8))
            let outcomes = await outcomes(world.seatIDs.prefix(8)) { seatID in
                try await unguarded.open([seatID], of: world.showtimeIDs[0], by: world.buyers[0])
            }
            #expect(outcomes.opened == 8)
            #expect(try await count("SELECT count(*) FROM seat_claims", in: database) == 8)
        }
    }

    /// The seat's primary key would hide the race by itself, so it goes too.
    @Test("Under one key each gets an order and an answer of its own, and the last answer is the one that is kept")
    func idempotency() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            try await database.execute("ALTER TABLE seat_claims DROP CONSTRAINT seat_claims_pkey")
            let unguarded = UnguardedBooking(database: database, everybodyHasRead: Meeting(of: 8))
            let answers = try await withThrowingTaskGroup(of: UUID.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await unguarded.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0], key: "once")
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(answers.count == 8)
            let orders = try await database.rows("SELECT id FROM orders") { try $0["id"] as UUID }
            #expect(Set(orders) == answers)
            #expect(try await count("SELECT count(*) FROM idempotency_records WHERE key = 'once'", in: database) == 1)
        }
    }
}
