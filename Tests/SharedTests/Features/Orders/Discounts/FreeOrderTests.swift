import Callers
import Database
import Foundation
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("Orders that cost nothing")
struct FreeOrderTests {
    @Test("One is paid in the transaction that opens it: it has tickets, and no money has moved")
    func opened() async throws {
        try await withFreeWorld { database, world, process in
            let buyer = world.buyers[0]
            let id = try await process.open(Array(world.seatIDs[0..<2]), of: world.showtimeIDs[0], by: buyer)
            let order = try await process.orders.order(id, scope: .all)
            #expect(order.state == .paid && order.paidAt == order.createdAt && order.version == 2)
            let payment = try #require(try await process.payments.payments(orderID: id, in: database).first)
            #expect(payment.state == .succeeded && payment.amountFen == 0 && payment.gateway == "free" && payment.method.rawValue == "none")
            #expect(order.paidByPaymentID == payment.id)
            let tickets = try await process.orders.tickets(orderID: id, scope: .all).tickets
            #expect(tickets.map(\.priceFen) == [0, 0] && tickets.allSatisfy { $0.state == .valid })
            #expect(try await process.orders.events(orderID: id, scope: .all).map(\.cause) == ["opened", "payment_confirmed"])
            #expect(try await nothingMoved(in: database))
            #expect(try await count("SELECT tickets::bigint AS count FROM showtime_figures", in: database) == 2)
            try await expectInvariants(in: database)
            // Nothing of it can lapse, be paid or be cancelled.
            try await process.sweeper.sweep()
            await #expect(throws: Refusal.orderNotUnpaid(.paid)) {
                try await database.withTransaction { try await process.orders.cancel(id, by: buyer.accountID, in: $0) }
            }
            #expect(try await process.startPayment(id, by: buyer, in: database) == nil)
        }
    }

    @Test("Given back, a refund of nothing has succeeded at once, and the last one ends the order")
    func givenBack() async throws {
        try await withFreeWorld { database, world, process in
            let buyer = world.buyers[0]
            let id = try await process.open(Array(world.seatIDs[0..<2]), of: world.showtimeIDs[0], by: buyer)
            let tickets = try await process.orders.tickets(orderID: id, scope: .all).tickets
            let first = try await process.refund(id, [tickets[0].id], buyer.accountID, in: database).refund
            #expect(first.state == .succeeded && first.amountFen == 0 && first.succeededAt != nil)
            #expect(try await process.orders.order(id, scope: .all).state == .paid)
            _ = try await process.refund(id, nil, by: .cinema, buyer.accountID, in: database)
            #expect(try await process.orders.order(id, scope: .all).state == .refunded)
            #expect(
                try await process.orders.events(orderID: id, scope: .all).map(\.cause) == [
                    "opened", "payment_confirmed", "tickets_refunded_by_buyer", "refund_paid", "refunded_by_cinema", "refund_completed",
                ])
            #expect(try await nothingMoved(in: database))
            try await expectInvariants(in: database)
            await expectRefusal(Refusal.ticketsRefunded.code) { try await process.refund(id, nil, buyer.accountID, in: database) }
            // Its seats can be had again.
            _ = try await process.open(Array(world.seatIDs[0..<2]), of: world.showtimeIDs[0], by: buyer)
        }
    }

    @Test("It goes back with its showtime, and the counter opens one as well")
    func cancelledShowtime() async throws {
        try await withFreeWorld { database, world, process in
            let clerk = try await CounterSaleTests.clerk(of: world, in: database)
            let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: clerk, channel: .counter)
            #expect(try await process.orders.order(id, scope: .all).state == .paid)
            try await database.withTransaction { transaction in
                try await transaction.execute("UPDATE showtimes SET cancelled_at = now(), version = version + 1")
                try await process.showtimeOrders.cancelAll(showtimeID: world.showtimeIDs[0], by: clerk.accountID, in: transaction)
            }
            #expect(try await process.orders.order(id, scope: .all).state == .refunded)
            #expect(try await nothingMoved(in: database))
            try await expectInvariants(in: database)
        }
    }

    @Test("It counts as seats that a person has, and not as an unpaid order, in one batch as in many")
    func limits() async throws {
        try await withFreeWorld(limits: OrderConfiguration(unpaidOrders: 1)) { database, world, process in
            let buyer = world.buyers[0]
            func open(_ seats: Range<Int>, _ showtime: Int) async throws {
                _ = try await process.open(Array(world.seatIDs[seats]), of: world.showtimeIDs[showtime], by: buyer)
            }
            try await open(0..<2, 0)
            // One that costs something has its place among the unpaid, and doesn't keep others out that cost nothing.
            try await open(0..<1, 1)
            await expectRefusal(Refusal.unpaidOrderLimitReached.code) { try await open(1..<2, 1) }
            try await open(2..<5, 0)
            await expectRefusal(Refusal.seatLimitReached.code) { try await open(5..<7, 0) }
            try await open(5..<6, 0)
            try await expectInvariants(in: database)
        }
    }

    @Test("Two answers to one key are one, and orders beside it in the batch are opened unpaid")
    func repeated() async throws {
        try await withFreeWorld { database, world, process in
            let buyer = world.buyers[0]
            async let first = process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: buyer, key: "k")
            async let second = process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: buyer, key: "k")
            async let other = process.open([world.seatIDs[0]], of: world.showtimeIDs[1], by: buyer)
            let ids = try await [first, second]
            #expect(Set(ids).count == 1)
            #expect(try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: buyer, key: "k") == ids[0])
            #expect(try await process.orders.order(ids[0], scope: .all).state == .paid)
            #expect(try await process.orders.order(other, scope: .all).state == .pendingPayment)
            #expect(try await count("SELECT count(*) FROM payments", in: database) == 1)
        }
    }

    @Test("Only what costs nothing is paid by nothing")
    func constraint() async throws {
        try await withFreeWorld { database, world, process in
            let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[1], by: world.buyers[0])
            for (method, fen) in [("none", 1), ("alipay_page", 0), ("none", -1)] {
                let error = await #expect(throws: PostgresError.self) {
                    try await database.execute(
                        """
                        INSERT INTO payments (order_id, gateway, method, out_trade_no, amount_fen, expires_at)
                        VALUES (\(id), 'x', \(method), 'T1', \(Int64(fen)), now())
                        """)
                }
                #expect(error?.constraintName == "payments_amount_fen_check")
            }
        }
    }

    @Test("A ticket for which nothing was paid in an order that cost something goes back without the gateway, and no bill need name it")
    func freeTicket() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let buyer = world.buyers[0]
            try await database.execute("UPDATE showtimes SET service_fee_fen = 0, version = version + 1")
            let id = try await process.open(Array(world.seatIDs[0..<2]), of: world.showtimeIDs[0], by: buyer)
            try await takeOff([[OrderDiscount(stage: .ticket, amountFen: 4500, payer: .platform)], []], of: id, in: database)
            try await process.pay(id, by: buyer, in: database)
            let tickets = try await process.orders.tickets(orderID: id, scope: .all).tickets
            let messages = try await count("SELECT count(*) FROM outbox WHERE kind = 'payment_refund'", in: database)
            let refund = try await process.refund(id, [tickets[0].id], buyer.accountID, in: database).refund
            #expect(refund.state == .succeeded && refund.amountFen == 0)
            #expect(try await count("SELECT count(*) FROM outbox WHERE kind = 'payment_refund'", in: database) == messages)
            let kinds = try await Ledger().entries(orderID: id, page: PageRequest(), in: database).items.map(\.entry.kind)
            #expect(kinds == [.refundRequested, .payment], "What the platform owed is owed no more; nothing was sent.")
            let lines = try await BookStore().succeeded(
                .refund, gateway: "alipay", day: CalendarDay(Date()), in: Date() - 86_400..<Date() + 86_400, after: nil, limit: 9,
                session: database)
            #expect(lines.isEmpty)
            try await expectInvariants(in: database)
        }
    }

    /// A world of two showtimes, of which the first costs nothing.
    private func withFreeWorld(
        limits: OrderConfiguration = OrderConfiguration(), _ body: (PostgresPool, BookingWorld, BookingProcess) async throws -> Void
    ) async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, showtimes: 2)
            try await database.execute("ALTER TABLE showtime_prices DROP CONSTRAINT showtime_prices_price_fen_check")
            try await database.execute("UPDATE showtime_prices SET price_fen = 0 WHERE showtime_id = \(world.showtimeIDs[0])")
            try await database.execute("UPDATE showtimes SET service_fee_fen = 0 WHERE id = \(world.showtimeIDs[0])")
            try await body(database, world, try BookingProcess(database, limits: limits))
        }
    }

    /// Whether neither the ledger nor the outbox knows of anything.
    private func nothingMoved(in database: PostgresPool) async throws -> Bool {
        try await count("SELECT (SELECT count(*) FROM ledger_entries) + (SELECT count(*) FROM outbox) AS count", in: database) == 0
    }
}
