import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

/// What ``NoticeLaneTests/race()`` would find if the locks weren't there.
@Suite("Control: notices without locks")
struct ArrivalRaceControlTests {
    /// Each guard hides the race by itself, so all go: no lock, no constraint. Otherwise the same reads, rules and writes.
    @Test("Two processes that are told the same pay each order twice, and the books hold money that never came")
    func paidTwice() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 3)
            let process = try BookingProcess(database)
            let facts = try await process.waitingOrders(3, in: world, database)
            try await UnguardedArrivals.dropConstraints(in: database)
            let bothHaveRead = Meeting(of: 2)
            let unguarded = UnguardedArrivals(database: database, payments: process.payments) { await bothHaveRead.arrive() }
            async let one = unguarded.handle(facts)
            async let other = unguarded.handle(facts)
            #expect(try await one + other == Array(repeating: .handled(.paid), count: 6))
            #expect(try await count("SELECT count(*) FROM orders WHERE state = 'paid' AND version = 3", in: database) == 3)
            #expect(try await count("SELECT count(*) FROM order_events WHERE to_state = 'paid'", in: database) == 6)
            #expect(try await count("SELECT count(*) FROM tickets", in: database) == 6)
            #expect(try await count("SELECT count(*) FROM payment_notifications WHERE outcome = 'paid'", in: database) == 6)
            let money = try await database.row(
                """
                SELECT
                    (SELECT sum(amount_fen) FROM payments WHERE state = 'succeeded')::bigint AS came,
                    (SELECT sum(amount_fen) FROM ledger_lines WHERE account LIKE 'gateway:%')::bigint AS booked
                """
            ) { (came: try $0["came"] as Int64, booked: try $0["booked"] as Int64) }
            #expect(money?.came == 3 * (BookingWorld.priceFen + BookingWorld.serviceFeeFen))
            #expect(money?.booked == 6 * (BookingWorld.priceFen + BookingWorld.serviceFeeFen))
        }
    }

    @Test("An order that is cancelled between the look and the write is paid all the same, without its seats")
    func paidWithoutSeats() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 2)
            let process = try BookingProcess(database)
            let facts = try await process.waitingOrders(1, in: world, database)
            let orderID = try #require(try await database.row("SELECT id FROM orders") { try $0["id"] as UUID })
            let unguarded = UnguardedArrivals(database: database, payments: process.payments) {
                try await database.withTransaction {
                    try await process.orders.cancel(orderID, by: world.buyers[0].accountID, in: $0)
                }
                // And the seat is somebody else's.
                _ = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[1])
            }
            #expect(try await unguarded.handle(facts) == [.handled(.paid)])
            #expect(try await count("SELECT count(*) FROM tickets WHERE order_id = \(orderID)", in: database) == 1)
            #expect(try await count("SELECT count(*) FROM seat_claims WHERE order_id = \(orderID)", in: database) == 0)
            #expect(try await count("SELECT count(*) FROM seat_claims", in: database) == 1)
        }
    }
}
