import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("Refunds of payments of which money went back in the gateway's own console")
struct ForeignRefundTests {
    /// Everything by which money goes back.
    enum Way: CaseIterable, Sendable {
        case buyer, platform, cancelledShowtime, latePayment, duplicatePayment, wrongAmount
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let way: Way
        /// Whether all of the payment went back in the console.
        let isWhole: Bool
        let isDecided: Bool

        var testDescription: String { "\(way), \(isWhole ? "whole" : "partial"), \(isDecided ? "decided" : "undecided")" }

        static let all = Way.allCases.flatMap { way in
            [true, false].flatMap { isWhole in [true, false].map { Case(way: way, isWhole: isWhole, isDecided: $0) } }
        }
    }

    private struct World: Sendable {
        let database: PostgresPool
        let booking: BookingWorld
        let process: BookingProcess
        let support: PaymentSupport
        let officer: OrderActor

        func handle(_ fact: PaymentFact, _ outcome: PaymentFactOutcome, _ line: SourceLocation = #_sourceLocation) async throws {
            let told = try await process.arrivals.handle(fact)
            #expect(told == outcome, sourceLocation: line)
        }

        func payment(_ fact: PaymentFact) async throws -> Payment {
            try #require(try await process.payments.payment(outTradeNo: fact.outTradeNo, in: database))
        }

        func release(_ orderID: UUID) async throws {
            _ = try await database.withTransaction { try await support.release(orderID, actor: officer, in: $0) }
        }

        func balance(_ account: String) async throws -> Int64 {
            try #require(
                try await database.row(
                    "SELECT coalesce(sum(amount_fen), 0)::bigint AS fen FROM ledger_lines WHERE account = \(account)"
                ) { try $0["fen"] as Int64 })
        }

        func preview(_ orderID: UUID, by requester: RefundRequester) async throws -> RefundPreview {
            try await process.refunds.preview(orderID, ticketIDs: nil, by: requester, scope: .all, in: database)
        }

        func outbox() async throws -> Int {
            try await count("SELECT count(*) FROM outbox WHERE kind = 'payment_refund'", in: database)
        }
    }

    private func run(_ body: (World, PaymentFact) async throws -> Void) async throws {
        try await withTestDatabase { database in
            let booking = try await BookingWorld(in: database, buyers: 2)
            let process = try BookingProcess(database)
            let world = World(
                database: database, booking: booking, process: process, support: PaymentSupport(payments: process.payments),
                officer: OrderActor(booking.buyers[0].accountID, note: "goodwill"))
            try await body(world, try await process.waitingOrders(1, in: booking, database)[0])
            try await expectInvariants(in: database)
        }
    }

    private func changed(_ fact: PaymentFact, amountFen: Int64? = nil, refundedFen: Int64? = nil) -> PaymentFact {
        let amountFen = amountFen ?? fact.amountFen
        return PaymentFact(
            gateway: fact.gateway, origin: fact.origin, outTradeNo: fact.outTradeNo, tradeNo: fact.tradeNo,
            status: refundedFen == amountFen ? .closed : fact.status, amountFen: amountFen,
            refund: refundedFen.map { PaymentFact.RefundNews(totalFen: $0, requestNumber: nil) }, paidAt: fact.paidAt)
    }

    /// Brings the payment and the console's refund, in the order in which they would come.
    private func arrive(_ told: PaymentFact, _ news: PaymentFact, _ now: Case, of id: UUID, in world: World) async throws {
        switch now.way {
        case .buyer, .platform, .cancelledShowtime:
            try await world.handle(told, .paid)
            try await world.handle(news, .refundNoticed)
        case .wrongAmount:
            try await world.handle(told, .amountMismatch)
            try await world.handle(news, .refundNoticed)
        case .latePayment:
            try await world.database.withTransaction {
                try await world.process.orders.cancel(id, by: world.booking.buyers[0].accountID, in: $0)
            }
            try await world.handle(news, .refundNoticed)
        case .duplicatePayment:
            let second = try #require(try await world.process.startPayment(id, by: world.booking.buyers[0], in: world.database))
            try await world.handle(world.process.fact(about: second), .paid)
            try await world.handle(news, .refundNoticed)
        }
        if now.isDecided { try await world.release(id) }
    }

    private func sendBack(_ told: PaymentFact, _ now: Case, of id: UUID, in world: World) async throws {
        let accountID = world.booking.buyers[0].accountID
        switch now.way {
        case .buyer, .platform:
            let requester: RefundRequester = now.way == .buyer ? .buyer : .platform
            let preview = try await world.preview(id, by: requester)
            let refund = try await world.process.refund(id, nil, by: requester, accountID, in: world.database).refund
            #expect(preview.sentFen == refund.sentFen && preview.foreignFen == refund.foreignFen)
        case .cancelledShowtime:
            let showtimeID = world.booking.showtimeIDs[0]
            try await world.database.withTransaction { transaction in
                try await transaction.execute("UPDATE showtimes SET cancelled_at = now(), version = version + 1 WHERE id = \(showtimeID)")
                try await world.process.showtimeOrders.cancelAll(showtimeID: showtimeID, by: accountID, in: transaction)
            }
        case .latePayment: try await world.handle(told, .lateRefunding)
        case .duplicatePayment: try await world.handle(told, .duplicateRefunding)
        case .wrongAmount:
            let notice = try #require(
                try await world.database.row("SELECT id FROM payment_notifications WHERE outcome = 'amount_mismatch'") {
                    try $0["id"] as Int64
                })
            _ = try await world.database.withTransaction {
                try await world.support.refundWrongAmount(notice, actor: world.officer, in: $0)
            }
        }
    }

    @Test("They send what the gateway still holds, and the rest is settled at once", arguments: Case.all)
    func sent(_ now: Case) async throws {
        try await run { world, fact in
            let told = now.way == .wrongAmount ? changed(fact, amountFen: 700) : fact
            let consoleFen = now.isWhole ? told.amountFen : 100
            let news = changed(told, refundedFen: consoleFen)
            let id = try await world.payment(fact).orderID
            try await arrive(told, news, now, of: id, in: world)
            if now.way == .buyer, !now.isDecided {
                await #expect(throws: Refusal.orderNeedsAttention) { try await world.preview(id, by: .buyer) }
                await #expect(throws: Refusal.orderNeedsAttention) { try await sendBack(told, now, of: id, in: world) }
                return
            }
            try await sendBack(told, now, of: id, in: world)
            let refund = try #require(try await world.process.payments.refunds(orderID: id, in: world.database).first)
            #expect(refund.sentFen == min(refund.amountFen, told.amountFen - consoleFen))
            #expect(refund.state == (now.isWhole ? .succeeded : .requested))
            #expect(try await world.outbox() == (now.isWhole ? 0 : 1))
            #expect(try await world.balance("refunds:payable") == -(now.isWhole ? 0 : refund.sentFen))
            #expect(try await world.balance("refunds:foreign") == consoleFen - refund.foreignFen)
            try await expectInvariants(in: world.database)
            try await world.process.alone.handle(refunded: refund)
            #expect(try await world.balance("refunds:payable") == 0)
            let state = try await world.process.orders.order(id, scope: .all).state
            switch now.way {
            case .buyer, .platform, .cancelledShowtime, .latePayment: #expect(state == .refunded)
            case .duplicatePayment: #expect(state == .paid)
            case .wrongAmount: #expect(state == .pendingPayment)
            }
            // The gateway tells the sum of both.
            try await world.handle(changed(told, refundedFen: consoleFen + refund.sentFen), .refundNoticed)
            #expect(try await world.payment(fact).foreignFen == consoleFen)
        }
    }

    @Test("A payment whose attention was decided before it came is entered with what had gone back of it")
    func decidedBefore() async throws {
        try await run { world, fact in
            try await world.handle(changed(fact, refundedFen: 100), .refundNoticed)
            try await world.release(try await world.payment(fact).orderID)
            try await world.handle(fact, .paid)
            #expect(try await world.balance("refunds:foreign") == 100)
        }
    }

    @Test("A gateway that says that more went back than came is recorded and not believed", arguments: [true, false])
    func contradiction(isPaid: Bool) async throws {
        try await run { world, fact in
            if isPaid { try await world.handle(fact, .paid) }
            for told in [fact, changed(fact, amountFen: 7)] {
                try await world.handle(changed(told, refundedFen: told.amountFen + 1), .refundExceedsPayment)
            }
            #expect(try await world.payment(fact).foreignFen == 0)
            let noted = try await count("SELECT count(*) FROM order_attentions", in: world.database)
            let recorded = try await count(
                "SELECT count(*) FROM payment_notifications WHERE outcome = 'refund_exceeds_payment'", in: world.database)
            #expect(noted == 0 && recorded == 2)
            #expect(try await world.balance("refunds:foreign") == 0)
        }
    }

    @Test(
        "One that the gateway refuses is counted as done by an administrator's word, with its entry; no other is",
        arguments: [true, false])
    func sentElsewhere(isTold: Bool) async throws {
        try await run { world, fact in
            try await world.handle(fact, .paid)
            let id = try await world.payment(fact).orderID
            let refund = try await world.process.refund(id, nil, by: .platform, world.officer.accountID ?? 0, in: world.database).refund
            func settle(_ refundID: Int64) async throws -> OrderRefund {
                try await world.database.withTransaction {
                    try await world.support.markSentElsewhere(refundID, of: id, actor: world.officer, in: $0)
                }
            }
            // All of it went back in the console while ours was on its way. The gateway tells the sum, which may be ours.
            let news = changed(fact, refundedFen: fact.amountFen)
            if isTold { try await world.handle(news, .refundNoticed) }
            #expect(try await world.payment(fact).foreignFen == 0)
            await #expect(throws: Refusal.refundNotRefused) { try await settle(refund.id) }
            await #expect(throws: Refusal.notFound) { try await settle(refund.id + 1) }
            try await world.database.execute("UPDATE refunds SET refused_at = now()")
            let done = try await settle(refund.id)
            #expect(done.refund.state == .succeeded && done.refund.sentFen == 0 && done.ticketIDs.count == 1)
            await #expect(throws: Refusal.refundNotRefused) { try await settle(refund.id) }
            #expect(try await world.process.orders.order(id, scope: .all).state == .refunded)
            #expect(try await world.process.orders.events(orderID: id, scope: .all).last?.note == "goodwill")
            #expect(try await world.balance("refunds:payable") == 0)
            #expect(try await world.balance("refunds:foreign") == (isTold ? 0 : -refund.amountFen))
            // The gateway says so, once or once more.
            try await world.handle(news, .refundNoticed)
            #expect(try await world.balance("refunds:foreign") == 0)
            #expect(try await world.balance("gateway:\(fact.gateway)") == 0)
            #expect(try await world.payment(fact).foreignFen == fact.amountFen)
            let notedFen = try await count("SELECT sum(foreign_fen)::bigint AS count FROM order_attentions", in: world.database)
            #expect(notedFen == Int(fact.amountFen))
        }
    }
}
