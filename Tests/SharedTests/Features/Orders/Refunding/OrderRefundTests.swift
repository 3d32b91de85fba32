import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("Tickets go back, in the database")
struct OrderRefundTests {
    @Test("Some tickets go back: their seats are free, the others stay, and the order stays paid")
    func partly() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 2)
            let process = try BookingProcess(database)
            let (id, tickets) = try await Self.paid(3, world, process, database)
            let refund = try await process.refund(id, [tickets[0].id], world.buyers[0].accountID, in: database)
            #expect(refund.refund.amountFen == 4800)
            #expect(refund.refund.state == .requested)
            #expect(refund.ticketIDs == [tickets[0].id])
            let order = try await process.orders.order(id, scope: .all)
            #expect(order.state == .paid)
            #expect(order.refundedSeatIDs == [tickets[0].seat.id])
            // Somebody else has the seat at once, and the buyer may take as many again.
            _ = try await process.open([tickets[0].seat.id], of: world.showtimeIDs[0], by: world.buyers[1])
            _ = try await process.open(Array(world.seatIDs[5...8]), of: world.showtimeIDs[0], by: world.buyers[0])
            try await expectInvariants(in: database)
            try await process.arrivals.handle(refunded: refund.refund)
            try await process.arrivals.handle(refunded: refund.refund)
            let story = try await process.orders.events(orderID: id, scope: .all)
            #expect(story.map(\.cause) == ["opened", "payment_confirmed", "tickets_refunded_by_buyer", "refund_paid"])
            #expect(story[2].note == "why")
            try await expectInvariants(in: database)
        }
    }

    @Test("One ticket after the other: the last one makes the order refunded, when all the money has gone")
    func oneByOne() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let (id, tickets) = try await Self.paid(2, world, process, database)
            let first = try await process.refund(id, [tickets[0].id], world.buyers[0].accountID, in: database)
            let second = try await process.refund(id, nil, world.buyers[0].accountID, in: database)
            #expect(second.ticketIDs == [tickets[1].id])
            #expect(try await process.orders.order(id, scope: .all).state == .refunding)
            try await process.arrivals.handle(refunded: second.refund)
            #expect(try await process.orders.order(id, scope: .all).state == .refunding)
            try await process.arrivals.handle(refunded: first.refund)
            #expect(try await process.orders.order(id, scope: .all).state == .refunded)
            await #expect(throws: Refusal.ticketsRefunded) { try await process.refund(id, nil, world.buyers[0].accountID, in: database) }
            try await expectInvariants(in: database)
        }
    }

    @Test("However many ask at once, by whichever right, a ticket's money goes back once")
    func race() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let processes = [try BookingProcess(database), try BookingProcess(database)]
            let (id, tickets) = try await Self.paid(2, world, processes[0], database)
            let outcomes = await outcomes(0..<20) { index in
                try await processes[index % 2].refund(
                    id, [tickets[0].id], by: index % 3 == 0 ? .cinema : .buyer, world.buyers[0].accountID, in: database)
            }
            #expect(outcomes.opened == 1)
            #expect(Set(outcomes.refusals.keys) == [Refusal.ticketRefunded.code])
            #expect(outcomes.errors.isEmpty)
            #expect(try await count("SELECT count(*) FROM refunds", in: database) == 1)
            try await expectInvariants(in: database)
        }
    }

    /// Each guard hides the race by itself, so both go: the order's locks, and the primary key of `refund_tickets`. What a payment was for stays
    /// the limit of what goes back of it; the other tickets' money pays here.
    @Test("Control: without the locks and the key one ticket's money goes back as often as it is asked for")
    func control() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let (id, tickets) = try await Self.paid(3, world, process, database)
            try await database.execute("ALTER TABLE refund_tickets DROP CONSTRAINT refund_tickets_pkey")
            let unguarded = UnguardedRefund(database: database, payments: process.payments, everybodyHasRead: Meeting(of: 3))
            let outcomes = await outcomes(0..<3) { _ in try await unguarded.request(tickets[0].id, of: id) }
            #expect(outcomes.opened == 3)
            let back = try await count(
                "SELECT sum(refunds.amount_fen)::bigint AS count FROM refunds JOIN refund_tickets ON refund_id = refunds.id AND ticket_id = \(tickets[0].id)",
                in: database)
            #expect(back == 3 * Int(tickets[0].priceFen + tickets[0].serviceFeeFen))
        }
    }

    @Test("A buyer gives back by the policy that held when it ordered, whatever the cinema has set since")
    func policyKept() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 2)
            let process = try BookingProcess(database)
            let cinemaID = try #require(try await database.row("SELECT id FROM cinemas", { try $0["id"] as Int64 }))
            func set(_ steps: [RefundPolicy.Step], refundsServiceFee: Bool) async throws -> RefundPolicy {
                try await database.withTransaction {
                    try await Places().replaceRefundPolicy(
                        ofCinema: cinemaID, scope: .merchant(world.merchantID), version: nil,
                        with: NewRefundPolicy(steps: steps, refundsServiceFee: refundsServiceFee), by: world.buyers[0].accountID, in: $0)
                }
            }
            _ = try await set([.init(minutesBeforeStart: 60, feePercent: 20)], refundsServiceFee: false)
            let (id, _) = try await Self.paid(1, world, process, database)
            let second = try await set([], refundsServiceFee: false)
            #expect(second.version == 2)
            let (other, _) = try await Self.paid(1, world, process, database, buyer: 1, from: 3)
            let refund = try await process.refund(id, nil, world.buyers[0].accountID, in: database)
            #expect(refund.refund.feeFen == 900)
            #expect(refund.refund.amountFen == 3600)
            await expectRefusal(Refusal.refundWindowClosed.code) {
                try await process.refund(other, nil, world.buyers[1].accountID, in: database)
            }
            try await expectInvariants(in: database)
            await #expect(throws: Refusal.refundStepsUnordered) {
                _ = try await set(
                    [.init(minutesBeforeStart: 60, feePercent: 20), .init(minutesBeforeStart: 60, feePercent: 30)], refundsServiceFee: true)
            }
            await #expect(throws: PostgresError.self) { try await database.execute("UPDATE refund_policies SET version = 9") }
        }
    }

    @Test("Cancelling a showtime gives back what is left of each order, and its progress is told")
    func showtimeCancelled() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 3)
            let process = try BookingProcess(database)
            let (partly, tickets) = try await Self.paid(2, world, process, database)
            _ = try await process.refund(partly, [tickets[0].id], world.buyers[0].accountID, in: database)
            let (collected, _) = try await Self.paid(1, world, process, database, buyer: 1, from: 3)
            let code = try await process.orders.tickets(orderID: collected, scope: .all).collectionCode
            _ = try await database.withTransaction {
                try await process.orders.collect(
                    code: try #require(CollectionCode(typed: code)), place: "Counter 2", scope: .merchant(world.merchantID),
                    by: world.buyers[2].accountID, in: $0)
            }
            _ = try await process.open([world.seatIDs[8]], of: world.showtimeIDs[0], by: world.buyers[2])
            let showtimeID = world.showtimeIDs[0]
            await #expect(throws: Refusal.showtimeNotCancelled) {
                try await process.showtimeOrders.progress(showtimeID: showtimeID, scope: .everybody, in: database)
            }
            try await database.withTransaction { transaction in
                try await transaction.execute("UPDATE showtimes SET cancelled_at = now(), version = version + 1 WHERE id = \(showtimeID)")
                try await process.showtimeOrders.cancelAll(showtimeID: showtimeID, by: world.buyers[2].accountID, in: transaction)
            }
            try await expectInvariants(in: database)
            let before = try await process.showtimeOrders.progress(showtimeID: showtimeID, scope: .merchant(world.merchantID), in: database)
            #expect(before.ordersEnded == 1)
            #expect(before.ordersRefunding == 2)
            #expect(before.ordersRefunded == 0)
            #expect(before.refundsRequested == 3)
            #expect(before.refundsSucceeded == 0)
            #expect(before.outstandingFen == 3 * 4800)
            for order in [partly, collected] {
                for refund in try await process.payments.refunds(orderID: order, in: database) {
                    try await process.arrivals.handle(refunded: refund)
                }
            }
            let after = try await process.showtimeOrders.progress(showtimeID: showtimeID, scope: .everybody, in: database)
            #expect(after.ordersRefunding == 0)
            #expect(after.ordersRefunded == 2)
            #expect(after.refundedFen == 3 * 4800)
            #expect(after.outstandingFen == 0)
            await #expect(throws: Refusal.notFound) {
                try await process.showtimeOrders.progress(showtimeID: showtimeID, scope: .merchant(world.merchantID + 1), in: database)
            }
            try await expectInvariants(in: database)
        }
    }

    /// An order of the first seats that has been paid.
    static func paid(
        _ seats: Int, _ world: BookingWorld, _ process: BookingProcess, _ database: PostgresPool, buyer: Int = 0, from first: Int = 0
    ) async throws -> (UUID, [Ticket]) {
        let id = try await process.open(
            Array(world.seatIDs[first..<(first + seats)]), of: world.showtimeIDs[0], by: world.buyers[buyer])
        try await process.pay(id, by: world.buyers[buyer], in: database)
        return (id, try await process.orders.tickets(orderID: id, scope: .all).tickets)
    }
}
