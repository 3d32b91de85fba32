import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("What is kept of each showtime's tickets")
struct ShowtimeFiguresTests {
    @Test("After whatever issues or voids tickets the figures are the plain sums over them", arguments: 0..<4)
    func randomLives(round: Int) async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var chance = SplitMix(state: seed)
        try await withTestDatabase { database in
            var life = try await RandomSales(in: database)
            for step in 0..<40 {
                let what = try await life.step(using: &chance)
                try await expectFigures(in: database, "seed \(seed), step \(step): \(what)")
            }
            try await expectInvariants(in: database)
            let total = try await Rankings().boxOffice(by: .total, page: PageRequest(), in: database).items.first
            let sold = try await count("SELECT count(*) FROM tickets WHERE state <> 'refunded'", in: database)
            #expect((total?.tickets ?? 0) == Int64(sold), "seed \(seed)")
        }
    }

    @Test("Payments, sales at the counter and refunds of one showtime at once, through two processes, leave the plain sums")
    func race() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, rows: 6, columns: 10, buyers: 20)
            let processes = [try BookingProcess(database), try BookingProcess(database)]
            let clerk = try await CounterSaleTests.clerk(of: world, in: database)
            var sold: [(id: UUID, tickets: [Ticket])] = []
            for buyer in 0..<8 {
                let (id, tickets) = try await OrderRefundTests.paid(2, world, processes[0], database, buyer: buyer, from: buyer * 2)
                sold.append((id, tickets))
            }
            let before = sold
            let outcomes = await outcomes(0..<32) { index in
                let process = processes[index % 2]
                if index < 16 {
                    // Both tickets of an order, each by itself.
                    let (id, tickets) = before[index / 2]
                    _ = try await process.refund(id, [tickets[index % 2].id], by: .cinema, clerk.accountID, in: database)
                } else if index < 28 {
                    let buyer = world.buyers[index - 8]
                    let id = try await process.open([world.seatIDs[index]], of: world.showtimeIDs[0], by: buyer)
                    #expect(try await process.pay(id, by: buyer, in: database) == .paid)
                } else {
                    let id = try await process.open([world.seatIDs[index]], of: world.showtimeIDs[0], by: clerk, channel: .counter)
                    _ = try await database.withTransaction {
                        try await process.counterSales.pay(id, by: .cash, clerkID: clerk.accountID, scope: .all, in: $0)
                    }
                }
            }
            #expect(outcomes.opened == 32, "\(outcomes.refusals) \(outcomes.errors)")
            try await expectInvariants(in: database)
            #expect(try await count("SELECT orders AS count FROM showtime_figures", in: database) == 16)
        }
    }

    /// The lock of the showtime and the constraint each hide the race, so both go.
    @Test("Control: without the lock two tickets of an order that go back at once leave an order without tickets in the figures")
    func control() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let (_, tickets) = try await OrderRefundTests.paid(2, world, process, database)
            try await database.execute("ALTER TABLE showtime_figures DROP CONSTRAINT showtime_figures_check")
            let held = try await HeldLock("SELECT FROM showtime_figures FOR UPDATE", in: database.configuration.connection)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for ticket in tickets {
                    group.addTask { try await database.withTransaction { try await TicketStore().refund([ticket.id], in: $0) } }
                }
                // Both have looked at the order's other ticket, and wait to write.
                let first = try await held.blocked()
                _ = try await held.waiter(for: first)
                await held.release()
                try await group.waitForAll()
            }
            let figures = try await database.row("SELECT tickets, orders FROM showtime_figures") {
                (tickets: try $0["tickets"] as Int, orders: try $0["orders"] as Int)
            }
            #expect(figures?.tickets == 0)
            #expect(figures?.orders == 1)
        }
    }

    @Test("A recount finds what was changed, taken away and added behind the books, over several slices, and corrects it")
    func verification() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, showtimes: 5, buyers: 4)
            let process = try BookingProcess(database)
            for (index, buyer) in world.buyers.enumerated() {
                let id = try await process.open([world.seatIDs[index]], of: world.showtimeIDs[index], by: buyer)
                #expect(try await process.pay(id, by: buyer, in: database) == .paid)
            }
            let verification = FigureVerification(sliceSize: 2)
            func wrong() async throws -> [CountedShowtime] {
                var found: [CountedShowtime] = []
                let counted = try await verification.run(in: database) { found.append($0) }
                #expect(counted == 5)
                return found
            }
            #expect(try await wrong().isEmpty)
            try await database.execute(
                "UPDATE showtime_figures SET box_office_fen = box_office_fen + 1 WHERE showtime_id = \(world.showtimeIDs[0])")
            try await database.execute(
                "UPDATE showtime_figures SET business_day = business_day + 1 WHERE showtime_id = \(world.showtimeIDs[1])")
            try await database.execute("DELETE FROM showtime_figures WHERE showtime_id = \(world.showtimeIDs[2])")
            try await database.execute(
                """
                INSERT INTO showtime_figures
                SELECT \(world.showtimeIDs[4])::bigint, business_day, movie_id, cinema_id, city_id, 1, 1, 4500, 300
                FROM showtime_figures
                LIMIT 1
                """)
            let found = try await wrong()
            #expect(found.map(\.showtimeID) == [0, 1, 2, 4].map { world.showtimeIDs[$0] })
            #expect(found.map { $0.kept?.boxOfficeFen } == [4501, 4500, nil, 4500])
            #expect(found.map(\.counted.tickets) == [1, 1, 1, 0])
            for showtime in found {
                try await database.withTransaction { try await verification.correct(showtimeID: showtime.showtimeID, in: $0) }
            }
            #expect(try await wrong().isEmpty)
            try await expectFigures(in: database)
        }
    }
}

/// People and clerks who buy, collect, move and give back by chance, one at a time.
private struct RandomSales {
    private let database: PostgresPool
    private let world: BookingWorld
    private let process: BookingProcess
    private let clerk: Principal
    private var paid: [UUID] = []
    private var cancelled: Set<Int64> = []

    init(in database: PostgresPool) async throws {
        self.database = database
        world = try await BookingWorld(in: database, showtimes: 3, rows: 6, columns: 10, buyers: 12)
        process = try BookingProcess(database)
        clerk = try await CounterSaleTests.clerk(of: world, in: database)
    }

    /// - Returns: what was done.
    mutating func step(using chance: inout SplitMix) async throws -> String {
        let kind = Int.random(in: 0..<20, using: &chance)
        switch kind {
        case 0..<5: return try await buy("paid by a notice", using: &chance) { try await $0.arrivals.handle($1) }
        case 5..<7: return try await buy("paid alone", using: &chance) { try await $0.alone.handle($1) }
        case 7: return try await buyLate(using: &chance)
        case 8..<11: return try await buyAtCounter(using: &chance)
        case 11..<15: return try await giveBack(using: &chance)
        case 15: return try await collect(using: &chance)
        case 16: return try await void(using: &chance)
        case 17, 18: return try await reseat(using: &chance)
        default: return try await cancelShowtime(using: &chance)
        }
    }

    private func wish(using chance: inout SplitMix) -> (showtimeID: Int64, seats: [Int64], buyer: Principal) {
        let first = Int.random(in: 0..<world.seatIDs.count - 3, using: &chance)
        let seats = Array(world.seatIDs[first..<(first + Int.random(in: 1...3, using: &chance))])
        let showtimeID = world.showtimeIDs.randomElement(using: &chance) ?? 0
        return (showtimeID, seats, world.buyers.randomElement(using: &chance) ?? world.buyers[0])
    }

    private mutating func buy(
        _ what: String, using chance: inout SplitMix, settle: (BookingProcess, PaymentFact) async throws -> PaymentFactOutcome
    ) async throws -> String {
        let wish = wish(using: &chance)
        do {
            let id = try await process.open(wish.seats, of: wish.showtimeID, by: wish.buyer)
            guard let payment = try await process.startPayment(id, by: wish.buyer, in: database) else { return "no payment" }
            guard try await settle(process, process.fact(about: payment)) == .paid else { return "not paid" }
            paid.append(id)
            return what
        } catch is Refusal {
            return "refused"
        }
    }

    /// Money comes for an order that has expired: it is revived, or the money goes back.
    private mutating func buyLate(using chance: inout SplitMix) async throws -> String {
        let wish = wish(using: &chance)
        do {
            let id = try await process.open(wish.seats, of: wish.showtimeID, by: wish.buyer)
            guard let payment = try await process.startPayment(id, by: wish.buyer, in: database) else { return "no payment" }
            try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second' WHERE id = \(id)")
            try await process.sweeper.sweep()
            let outcome = try await process.arrivals.handle(process.fact(about: payment))
            if outcome == .latePaid { paid.append(id) }
            return "late: \(outcome)"
        } catch is Refusal {
            return "refused"
        }
    }

    private mutating func buyAtCounter(using chance: inout SplitMix) async throws -> String {
        let wish = wish(using: &chance)
        do {
            let id = try await process.open(wish.seats, of: wish.showtimeID, by: clerk, channel: .counter)
            _ = try await database.withTransaction {
                try await process.counterSales.pay(id, by: .cash, clerkID: clerk.accountID, scope: .all, in: $0)
            }
            paid.append(id)
            return "paid at the counter"
        } catch is Refusal {
            return "refused"
        }
    }

    private func giveBack(using chance: inout SplitMix) async throws -> String {
        guard let id = paid.randomElement(using: &chance) else { return "nothing to give back" }
        let valid = try await process.orders.tickets(orderID: id, scope: .all).tickets.filter { $0.state == .valid }
        let chosen = valid.shuffled(using: &chance).prefix(Int.random(in: 1...3, using: &chance)).map(\.id)
        let isWhole = Bool.random(using: &chance) || chosen.isEmpty
        let isPaidBack = Bool.random(using: &chance)
        do {
            let refund = try await process.refund(id, isWhole ? nil : chosen, by: .cinema, clerk.accountID, in: database)
            if isPaidBack { try await process.alone.handle(refunded: refund.refund) }
            return "\(refund.ticketIDs.count) tickets given back"
        } catch is Refusal {
            return "refused"
        }
    }

    private func collect(using chance: inout SplitMix) async throws -> String {
        guard let id = paid.randomElement(using: &chance) else { return "nothing to collect" }
        return try await unlessRefused("collected") { transaction in
            let tickets = try await process.orders.tickets(orderID: id, scope: .all)
            let code = try #require(CollectionCode(typed: tickets.collectionCode))
            _ = try await process.orders.collect(
                code: code, place: nil, scope: .everybody, by: clerk.accountID, in: transaction)
        }
    }

    private func void(using chance: inout SplitMix) async throws -> String {
        guard let id = paid.randomElement(using: &chance) else { return "nothing to void" }
        return try await unlessRefused("voided") { transaction in
            _ = try await process.corrections.void(
                id, by: .platform, actor: OrderActor(clerk.accountID, note: "why"), scope: .all, in: transaction)
        }
    }

    private func reseat(using chance: inout SplitMix) async throws -> String {
        guard let id = paid.randomElement(using: &chance), let seatID = world.seatIDs.randomElement(using: &chance) else {
            return "nothing to move"
        }
        guard let ticket = try await process.orders.tickets(orderID: id, scope: .all).tickets.first else { return "no ticket" }
        return try await unlessRefused("moved") { transaction in
            _ = try await process.corrections.reseat(
                ticket.id, to: seatID, version: nil, actor: OrderActor(clerk.accountID, note: "why"), scope: .everybody, in: transaction)
        }
    }

    private mutating func cancelShowtime(using chance: inout SplitMix) async throws -> String {
        // One showtime stays on.
        guard cancelled.count + 1 < world.showtimeIDs.count else { return "no showtime to cancel" }
        let showtimeID = world.showtimeIDs.filter { !cancelled.contains($0) }.randomElement(using: &chance) ?? 0
        cancelled.insert(showtimeID)
        try await database.withTransaction { transaction in
            try await transaction.execute("UPDATE showtimes SET cancelled_at = now(), version = version + 1 WHERE id = \(showtimeID)")
            try await process.showtimeOrders.cancelAll(showtimeID: showtimeID, by: clerk.accountID, in: transaction)
        }
        return "showtime cancelled"
    }

    private func unlessRefused(_ what: String, _ body: @Sendable (PostgresTransaction) async throws -> Void) async throws -> String {
        do {
            try await database.withTransaction { try await body($0) }
            return what
        } catch is Refusal {
            return "refused"
        }
    }
}

/// The figures of all showtimes against the plain sums of their tickets, added up here.
func expectFigures(in database: PostgresPool, _ comment: String = "", location: SourceLocation = #_sourceLocation) async throws {
    struct Sums: Hashable {
        var tickets: Int64 = 0
        var orders: Set<UUID> = []
        var boxOfficeFen: Int64 = 0
        var serviceFeeFen: Int64 = 0

        var line: [Int64] { [tickets, Int64(orders.count), boxOfficeFen, serviceFeeFen] }
    }
    var sums: [Int64: Sums] = [:]
    let tickets = try await database.rows(
        """
        SELECT tickets.showtime_id, tickets.order_id, tickets.price_fen + tickets.others_fen AS credited_fen, tickets.service_fee_fen
        FROM tickets
        JOIN orders ON orders.id = tickets.order_id
        WHERE tickets.state IN ('valid', 'collected')
            AND orders.state IN ('paid', 'collected')
        """
    ) { row in
        (
            showtimeID: try row["showtime_id"] as Int64, orderID: try row["order_id"] as UUID,
            creditedFen: try row["credited_fen"] as Int64,
            feeFen: try row["service_fee_fen"] as Int64
        )
    }
    for ticket in tickets {
        sums[ticket.showtimeID, default: Sums()].tickets += 1
        sums[ticket.showtimeID, default: Sums()].orders.insert(ticket.orderID)
        sums[ticket.showtimeID, default: Sums()].boxOfficeFen += ticket.creditedFen
        sums[ticket.showtimeID, default: Sums()].serviceFeeFen += ticket.feeFen
    }
    let kept = try await database.rows(
        """
        SELECT
            figures.showtime_id, figures.tickets, figures.orders, figures.box_office_fen, figures.service_fee_fen,
            (figures.business_day, figures.movie_id, figures.cinema_id)
                = (showtimes.business_day, showtimes.movie_id, showtimes.cinema_id) AS belongs
        FROM showtime_figures AS figures
        JOIN showtimes ON showtimes.id = figures.showtime_id
        """
    ) { row in
        #expect(try row["belongs"] as Bool, "\(comment)", sourceLocation: location)
        let line: [Int64] = [
            try row["tickets"], try row["orders"], try row["box_office_fen"], try row["service_fee_fen"],
        ]
        return (try row["showtime_id"] as Int64, line)
    }
    let expected = sums.mapValues(\.line)
    let figures = Dictionary(kept) { first, _ in first }.filter { $0.value != [0, 0, 0, 0] }
    #expect(figures == expected, "\(comment)", sourceLocation: location)
}
