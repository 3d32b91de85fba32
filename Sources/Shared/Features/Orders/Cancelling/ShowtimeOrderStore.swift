import Callers
import Database
import Foundation

/// The orders of one showtime, whose row is locked. They are found by the index on showtime.
struct ShowtimeOrderStore: Sendable {
    func unpaidOrderIDs(showtimeID: Int64, in transaction: PostgresTransaction) async throws -> [UUID] {
        try await transaction.rows(
            """
            SELECT id
            FROM orders
            WHERE showtime_id = \(showtimeID)
                AND state IN ('pending_payment', 'paid_unconfirmed')
            """
        ) { try $0["id"] }
    }

    /// The paid orders, which are locked so that none is collected meanwhile.
    func paidOrders(showtimeID: Int64, in transaction: PostgresTransaction) async throws -> [Order] {
        let ids: [UUID] = try await transaction.rows(
            """
            SELECT id
            FROM orders
            WHERE showtime_id = \(showtimeID)
                AND state IN ('paid', 'collected')
            ORDER BY id
            FOR UPDATE
            """
        ) { try $0["id"] }
        return try await transaction.rows(OrderStore.ordersQuery(ids: ids), Order.init(row:))
    }

    /// The progress of a showtime's refunds: `nil` when there is no such showtime, an empty answer when it isn't cancelled.
    func progress(showtimeID: Int64, scope: MerchantScope, in session: some PostgresSession) async throws -> CancellationProgress?? {
        try await session.row(
            """
            SELECT
                showtimes.cancelled_at,
                (
                    SELECT count(DISTINCT orders.id)
                    FROM orders
                    JOIN order_events ON order_events.order_id = orders.id
                    WHERE orders.showtime_id = showtimes.id
                        AND orders.state = 'cancelled'
                        AND order_events.cause = 'showtime_cancelled'
                ) AS orders_ended,
                (SELECT count(*) FROM orders WHERE showtime_id = showtimes.id AND state = 'refunding') AS orders_refunding,
                (SELECT count(*) FROM orders WHERE showtime_id = showtimes.id AND state = 'refunded') AS orders_refunded,
                coalesce(sums.requested, 0) AS refunds_requested,
                coalesce(sums.succeeded, 0) AS refunds_succeeded,
                coalesce(sums.outstanding_fen, 0)::bigint AS outstanding_fen,
                coalesce(sums.refunded_fen, 0)::bigint AS refunded_fen
            FROM showtimes
            CROSS JOIN LATERAL (
                SELECT
                    count(*) FILTER (WHERE refunds.state = 'requested') AS requested,
                    count(*) FILTER (WHERE refunds.state = 'succeeded') AS succeeded,
                    sum(refunds.amount_fen - refunds.foreign_fen) FILTER (WHERE refunds.state = 'requested') AS outstanding_fen,
                    sum(CASE WHEN refunds.state = 'succeeded' THEN refunds.amount_fen ELSE refunds.foreign_fen END) AS refunded_fen
                FROM orders
                JOIN refunds ON refunds.order_id = orders.id
                WHERE orders.showtime_id = showtimes.id
            ) AS sums
            WHERE showtimes.id = \(showtimeID)
                AND \(scope.condition(merchant: "showtimes.merchant_id", cinema: "showtimes.cinema_id"))
            """
        ) { row in
            guard let cancelledAt: Date = try row["cancelled_at"] else { return nil as CancellationProgress? }
            return CancellationProgress(
                showtimeID: showtimeID,
                cancelledAt: cancelledAt,
                ordersEnded: try row["orders_ended"],
                ordersRefunding: try row["orders_refunding"],
                ordersRefunded: try row["orders_refunded"],
                refundsRequested: try row["refunds_requested"],
                refundsSucceeded: try row["refunds_succeeded"],
                outstandingFen: try row["outstanding_fen"],
                refundedFen: try row["refunded_fen"]
            )
        }
    }
}
