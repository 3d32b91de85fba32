package import Database
package import Foundation

/// Tickets of orders. Whoever writes holds the order's lock.
package struct TicketStore: Sendable {
    package init() {}

    /// The tickets of an order, in the order of their seats' labels. By the unique index on order and seat.
    package func tickets(orderID: UUID, in session: some PostgresSession) async throws -> [Ticket] {
        try await session.rows(
            """
            SELECT
                tickets.id, tickets.order_id, tickets.showtime_id, tickets.seat_id, seats.label AS seat_label,
                tickets.price_fen, tickets.service_fee_fen, tickets.state, tickets.collected_at
            FROM tickets
            JOIN seats ON seats.id = tickets.seat_id
            WHERE tickets.order_id = \(orderID)
            ORDER BY seats.row_number, seats.column_number
            """
        ) { row in
            Ticket(
                id: try row["id"],
                orderID: try row["order_id"],
                showtimeID: try row["showtime_id"],
                seatID: try row["seat_id"],
                seatLabel: try row["seat_label"],
                priceFen: try row["price_fen"],
                serviceFeeFen: try row["service_fee_fen"],
                state: try row["state"],
                collectedAt: try row["collected_at"]
            )
        }
    }

    /// Makes the tickets of an order that has just been paid.
    package func issue(
        _ tickets: [NewTicket],
        orderID: UUID,
        showtimeID: Int64,
        at now: Date,
        in transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute(
            """
            INSERT INTO tickets (order_id, showtime_id, seat_id, price_fen, service_fee_fen, issued_at)
            SELECT \(orderID)::uuid, \(showtimeID)::bigint, seat_id, price_fen, service_fee_fen, \(now)::timestamptz
            FROM unnest(
                \(tickets.map(\.seatID))::bigint[],
                \(tickets.map(\.priceFen))::bigint[],
                \(tickets.map(\.serviceFeeFen))::bigint[]
            ) AS issued (seat_id, price_fen, service_fee_fen)
            """
        )
    }

    /// Hands the valid tickets of an order over.
    package func collect(
        orderID: UUID,
        by accountID: Int64,
        at now: Date,
        in transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute(
            """
            UPDATE tickets
            SET state = 'collected', collected_at = \(now), collected_by_account_id = \(accountID)
            WHERE order_id = \(orderID) AND state = 'valid'
            """
        )
    }

    /// Makes the tickets of an order void: their seats can be sold again.
    package func refund(orderID: UUID, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            UPDATE tickets
            SET state = 'refunded'
            WHERE order_id = \(orderID) AND state <> 'refunded'
            """
        )
    }
}
