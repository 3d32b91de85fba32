import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("Selling at the counter, correcting and letting in")
struct CounterSaleTests {
    @Test("A clerk's order takes the same seats by the same rules, and cash makes it paid at once")
    func cash() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let clerk = try await Self.clerk(of: world, in: database)
            let seats = Array(world.seatIDs.prefix(2))
            let id = try await process.open(seats, of: world.showtimeIDs[0], by: clerk, channel: .counter)
            await #expect(throws: Refusal.seatTaken.about(seats: seats)) {
                try await process.open(seats, of: world.showtimeIDs[0], by: world.buyers[0])
            }
            let sale = try await Self.pay(id, .cash, clerk, process, database)
            #expect(sale.payment.state == .succeeded)
            #expect(sale.payment.gateway == "counter")
            #expect(sale.tickets.order.state == .paid)
            #expect(sale.tickets.tickets.count == 2)
            #expect(sale.tickets.collectionCode.count == 8)
            await expectRefusal(Refusal.orderNotUnpaid.code) { try await Self.pay(id, .cash, clerk, process, database) }
            let story = try await process.orders.events(orderID: id, scope: .merchant(world.merchantID))
            #expect(story.map(\.actorAccountID) == [clerk.accountID, clerk.accountID])
            try await expectInvariants(in: database)
        }
    }

    @Test("A clerk sells for its own merchant, more than one person may have, but not more than one order may")
    func limits() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, seatLimit: 2)
            let process = try BookingProcess(database)
            let clerk = try await Self.clerk(of: world, in: database)
            for first in stride(from: 0, to: 10, by: 2) {
                _ = try await process.open(
                    Array(world.seatIDs[first...(first + 1)]), of: world.showtimeIDs[0], by: clerk, channel: .counter)
            }
            await #expect(throws: Refusal.seatLimitReached.about(limit: 2).about(seats: world.seatIDs[10...12])) {
                try await process.open(Array(world.seatIDs[10...12]), of: world.showtimeIDs[0], by: clerk, channel: .counter)
            }
            let stranger = Principal(
                accountID: clerk.accountID, realm: .cinema, merchantID: world.merchantID + 1, permission: .everything,
                sessionID: clerk.sessionID)
            await #expect(throws: Refusal.showtimeUnknown) {
                try await process.open([world.seatIDs[20]], of: world.showtimeIDs[0], by: stranger, channel: .counter)
            }
            // A moviegoer's session doesn't become a clerk's by being called so.
            let buyer = world.buyers[0]
            let impostor = Principal(
                accountID: buyer.accountID, realm: .cinema, merchantID: world.merchantID, permission: .everything,
                sessionID: buyer.sessionID)
            await #expect(throws: Refusal.unauthenticated) {
                try await process.open([world.seatIDs[20]], of: world.showtimeIDs[0], by: impostor, channel: .counter)
            }
        }
    }

    @Test("A reference of another way of paying counts once for a merchant; moviegoers have no such ways")
    func references() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let clerk = try await Self.clerk(of: world, in: database)
            let first = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: clerk, channel: .counter)
            let second = try await process.open([world.seatIDs[1]], of: world.showtimeIDs[0], by: clerk, channel: .counter)
            _ = try await Self.pay(first, .external(reference: "POS-1"), clerk, process, database)
            await #expect(throws: Refusal.paymentReferenceUsed) {
                try await Self.pay(second, .external(reference: "POS-1"), clerk, process, database)
            }
            #expect(try await process.orders.order(second, scope: .all).state == .pendingPayment)
            #expect(try await count("SELECT count(*) FROM payments WHERE order_id = '\(unsafeSQL: second.uuidString)'", in: database) == 0)
            let own = try await process.open([world.seatIDs[2]], of: world.showtimeIDs[0], by: world.buyers[0])
            for method in [CounterGateway.cash, CounterGateway.external] {
                await #expect(throws: Refusal.paymentMethodUnknown) {
                    try await database.withTransaction {
                        try await process.orders.startPayment(for: own, method: method, by: world.buyers[0].accountID, in: $0)
                    }
                }
            }
        }
    }

    @Test("One reference for many showtimes at once pays one order, and the others stay unpaid")
    func referenceRace() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, showtimes: 6)
            let process = try BookingProcess(database)
            let clerk = try await Self.clerk(of: world, in: database)
            var orders: [UUID] = []
            for showtimeID in world.showtimeIDs {
                orders.append(try await process.open([world.seatIDs[0]], of: showtimeID, by: clerk, channel: .counter))
            }
            let outcomes = await outcomes(orders) { id in
                try await Self.pay(id, .external(reference: "POS-7"), clerk, process, database)
            }
            #expect(outcomes.opened == 1)
            #expect(Set(outcomes.refusals.keys) == [Refusal.paymentReferenceUsed.code] && outcomes.errors.isEmpty)
            #expect(try await count("SELECT count(*) FROM payments", in: database) == 1)
            try await expectInvariants(in: database)
        }
    }

    @Test("Cash goes back when a clerk hands it out and says so, once, and the books say it then")
    func refundAtCounter() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let clerk = try await Self.clerk(of: world, in: database)
            let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: clerk, channel: .counter)
            _ = try await Self.pay(id, .cash, clerk, process, database)
            let refund = try await process.refund(id, by: .cinema, clerk.accountID, in: database)
            #expect(refund.refund.requestedByAccountID == clerk.accountID)
            #expect(try await count("SELECT count(*) FROM outbox WHERE kind = 'payment_refund'", in: database) == 0)
            #expect(try await process.orders.order(id, scope: .all).state == .refunding)
            try await expectInvariants(in: database)
            @Sendable func payOut(_ refundID: Int64) async throws {
                _ = try await database.withTransaction {
                    try await process.counterSales.payOut(
                        refundID, of: id, clerkID: clerk.accountID, scope: .merchant(world.merchantID), in: $0)
                }
            }
            await #expect(throws: Refusal.notFound) { try await payOut(refund.refund.id + 1) }
            let outcomes = await outcomes(0..<8) { _ in try await payOut(refund.refund.id) }
            #expect(outcomes.opened == 1)
            #expect(Set(outcomes.refusals.keys) == [Refusal.refundPaidOut.code] && outcomes.errors.isEmpty)
            #expect(try await process.orders.order(id, scope: .all).state == .refunded)
            #expect(try await process.payments.refunds(orderID: id, in: database).map(\.state) == [.succeeded])
            try await expectInvariants(in: database)
            // What came through a gateway goes back through it.
            let (other, _) = try await OrderRefundTests.paid(1, world, process, database, from: 3)
            let online = try await process.refund(other, nil, world.buyers[0].accountID, in: database)
            await #expect(throws: Refusal.refundNotAtCounter) {
                _ = try await database.withTransaction {
                    try await process.counterSales.payOut(online.refund.id, of: other, clerkID: clerk.accountID, scope: .all, in: $0)
                }
            }
        }
    }

    @Test("Voiding ends an unpaid order and refunds a paid one; what has ended stays")
    func voiding() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let clerk = try await Self.clerk(of: world, in: database)
            let unpaid = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: clerk, channel: .counter)
            let (paid, _) = try await OrderRefundTests.paid(2, world, process, database, from: 3)
            func void(_ id: UUID) async throws -> OrderState {
                try await database.withTransaction {
                    try await process.corrections.void(
                        id, by: .cinema, actor: OrderActor(clerk.accountID, note: "wrong evening"), scope: .merchant(world.merchantID),
                        in: $0)
                }.order.state
            }
            #expect(try await void(unpaid) == .cancelled)
            #expect(try await void(paid) == .refunding)
            await #expect(throws: Refusal.orderOver) { try await void(unpaid) }
            await #expect(throws: Refusal.orderOver) { try await void(paid) }
            let story = try await process.orders.events(orderID: unpaid, scope: .all)
            #expect(story.last?.note == "wrong evening")
            try await expectInvariants(in: database)
        }
    }

    @Test("A ticket gets another free seat at the same price; nobody loses one by it")
    func reseating() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 2)
            let process = try BookingProcess(database)
            let clerk = try await Self.clerk(of: world, in: database)
            let (id, tickets) = try await OrderRefundTests.paid(2, world, process, database)
            let rival = try await process.open([world.seatIDs[5]], of: world.showtimeIDs[0], by: world.buyers[1])
            func move(to seatID: Int64, version: Int64? = nil) async throws -> Ticket {
                try await database.withTransaction {
                    try await process.corrections.reseat(
                        tickets[0].id, to: seatID, version: version, actor: OrderActor(clerk.accountID, note: "broken"),
                        scope: .merchant(world.merchantID), in: $0)
                }.ticket
            }
            await #expect(throws: Refusal.seatTaken.about(seats: [world.seatIDs[5]])) { try await move(to: world.seatIDs[5]) }
            await #expect(throws: Refusal.seatTaken.about(seats: [world.seatIDs[1]])) { try await move(to: world.seatIDs[1]) }
            await #expect(throws: Refusal.seatNotInHall) { try await move(to: 999_999) }
            await #expect(throws: Refusal.stale) { try await move(to: world.seatIDs[6], version: 9) }
            let code = try process.seal.code(TicketPass(tickets[0]))
            let moved = try await move(to: world.seatIDs[6], version: tickets[0].version)
            #expect(moved.seat.id == world.seatIDs[6])
            #expect(moved.version == tickets[0].version + 1)
            // A seat that the order gave back can't become a ticket of it again.
            _ = try await process.refund(id, [tickets[1].id], world.buyers[0].accountID, in: database)
            await #expect(throws: Refusal.seatTaken.about(seats: [world.seatIDs[1]])) { try await move(to: world.seatIDs[1]) }
            // The seat of an order that has lapsed is taken over whole.
            try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second' WHERE id = \(rival)")
            #expect(try await move(to: world.seatIDs[5]).seat.id == world.seatIDs[5])
            #expect(try await process.orders.order(rival, scope: .all).state == .expired)
            let lines = try await process.orders.order(id, scope: .all).lines
            #expect(Set(lines.map(\.seatID)) == Set([world.seatIDs[5], world.seatIDs[1]]))
            try await expectInvariants(in: database)
            // The code of the seat before opens nothing.
            await #expect(throws: Refusal.ticketCodeOutdated) { try await Self.enter(code, clerk, world, process, database) }
            let zone = "UPDATE seats SET zone = 'vip' WHERE id = \(world.seatIDs[9])" as Query
            try await database.execute(zone)
            try await database.execute(
                "INSERT INTO showtime_prices (showtime_id, zone, price_fen) VALUES (\(world.showtimeIDs[0]), 'vip', 9900)")
            let fresh = try BookingProcess(database)
            await #expect(throws: Refusal.seatPriceDiffers.with("price_fen", .number(tickets[0].priceFen))) {
                try await database.withTransaction {
                    try await fresh.corrections.reseat(
                        tickets[0].id, to: world.seatIDs[9], version: nil, actor: .nobody, scope: .everybody, in: $0)
                }
            }
        }
    }

    @Test("Control: without the lock and the condition everybody comes in who has looked at the ticket before anybody noted it")
    func enteringControl() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let clerk = try await Self.clerk(of: world, in: database)
            let (_, tickets) = try await OrderRefundTests.paid(1, world, process, database)
            let unguarded = UnguardedEntry(database: database, everybodyHasLooked: Meeting(of: 10))
            let outcomes = await outcomes(0..<10) { _ in try await unguarded.enter(tickets[0].id, by: clerk) }
            #expect(outcomes.opened == 10)
            #expect(try await count("SELECT count(*) FROM tickets WHERE entered_at IS NOT NULL", in: database) == 1)
        }
    }

    @Test("One person comes in with a ticket, however many try at once; one that went back opens nothing")
    func entering() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let clerk = try await Self.clerk(of: world, in: database)
            let (id, tickets) = try await OrderRefundTests.paid(2, world, process, database)
            let codes = try tickets.map { try process.seal.code(TicketPass($0)) }
            let outcomes = await outcomes(0..<10) { _ in try await Self.enter(codes[0], clerk, world, process, database) }
            #expect(outcomes.opened == 1)
            #expect(Set(outcomes.refusals.keys) == [Refusal.alreadyEntered.code] && outcomes.errors.isEmpty)
            await expectRefusal(Refusal.ticketEntered.code) {
                try await process.refund(id, [tickets[0].id], world.buyers[0].accountID, in: database)
            }
            _ = try await process.refund(id, [tickets[1].id], world.buyers[0].accountID, in: database)
            await #expect(throws: Refusal.ticketVoid) { try await Self.enter(codes[1], clerk, world, process, database) }
            await #expect(throws: Refusal.ticketCodeInvalid) { try await Self.enter(codes[0] + "x", clerk, world, process, database) }
            let stranger = Principal(
                accountID: clerk.accountID, realm: .cinema, merchantID: world.merchantID + 1, permission: .everything,
                sessionID: clerk.sessionID)
            await #expect(throws: Refusal.ticketCodeInvalid) { try await Self.enter(codes[0], stranger, world, process, database) }
            let entered = try #require(try await TicketStore().ticket(tickets[0].id, scope: .everybody, in: database))
            #expect(entered.entry?.byAccountID == clerk.accountID)
            #expect(entered.entry?.place == "Door 1")
            #expect(entered.state == .valid)
        }
    }

    @Test("An entry that was a mistake is taken back within ten minutes, once, and the ticket lets its holder in again")
    func undoing() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let clerk = try await Self.clerk(of: world, in: database)
            let (id, tickets) = try await OrderRefundTests.paid(2, world, process, database)
            let code = try process.seal.code(TicketPass(tickets[0]))
            @Sendable func undo(_ ticket: Int = 0, version: Int64? = nil, scope: MerchantScope? = nil) async throws {
                try await database.withTransaction {
                    try await process.entries.undo(
                        tickets[ticket].id, version: version, scope: scope ?? clerk.scope, by: clerk.accountID, in: $0)
                }
            }
            await #expect(throws: Refusal.notEntered) { try await undo() }
            let entered = try await Self.enter(code, clerk, world, process, database)
            await #expect(throws: Refusal.stale) { try await undo(version: entered.version - 1) }
            await #expect(throws: Refusal.notFound) { try await undo(scope: .merchant(world.merchantID + 1)) }
            let outcomes = await outcomes(0..<8) { _ in try await undo() }
            #expect(outcomes.opened == 1)
            #expect(outcomes.refusals == [Refusal.notEntered.code: 7])
            let ticket = try #require(try await TicketStore().ticket(tickets[0].id, scope: .everybody, in: database))
            #expect(ticket.entry == nil)
            #expect(ticket.version == entered.version + 1)
            _ = try await Self.enter(code, clerk, world, process, database)
            try await database.execute("UPDATE tickets SET entered_at = entered_at - INTERVAL '599 seconds' WHERE entered_at IS NOT NULL")
            try await undo()
            _ = try await Self.enter(code, clerk, world, process, database)
            try await database.execute("UPDATE tickets SET entered_at = entered_at - INTERVAL '601 seconds' WHERE entered_at IS NOT NULL")
            await #expect(throws: Refusal.entryUndoOver) { try await undo() }
            _ = try await process.refund(id, [tickets[1].id], by: .cinema, clerk.accountID, in: database)
            await #expect(throws: Refusal.ticketVoid) { try await undo(1) }
            let story = try await process.orders.events(orderID: id, scope: .all).map(\.cause)
            #expect(story.count { $0 == "entered" } == 3)
            #expect(story.count { $0 == "entry_undone" } == 2)
            try await expectInvariants(in: database)
        }
    }

    @Test("Before the door opens and after it has closed nobody is let in without a reason, which is told in the order's story")
    func window() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let clerk = try await Self.clerk(of: world, in: database)
            let (id, tickets) = try await OrderRefundTests.paid(2, world, process, database)
            let codes = try tickets.map { try process.seal.code(TicketPass($0)) }
            func enter(_ ticket: Int, _ window: EntryWindow, because reason: String? = nil) async throws {
                let entries = TicketEntries(seal: process.seal, window: window)
                _ = try await database.withTransaction {
                    try await entries.enter(
                        code: codes[ticket], place: nil, overrideReason: reason, scope: clerk.scope, by: clerk.accountID, in: $0)
                }
            }
            // It begins in three hours.
            let early = await #expect(throws: Refusal.self) { try await enter(0, EntryWindow()) }
            #expect(early?.code == "entry_not_open")
            try await enter(0, EntryWindow(), because: "A wheelchair user needs the time")
            await expectRefusal(Refusal.alreadyEntered.code) { try await enter(0, EntryWindow()) }
            try await database.execute(
                "UPDATE showtimes SET starts_at = now() - INTERVAL '2 hours', ends_at = now(), occupied_until = now() + INTERVAL '1 hour'")
            let late = await #expect(throws: Refusal.self) { try await enter(1, EntryWindow()) }
            #expect(late?.code == "entry_closed")
            try await enter(1, EntryWindow(closesAfter: .seconds(3600)))
            let story = try await process.orders.events(orderID: id, scope: .all).filter { $0.cause == "entered" }
            #expect(story.map(\.note) == ["A wheelchair user needs the time", nil])
        }
    }

    /// A merchant's account, signed in.
    static func clerk(of world: BookingWorld, in database: PostgresPool) async throws -> Principal {
        let row = try await database.row(
            """
            WITH account AS (
                INSERT INTO accounts (realm, username, password_hash, permission, merchant_id)
                VALUES ('cinema', left('c' || replace(gen_random_uuid()::text, '-', ''), 32), 'none', 15, \(world.merchantID))
                RETURNING id
            )
            INSERT INTO sessions (token_sha256, account_id, realm, expires_at)
            SELECT sha256(('clerk' || id)::bytea), id, 'cinema', now() + INTERVAL '1 day'
            FROM account
            RETURNING id, account_id
            """
        ) { (sessionID: try $0["id"] as Int64, accountID: try $0["account_id"] as Int64) }
        let clerk = try #require(row)
        return Principal(
            accountID: clerk.accountID, realm: .cinema, merchantID: world.merchantID, permission: .everything, sessionID: clerk.sessionID)
    }

    private static func pay(
        _ id: UUID, _ means: CounterSales.Means, _ clerk: Principal, _ process: BookingProcess, _ database: PostgresPool
    ) async throws -> CounterSale {
        try await database.withTransaction {
            try await process.counterSales.pay(id, by: means, clerkID: clerk.accountID, scope: .all, in: $0)
        }
    }

    private static func enter(
        _ code: String, _ clerk: Principal, _ world: BookingWorld, _ process: BookingProcess, _ database: PostgresPool
    ) async throws -> Ticket {
        try await database.withTransaction {
            try await process.entries.enter(
                code: code, place: "Door 1", scope: clerk.scope, by: clerk.accountID, in: $0)
        }.ticket
    }
}
