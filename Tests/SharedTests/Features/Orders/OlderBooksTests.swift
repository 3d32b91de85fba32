import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("Orders from before there were refunds by ticket and a ledger")
struct OlderBooksTests {
    @Test("They are taken over: the books balance, tickets can go back, and the showtime can be cancelled")
    func migration() async throws {
        try await TestDatabase.with(.first(7)) { older in
            let database = older.pool
            let world = try await BookingWorld(in: database, buyers: 4)
            let showtimeID = world.showtimeIDs[0]
            for (index, buyer) in world.buyers.enumerated() {
                // The first is paid, the second twice, the third was refunded with a cancelled showtime, the fourth came late.
                let state = ["paid", "paid", "refunding", "refunding"][index]
                try await Self.addOrder(of: buyer.accountID, showtimeID, seatID: world.seatIDs[index], state: state, index, in: database)
            }
            try await database.execute(
                """
                INSERT INTO payments (order_id, gateway, method, out_trade_no, amount_fen, state, trade_no, expires_at, succeeded_at)
                SELECT id, 'alipay', 'alipay_page', 'second', payable_fen, 'succeeded', 'T-second', now(), now()
                FROM orders
                WHERE collection_code = 'AAAAAAA3'
                """)
            try await database.execute(
                """
                INSERT INTO refunds (payment_id, order_id, request_number, amount_fen, reason, state, succeeded_at)
                SELECT
                    payments.id, orders.id, 'R' || payments.id, payments.amount_fen,
                    CASE
                        WHEN out_trade_no = 'second' THEN 'duplicate_payment'
                        WHEN out_trade_no = 'trade2' THEN 'showtime_cancelled'
                        ELSE 'late_payment'
                    END,
                    CASE WHEN out_trade_no = 'trade2' THEN 'requested' ELSE 'succeeded' END,
                    CASE WHEN out_trade_no = 'trade2' THEN NULL ELSE now() END
                FROM payments
                JOIN orders ON orders.id = payments.order_id
                WHERE out_trade_no IN ('second', 'trade2', 'trade3')
                """)
            _ = try await Migrator(migrations: Migrations.all).migrate(database)
            try await expectBooks(in: database)
            try await expectFigures(in: database)
            #expect(try await count("SELECT tickets AS count FROM showtime_figures", in: database) == 2)
            let process = try BookingProcess(database)
            let paid = try await process.orders.orders(OrderFilter(state: .paid), scope: .all, page: PageRequest()).items
            #expect(paid.count == 2)
            #expect(paid.allSatisfy { $0.order.paidByPaymentID != nil })
            _ = try await process.refund(try #require(paid.first).id, nil, world.buyers[0].accountID, in: database)
            try await expectBooks(in: database)
            try await database.withTransaction { transaction in
                try await transaction.execute("UPDATE showtimes SET cancelled_at = now(), version = version + 1 WHERE id = \(showtimeID)")
                try await process.showtimeOrders.cancelAll(showtimeID: showtimeID, by: world.buyers[0].accountID, in: transaction)
            }
            try await expectBooks(in: database)
            try await expectFigures(in: database)
            #expect(try await count("SELECT count(*) FROM orders WHERE state = 'paid'", in: database) == 0)
        }
    }

    /// An order with its payment and, where it was paid, its ticket, as the first version wrote them.
    private static func addOrder(
        of accountID: Int64, _ showtimeID: Int64, seatID: Int64, state: String, _ index: Int, in database: PostgresPool
    ) async throws {
        let id = UUID()
        let hasTicket = index < 3
        let ticketState = state == "paid" ? "valid" : "refunded"
        try await database.execute(
            """
            INSERT INTO orders (
                id, account_id, showtime_id, state, seat_ids, seat_prices_fen, ticket_amount_fen, service_fee_fen, discount_fen, payable_fen,
                created_at, expires_at, paid_at, collection_code
            )
            VALUES (
                \(id), \(accountID), \(showtimeID), \(state), ARRAY[\(seatID)::bigint], ARRAY[4500::bigint], 4500, 300, 0, 4800, now(), now(),
                now(), \("AAAAAAA\(index + 2)")
            )
            """)
        try await database.execute(
            """
            INSERT INTO payments (order_id, gateway, method, out_trade_no, amount_fen, state, trade_no, expires_at, succeeded_at)
            VALUES (\(id), 'alipay', 'alipay_page', \("trade\(index)"), 4800, 'succeeded', \("T\(index)"), now(), now())
            """)
        guard hasTicket else { return }
        try await database.execute(
            """
            INSERT INTO tickets (order_id, showtime_id, seat_id, price_fen, service_fee_fen, state, issued_at)
            VALUES (\(id), \(showtimeID), \(seatID), 4500, 300, \(ticketState), now())
            """)
        guard state == "paid" else { return }
        try await database.execute(
            "INSERT INTO seat_claims (showtime_id, seat_id, order_id) VALUES (\(showtimeID), \(seatID), \(id))")
    }
}
