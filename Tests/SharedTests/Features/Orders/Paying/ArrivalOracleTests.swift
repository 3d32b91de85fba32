import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

/// What a batch does, compared with the same notices settled one at a time on a second database.
@Suite("Notices in a batch and one at a time")
struct ArrivalOracleTests {
    @Test(
        "A batch of plain, late, repeated, wrong and unknown notices leaves the same rows and outcomes as one at a time", arguments: 0..<4)
    func sameAsAlone(round: Int) async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SplitMix(state: seed)
        let script = Script(using: &generator)
        let (batched, kept) = try await Self.handled(script, inOrder: nil)
        // The batch takes its own part first; the rest follows in its order.
        let order = batched.order
        let (alone, expected) = try await Self.handled(script, inOrder: order)
        #expect(batched.outcomes == alone.outcomes, "seed \(seed)")
        for (table, rows) in expected {
            #expect(kept[table] == rows, "\(table), seed \(seed)")
        }
        // Both ways had something to do.
        #expect(batched.inBatch > 2, "seed \(seed)")
        #expect(batched.inBatch < script.notices.count, "seed \(seed)")
    }

    private struct Settled {
        /// By notice.
        var outcomes: [PaymentFactOutcome]
        /// In which order the notices took effect.
        var order: [Int]
        var inBatch = 0
    }

    /// - Parameter order: one at a time in this order; `nil` for a batch.
    private static func handled(_ script: Script, inOrder order: [Int]?) async throws -> (Settled, [String: [String]]) {
        try await withTestDatabase { database in
            let process = try BookingProcess(database)
            let facts = try await script.setUp(process, database)
            var outcomes: [PaymentFactOutcome?] = Array(repeating: nil, count: facts.count)
            var settled = Settled(outcomes: [], order: order ?? [])
            var left = order ?? []
            if order == nil {
                let connection = try await PostgresConnection.connect(to: database.configuration.connection)
                let answers = try await NoticeBatchWork(payments: process.payments)
                    .perform(facts.map(WaitingNotice.init), isRepetition: false, on: connection)
                await connection.close()
                for (index, answer) in answers.enumerated() {
                    guard case .handled(let outcome) = try answer.get() else {
                        left.append(index)
                        continue
                    }
                    outcomes[index] = outcome
                    settled.order.append(index)
                }
                settled.inBatch = settled.order.count
                settled.order += left
            }
            for index in left { outcomes[index] = try await process.alone.handle(facts[index]) }
            settled.outcomes = outcomes.compactMap(\.self)
            #expect(settled.outcomes.count == facts.count)
            try await expectInvariants(in: database)
            return (settled, try await rows(of: database))
        }
    }

    /// What the tables say, without what chance and the clock decide. Orders are known by their seat, payments by their number.
    private static func rows(of database: PostgresPool) async throws -> [String: [String]] {
        let queries: [String: Query] = [
            "orders": """
            SELECT ROW(showtime_id, seat_ids, state, version, paid_at IS NULL, collection_code IS NULL, paid_by_payment_id)::text AS line
            FROM orders
            ORDER BY showtime_id, seat_ids, account_id
            """,
            "payments": """
            SELECT ROW(id, state, trade_no, succeeded_at IS NULL, closed_at IS NULL)::text AS line
            FROM payments
            ORDER BY id
            """,
            "events": """
            SELECT ROW(orders.showtime_id, orders.account_id, orders.seat_ids, array_agg(
                ROW(events.from_state, events.to_state, events.cause, events.actor_account_id, events.note)::text ORDER BY events.id
            ))::text AS line
            FROM order_events AS events
            JOIN orders ON orders.id = events.order_id
            GROUP BY orders.showtime_id, orders.account_id, orders.seat_ids
            ORDER BY orders.showtime_id, orders.account_id, orders.seat_ids
            """,
            "claims": """
            SELECT ROW(claims.showtime_id, claims.seat_id, orders.account_id)::text AS line
            FROM seat_claims AS claims
            JOIN orders ON orders.id = claims.order_id
            ORDER BY claims.showtime_id, claims.seat_id
            """,
            "tickets": """
            SELECT ROW(showtime_id, seat_id, price_fen, service_fee_fen, state)::text AS line
            FROM tickets
            ORDER BY showtime_id, seat_id, id
            """,
            "ledger": """
            SELECT ROW(payment_id, kind, refund_id IS NULL, accounts, amounts_fen)::text AS line
            FROM ledger_entries
            ORDER BY payment_id, kind
            """,
            "refunds": """
            SELECT ROW(payment_id, amount_fen, reason, state)::text AS line
            FROM refunds
            ORDER BY payment_id, id
            """,
            "notifications": """
            SELECT ROW(
                told.gateway, told.notify_id, payments.id, told.trade_no, told.trade_status, told.amount_fen, told.outcome
            )::text AS line
            FROM payment_notifications AS told
            LEFT JOIN payments ON payments.out_trade_no = told.out_trade_no
            ORDER BY told.notify_id, told.id
            """,
            "outbox": """
            SELECT ROW(outbox.kind, payments.id)::text AS line
            FROM outbox
            LEFT JOIN payments ON payments.out_trade_no = outbox.payload ->> 'outTradeNo'
            ORDER BY outbox.kind, payments.id
            """,
        ]
        var rows: [String: [String]] = [:]
        for (table, query) in queries {
            rows[table] = try await database.rows(query) { try $0["line"] as String }
        }
        return rows
    }
}

/// Orders in all kinds of states and what the gateway says about them.
private struct Script: Sendable {
    enum State: CaseIterable {
        case waiting, twicePayable, claimed, closedPayment, expired, expiredAndTaken, cancelled, paid
    }

    enum Word: CaseIterable {
        case paid, finished, paidSecond, wrongAmount, elsewhere, unknown, refund, stillWaiting, closed
    }

    let states: [State]
    /// About which order, what, and under which id the gateway keeps it.
    let notices: [(order: Int, word: Word, id: Int?)]

    init(using generator: inout SplitMix) {
        // One of each, then plain ones, so that every mix has something of all.
        states = State.allCases.shuffled(using: &generator) + Array(repeating: .waiting, count: 8)
        var notices: [(order: Int, word: Word, id: Int?)] = []
        for order in states.indices {
            for _ in 0..<Int.random(in: 1...2, using: &generator) {
                let isPlain = Int.random(in: 0..<3, using: &generator) > 0
                let word = isPlain ? .paid : Word.allCases.randomElement(using: &generator) ?? .paid
                let id = Bool.random(using: &generator) ? notices.count : nil
                notices.append((order, word, id))
                // The gateway repeats itself.
                if Int.random(in: 0..<5, using: &generator) == 0 { notices.append((order, word, id)) }
            }
        }
        self.notices = notices.shuffled(using: &generator)
    }

    /// Brings the orders about; the same each time.
    func setUp(_ process: BookingProcess, _ database: PostgresPool) async throws -> [PaymentFact] {
        let world = try await BookingWorld(in: database, showtimes: 3, buyers: states.count * 2)
        var payments: [[Payment]] = []
        for (index, state) in states.enumerated() {
            let (buyer, showtimeID) = (world.buyers[index], world.showtimeIDs[index % 3])
            let seats = [world.seatIDs[index * 2], world.seatIDs[index * 2 + 1]]
            let id = try await process.open(seats, of: showtimeID, by: buyer)
            var own = [try #require(try await process.startPayment(id, by: buyer, in: database))]
            switch state {
            case .waiting: break
            case .twicePayable, .paid:
                own.append(try #require(try await process.startPayment(id, by: buyer, in: database)))
                if state == .paid { #expect(try await process.alone.handle(fact(.paid, own, of: [own], id: nil)) == .paid) }
            case .claimed:
                _ = try await database.withTransaction {
                    try await process.orders.claimPayment(of: id, by: buyer.accountID, in: $0)
                }
            case .closedPayment:
                try await process.payments.markClosed(own[0], in: database)
            case .expired, .expiredAndTaken:
                try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second' WHERE id = \(id)")
                try await process.sweeper.sweep()
                if state == .expiredAndTaken {
                    _ = try await process.open([seats[0]], of: showtimeID, by: world.buyers[states.count + index])
                }
            case .cancelled:
                try await database.withTransaction { try await process.orders.cancel(id, by: buyer.accountID, in: $0) }
            }
            payments.append(own)
        }
        return notices.enumerated().map { index, notice in fact(notice.word, payments[notice.order], of: payments, id: notice.id) }
    }

    private func fact(_ word: Word, _ own: [Payment], of all: [[Payment]], id: Int?) -> PaymentFact {
        let payment = word == .paidSecond ? own[own.count - 1] : own[0]
        let status: TradeStatus =
            switch word {
            case .stillWaiting: .waiting
            case .closed: .closed
            case .finished: .finished
            default: .succeeded
            }
        return PaymentFact(
            gateway: payment.gateway,
            origin: .notice(id: id.map { "N\($0)" }),
            outTradeNo: word == .unknown ? Self.unknown : payment.outTradeNo,
            tradeNo: word == .elsewhere ? "T\(all[0][0].id)" : "T\(payment.id)",
            status: status,
            amountFen: payment.amountFen + (word == .wrongAmount ? 1 : 0),
            refund: word == .refund ? PaymentFact.RefundNews(totalFen: 1, requestNumber: nil) : nil
        )
    }

    private static let unknown = TradeNumber.make(at: Date())
}
