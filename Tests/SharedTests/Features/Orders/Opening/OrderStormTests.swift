import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("Everything at once")
struct OrderStormTests {
    /// Overlapping choices of several seats on several showtimes through two processes, while orders are paid, cancelled, expired and swept.
    @Test("A storm of bookings, payments, cancellations and expiries leaves whole orders only, and no deadlock")
    func storm() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, showtimes: 4, rows: 3, columns: 8, buyers: 60, seatLimit: 6)
            // Orders of the first process are held to the end, those of the second lapse in the middle of everything.
            let processes = [
                try BookingProcess(database),
                try BookingProcess(database, limits: OrderConfiguration(holdTime: .milliseconds(60), claimGrace: .milliseconds(60))),
            ]
            let outcomes = await outcomes(world.buyers.enumerated()) { index, buyer in
                try await Self.live(as: buyer, number: index, in: world, processes[index % 2], database)
            }
            #expect(outcomes.errors.isEmpty, "\(outcomes.errors.first ?? "")")
            #expect(outcomes.opened == 60)
            try await expectInvariants(in: database)
            try await database.execute("UPDATE orders SET expires_at = created_at WHERE state = 'pending_payment'")
            try await processes[0].sweeper.sweep()
            try await expectInvariants(in: database)
            for cause in ["opened", "payment_confirmed", "cancelled_by_buyer", "lapsed"] {
                let times = try await count("SELECT count(*) FROM order_events WHERE cause = \(cause)", in: database)
                #expect(times > 0, "nothing was \(cause)")
            }
            let deadlocks = try await database.row(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            ) { try $0["deadlocks"] as Int }
            #expect(deadlocks == 0)
        }
    }

    /// Twelve rounds of one buyer: three seats beside each other, then one of four fates.
    private static func live(
        as buyer: Principal,
        number: Int,
        in world: BookingWorld,
        _ process: BookingProcess,
        _ database: PostgresPool
    ) async throws {
        for round in 0..<12 {
            let showtimeID = world.showtimeIDs[(number + round) % world.showtimeIDs.count]
            let first = (number * 5 + round * 7) % (world.seatIDs.count - 3)
            let id: UUID
            do {
                id = try await process.open(Array(world.seatIDs[first..<first + 3]), of: showtimeID, by: buyer)
            } catch is Refusal {
                // Taken, or at a limit. Nothing may have changed; the invariants tell.
                _ = try await process.sweeper.sweep()
                continue
            }
            switch (number + round) % 4 {
            case 0:
                try await ignoringRefusals {
                    try await database.withTransaction { try await process.orders.cancel(id, by: buyer.accountID, in: $0) }
                }
            case 1:
                try await process.pay(id, by: buyer, in: database)
            case 2:
                try await ignoringRefusals {
                    try await process.pay(id, by: buyer, in: database)
                    try await database.withTransaction { try await process.orders.cancel(id, by: buyer.accountID, in: $0) }
                }
            default:
                _ = try await process.sweeper.sweep()
            }
        }
    }
}

/// What must hold after anything.
func expectInvariants(in database: PostgresPool) async throws {
    #expect(
        try await count(
            """
            SELECT count(*)
            FROM tickets
            WHERE state <> 'refunded'
            GROUP BY showtime_id, seat_id
            HAVING count(*) > 1
            """, in: database) == -1, "a seat has two tickets that count")
    #expect(
        try await count(
            """
            SELECT count(*)
            FROM orders
            WHERE state IN ('pending_payment', 'paid_unconfirmed', 'paid', 'collected')
                AND cardinality(seat_ids) - cardinality(refunded_seat_ids) <> (
                    SELECT count(*)
                    FROM seat_claims
                    WHERE seat_claims.order_id = orders.id
                        AND seat_claims.seat_id = ANY (orders.seat_ids)
                        AND seat_claims.seat_id <> ALL (orders.refunded_seat_ids)
                )
            """, in: database) == 0, "a live order lacks a claim")
    #expect(
        try await count(
            """
            SELECT count(*)
            FROM seat_claims
            JOIN orders ON orders.id = seat_claims.order_id
            WHERE orders.state NOT IN ('pending_payment', 'paid_unconfirmed', 'paid', 'collected')
            """, in: database) == 0, "an ended order still claims")
    #expect(
        try await count(
            """
            SELECT count(*)
            FROM orders
            WHERE state IN ('paid', 'collected')
                AND cardinality(seat_ids) - cardinality(refunded_seat_ids) <> (
                    SELECT count(*)
                    FROM tickets
                    WHERE order_id = orders.id
                        AND state <> 'refunded'
                        AND seat_id = ANY (orders.seat_ids)
                )
            """, in: database) == 0, "a paid order lacks a ticket")
    #expect(
        try await count(
            """
            SELECT count(*)
            FROM payments
            JOIN orders ON orders.id = payments.order_id
            WHERE payments.state = 'succeeded'
                AND orders.state NOT IN ('paid', 'collected')
                AND NOT EXISTS (SELECT FROM refunds WHERE refunds.payment_id = payments.id)
            """, in: database) == 0, "money was taken for nothing")
    #expect(
        try await count(
            """
            SELECT count(*)
            FROM orders
            WHERE (
                SELECT to_state
                FROM order_events
                WHERE order_id = orders.id
                ORDER BY id DESC
                LIMIT 1
            ) <> state
            """, in: database) == 0, "an order's story ends elsewhere")
    try await expectBooks(in: database)
    try await expectFigures(in: database)
}

/// The ledger against the plain sums of payments, refunds and tickets.
func expectBooks(in database: PostgresPool) async throws {
    #expect(
        try await count(
            """
            SELECT coalesce(sum(amount_fen), 0)::bigint AS count
            FROM ledger_lines
            """, in: database) == 0, "the ledger doesn't balance")
    #expect(
        try await count(
            """
            SELECT (
                (SELECT coalesce(sum(amount_fen), 0) FROM payments WHERE state = 'succeeded')
                + (SELECT coalesce(sum(wrong_amount_fen), 0) FROM payments)
                - (SELECT coalesce(sum(amount_fen - foreign_fen), 0) FROM refunds WHERE state = 'succeeded')
                - (
                    SELECT coalesce(sum(order_attentions.foreign_fen), 0)
                    FROM order_attentions
                    JOIN payments ON payments.id = order_attentions.payment_id
                    WHERE payments.state = 'succeeded'
                        OR payments.wrong_amount_fen IS NOT NULL
                )
                - (SELECT coalesce(sum(amount_fen), 0) FROM ledger_lines WHERE account LIKE 'gateway:%')
            )::bigint AS count
            """, in: database) == 0, "the ledger's gateways hold something else than came and went")
    #expect(
        try await count(
            """
            SELECT (
                (SELECT coalesce(sum(amount_fen - foreign_fen), 0) FROM refunds WHERE state = 'requested')
                + (SELECT coalesce(sum(amount_fen), 0) FROM ledger_lines WHERE account = 'refunds:payable')
            )::bigint AS count
            """, in: database) == 0, "the ledger promises something else back")
    #expect(
        try await count(
            """
            SELECT (
                (
                    SELECT coalesce(sum(foreign_fen), 0)
                    FROM payments
                    WHERE state = 'succeeded'
                        OR wrong_amount_fen IS NOT NULL
                )
                - (SELECT coalesce(sum(foreign_fen), 0) FROM refunds)
                - (SELECT coalesce(sum(amount_fen), 0) FROM ledger_lines WHERE account = 'refunds:foreign')
            )::bigint AS count
            """, in: database) == 0, "the ledger has other money that went back without us")
    #expect(
        try await count(
            """
            SELECT (
                (SELECT coalesce(sum(price_fen + others_fen), 0) FROM tickets WHERE state <> 'refunded')
                + (SELECT coalesce(sum(amount_fen), 0) FROM ledger_lines WHERE account LIKE 'merchant:%:tickets')
            )::bigint AS count
            """, in: database) == 0, "the merchants' ticket money is not that of the tickets")
    #expect(
        try await count(
            """
            SELECT (
                (SELECT coalesce(sum(others_fen), 0) FROM tickets WHERE state <> 'refunded')
                - (SELECT coalesce(sum(amount_fen), 0) FROM ledger_lines WHERE account LIKE '%:discounts')
            )::bigint AS count
            """, in: database) == 0, "those who pay discounts owe something else than their shares of the tickets")
    #expect(
        try await count(
            """
            SELECT count(*)
            FROM refunds
            JOIN (
                SELECT refund_id, sum(price_fen + service_fee_fen - fee_fen) AS amount_fen, sum(fee_fen) AS fee_fen
                FROM refund_tickets
                GROUP BY refund_id
            ) AS parts ON parts.refund_id = refunds.id
            WHERE (parts.amount_fen, parts.fee_fen) <> (refunds.amount_fen, refunds.fee_fen)
            """, in: database) == 0, "a refund is not the sum of its tickets")
}

/// Refusals are fine; any other error is not.
func ignoringRefusals(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch is Refusal {
        return
    }
}

extension BookingProcess {
    /// Starts a payment and brings the gateway's word that it was paid.
    ///
    /// - Returns: what became of it; `nil` when the payment could not be started any more.
    @discardableResult
    func pay(_ orderID: UUID, by buyer: Principal, in database: PostgresPool, amountFen: Int64? = nil) async throws -> PaymentFactOutcome? {
        guard let payment = try await startPayment(orderID, by: buyer, in: database) else { return nil }
        return try await arrivals.handle(fact(about: payment, amountFen: amountFen))
    }

    func startPayment(_ orderID: UUID, by buyer: Principal, in database: PostgresPool) async throws -> Payment? {
        do {
            return try await database.withTransaction {
                try await orders.startPayment(
                    for: orderID, method: PaymentMethod(rawValue: "alipay_page"), by: buyer.accountID, in: $0)
            }.payment
        } catch is Refusal {
            return nil
        }
    }

    /// The gateway's word that a payment succeeded.
    func fact(about payment: Payment, amountFen: Int64? = nil, tradeNo: String? = nil) -> PaymentFact {
        PaymentFact(
            gateway: payment.gateway,
            origin: .notice(id: UUID().uuidString),
            outTradeNo: payment.outTradeNo,
            tradeNo: tradeNo ?? "T\(payment.id)",
            status: .succeeded,
            amountFen: amountFen ?? payment.amountFen
        )
    }
}
