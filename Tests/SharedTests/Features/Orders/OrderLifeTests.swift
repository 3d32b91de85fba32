import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("An order's life, in the database")
struct OrderLifeTests {
    /// Those of this database that wait for somebody's lock: locks of rows are waited for as those of transactions, which belong to no database.
    private static let waiters: Query = """
        SELECT count(*)
        FROM pg_stat_activity
        WHERE datname = current_database()
            AND wait_event_type = 'Lock'
        """

    @Test("A session that wasn't used for too long opens no order")
    func idle() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let buyer = world.buyers[0]
            _ = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: buyer)
            try await database.execute("UPDATE sessions SET idle_expires_at = clock_timestamp() WHERE id = \(buyer.sessionID)")
            await #expect(throws: Refusal.unauthenticated) {
                try await process.open([world.seatIDs[10]], of: world.showtimeIDs[0], by: buyer)
            }
        }
    }

    @Test("A booking takes a lapsed order's seats over and expires it whole; no sweeper is needed")
    func takeover() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 2)
            let process = try BookingProcess(database)
            let lapsed = try await process.open(Array(world.seatIDs[0...2]), of: world.showtimeIDs[0], by: world.buyers[0])
            try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second'")
            _ = try await process.open([world.seatIDs[1]], of: world.showtimeIDs[0], by: world.buyers[1])
            #expect(try await process.orders.order(lapsed, scope: .all).state == .expired)
            #expect(try await count("SELECT count(*) FROM seat_claims", in: database) == 1)
            try await expectInvariants(in: database)
        }
    }

    @Test("A payment that was prepared before its order's time changed is signed anew for the new time")
    func signedForTheTimeThatHolds() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0])
            let started = try await database.withTransaction { transaction in
                try await transaction.execute("SELECT id FROM showtimes WHERE id = \(world.showtimeIDs[0]) FOR UPDATE")
                let start = Task { try await process.startPayment(id, by: world.buyers[0], in: database) }
                // It has been signed when it waits at the lock.
                try await until { try await count(Self.waiters, in: database) > 0 }
                try await transaction.execute("UPDATE orders SET expires_at = expires_at + INTERVAL '5 minutes' WHERE id = \(id)")
                return start
            }
            let payment = try #require(try await started.value)
            let order = try await process.orders.order(id, scope: .all)
            #expect(payment.expiresAt.timeIntervalSince1970 == order.expiresAt.timeIntervalSince1970.rounded(.down))
        }
    }

    @Test("The seat map shows a lapsed claim as free, and its tag changes with it")
    func lapsedOnTheMap() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let maps = SeatMaps.unencoded(database)
            let showtimeID = world.showtimeIDs[0]
            let empty = try await maps.map(showtimeID: showtimeID).map
            _ = try await process.open([world.seatIDs[0]], of: showtimeID, by: world.buyers[0])
            let claimed = try await maps.map(showtimeID: showtimeID).map
            try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second'")
            let lapsed = try await SeatMaps.unencoded(database).map(showtimeID: showtimeID).map
            #expect(empty.seats[0].state == .free)
            #expect(claimed.seats[0].state == .claimed)
            #expect(lapsed.seats[0].state == .free)
            #expect(Set([empty.tag, claimed.tag, lapsed.tag]).count == 3)
            await #expect(throws: Refusal.notFound) { try await maps.map(showtimeID: showtimeID + 999) }
        }
    }

    @Test("A claim of payment needs a started payment, holds the seats longer once, and issues no ticket")
    func paymentClaim() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let buyer = world.buyers[0]
            let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: buyer)
            let opened = try await process.orders.order(id, scope: .all)
            await #expect(throws: Refusal.noPaymentStarted) { try await claim(id, process, buyer, database) }
            _ = try await process.startPayment(id, by: buyer, in: database)
            #expect(try await claim(id, process, buyer, database) == .paidUnconfirmed)
            #expect(try await claim(id, process, buyer, database) == .paidUnconfirmed)
            let claimed = try await process.orders.order(id, scope: .all)
            #expect(claimed.state == .paidUnconfirmed)
            #expect(claimed.expiresAt.timeIntervalSince(opened.expiresAt).rounded() == 300)
            await #expect(throws: Refusal.orderNotPaid) { try await process.orders.tickets(orderID: id, scope: .all) }
            #expect(try await count("SELECT count(*) FROM outbox WHERE kind = 'payment_query'", in: database) >= 1)
            // A further attempt to pay is accepted, and the order can still be paid.
            #expect(try await process.pay(id, by: buyer, in: database) == .paid)
        }
    }

    @Test("An order that has lapsed can be neither paid nor claimed, and another's order isn't there")
    func refusals() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 2)
            let process = try BookingProcess(database)
            let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0])
            await #expect(throws: Refusal.notFound) { try await start(id, process, world.buyers[1], database) }
            await #expect(throws: Refusal.notFound) { try await cancel(id, process, world.buyers[1], database) }
            await #expect(throws: Refusal.notFound) {
                try await process.orders.order(id, scope: .buyer(world.buyers[1].accountID))
            }
            await #expect(throws: Refusal.notFound) { try await process.orders.order(id, scope: .merchant(world.merchantID + 1)) }
            #expect(try await process.orders.order(id, scope: .merchant(world.merchantID)).id == id)
            try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second'")
            await expectRefusal(Refusal.orderExpired.code) { try await start(id, process, world.buyers[0], database) }
            await expectRefusal(Refusal.orderExpired.code) { try await claim(id, process, world.buyers[0], database) }
            await expectRefusal(Refusal.orderNotUnpaid.code) { try await cancel(id, process, world.buyers[0], database) }
            let expired = try await process.orders.orders(OrderFilter(state: .expired), scope: .all, page: PageRequest())
            let pending = try await process.orders.orders(OrderFilter(state: .pendingPayment), scope: .all, page: PageRequest())
            #expect(expired.items.map(\.id) == [id])
            #expect(pending.items.isEmpty)
            #expect(try await process.orders.order(id, scope: .all).state(at: Date()) == .expired)
        }
    }

    @Test("Cancelling frees the seats at once, once; a paid order can't be cancelled")
    func cancelling() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 2)
            let process = try BookingProcess(database)
            let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0])
            try await cancel(id, process, world.buyers[0], database)
            await expectRefusal(Refusal.orderNotUnpaid.code) { try await cancel(id, process, world.buyers[0], database) }
            let second = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[1])
            try await process.pay(second, by: world.buyers[1], in: database)
            await expectRefusal(Refusal.orderNotUnpaid.code) { try await cancel(second, process, world.buyers[1], database) }
            try await expectInvariants(in: database)
        }
    }

    @Test("Tickets are collected once, by their own cinema, however many ask at once")
    func collecting() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0])
            try await process.pay(id, by: world.buyers[0], in: database)
            let code = try await process.orders.tickets(orderID: id, scope: .all).collectionCode
            let typed = try #require(CollectionCode(typed: " \(code.lowercased().prefix(4))-\(code.suffix(4))"))
            let usher = world.buyers[0].accountID
            let merchantID = world.merchantID
            await #expect(throws: Refusal.collectionCodeUnknown) {
                try await database.withTransaction {
                    try await process.orders.collect(code: typed, place: nil, scope: .merchant(merchantID + 1), by: usher, in: $0)
                }
            }
            let outcomes = await outcomes(0..<10) { _ in
                try await database.withTransaction {
                    try await process.orders.collect(code: typed, place: nil, scope: .merchant(merchantID), by: usher, in: $0)
                }
            }
            #expect(outcomes.opened == 1)
            #expect(Set(outcomes.refusals.keys) == [Refusal.alreadyCollected.code] && outcomes.errors.isEmpty)
            #expect(try await process.orders.tickets(orderID: id, scope: .all).tickets.map(\.state) == [.collected])
        }
    }

    @Test("Cancelling a showtime ends its unpaid orders and refunds the others")
    func showtimeCancelled() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 2)
            let process = try BookingProcess(database)
            let unpaid = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0])
            let paid = try await process.open([world.seatIDs[1]], of: world.showtimeIDs[0], by: world.buyers[1])
            try await process.pay(paid, by: world.buyers[1], in: database)
            try await database.withTransaction { transaction in
                try await transaction.execute(
                    "UPDATE showtimes SET cancelled_at = now(), version = version + 1 WHERE id = \(world.showtimeIDs[0])")
                try await process.showtimeOrders.cancelAll(
                    showtimeID: world.showtimeIDs[0], by: world.buyers[0].accountID, in: transaction)
            }
            #expect(try await process.orders.order(unpaid, scope: .all).state == .cancelled)
            #expect(try await process.orders.order(paid, scope: .all).state == .refunding)
            #expect(try await count("SELECT count(*) FROM refunds WHERE reason = 'showtime_cancelled'", in: database) == 1)
            #expect(try await count("SELECT count(*) FROM tickets WHERE state = 'refunded'", in: database) == 1)
            // The plan in memory is older than the showtime: the booking notices under the lock.
            await #expect(throws: Refusal.showtimeCancelled.about(seats: [world.seatIDs[2]])) {
                try await process.open([world.seatIDs[2]], of: world.showtimeIDs[0], by: world.buyers[0])
            }
            try await expectInvariants(in: database)
        }
    }

    @Test("A price that changed after the plan was read is the price of the order")
    func priceChange() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            _ = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0])
            try await database.execute("UPDATE showtime_prices SET price_fen = 9900")
            try await database.execute("UPDATE showtimes SET version = version + 1")
            let id = try await process.open([world.seatIDs[1]], of: world.showtimeIDs[0], by: world.buyers[0])
            #expect(try await process.orders.order(id, scope: .all).amount.ticketAmountFen == 9900)
        }
    }

    @Test("Seats that another process has put on sale since the plan was read are sold, though the old plan refuses them")
    func priceAdded() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let processes = [try BookingProcess(database), try BookingProcess(database)]
            let (showtimeID, buyer) = (world.showtimeIDs[0], world.buyers[0])
            try await database.execute("UPDATE seats SET zone = 'gallery' WHERE id = ANY (\(Array(world.seatIDs[0...2]))::bigint[])")
            for process in processes {
                for _ in 0..<2 {
                    await #expect(throws: Refusal.seatNotForSale.about(seats: [world.seatIDs[0]])) {
                        try await process.open([world.seatIDs[0]], of: showtimeID, by: buyer)
                    }
                }
            }
            try await database.execute(
                "INSERT INTO showtime_prices (showtime_id, zone, price_fen) VALUES (\(showtimeID), 'gallery', 9900)")
            try await database.execute("UPDATE showtimes SET version = version + 1 WHERE id = \(showtimeID)")
            for (process, seat) in zip(processes, world.seatIDs) {
                let id = try await process.open([seat], of: showtimeID, by: buyer)
                #expect(try await process.orders.order(id, scope: .all).amount.ticketAmountFen == 9900)
            }
            // What is wrong with the request itself stays wrong.
            let twice = [world.seatIDs[2], world.seatIDs[2]]
            await #expect(throws: Refusal.seatRepeated.about(seats: [world.seatIDs[2]])) {
                try await processes[0].open(twice, of: showtimeID, by: buyer)
            }
        }
    }

    @Test("A claim that has lapsed on a map when a claim of payment is committed is on the next map again")
    func extendedOnTheMap() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let (showtimeID, buyer) = (world.showtimeIDs[0], world.buyers[0])
            let id = try await process.open([world.seatIDs[0]], of: showtimeID, by: buyer)
            _ = try await process.startPayment(id, by: buyer, in: database)
            // All others see the order past its time until the claim's transaction, which has it in time, is committed.
            try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second' WHERE id = \(id)")
            let maps = SeatMaps.unencoded(database)
            let lapsed = try await maps.map(showtimeID: showtimeID).map
            #expect(lapsed.seats[0].state == .free)
            try await database.withTransaction { transaction in
                try await transaction.execute("UPDATE orders SET expires_at = now() + INTERVAL '1 minute' WHERE id = \(id)")
                let state = try await process.orders.claimPayment(of: id, by: buyer.accountID, in: transaction)
                #expect(state == .paidUnconfirmed)
            }
            let extended = try await maps.map(showtimeID: showtimeID).map
            #expect(extended.seats[0].state == .claimed)
            #expect(extended.revision > lapsed.revision)
        }
    }

    @Test("Orders are listed newest first, page by page, each once")
    func listing() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 5)
            let process = try BookingProcess(database)
            for (index, buyer) in world.buyers.enumerated() {
                _ = try await process.open([world.seatIDs[index]], of: world.showtimeIDs[0], by: buyer)
            }
            var seen: [UUID] = []
            var cursor: String?
            repeat {
                let page = try await process.orders.orders(
                    scope: .merchant(world.merchantID), page: PageRequest(limit: 2, cursor: cursor))
                seen += page.items.map(\.id)
                cursor = page.next
            } while cursor != nil
            #expect(seen.count == 5)
            #expect(Set(seen).count == 5)
            await #expect(throws: Refusal.cursorInvalid) {
                try await process.orders.orders(scope: .all, page: PageRequest(cursor: "nonsense"))
            }
        }
    }

    private func cancel(_ id: UUID, _ process: BookingProcess, _ buyer: Principal, _ database: PostgresPool) async throws {
        try await database.withTransaction { try await process.orders.cancel(id, by: buyer.accountID, in: $0) }
    }

    private func claim(_ id: UUID, _ process: BookingProcess, _ buyer: Principal, _ database: PostgresPool) async throws -> OrderState {
        try await database.withTransaction { try await process.orders.claimPayment(of: id, by: buyer.accountID, in: $0) }
    }

    private func start(_ id: UUID, _ process: BookingProcess, _ buyer: Principal, _ database: PostgresPool) async throws {
        _ = try await database.withTransaction {
            try await process.orders.startPayment(
                for: id, method: PaymentMethod(rawValue: "alipay_page"), by: buyer.accountID, in: $0)
        }
    }
}
