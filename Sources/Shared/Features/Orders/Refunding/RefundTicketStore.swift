import Database
import Foundation

/// Links refunds to their tickets.
struct RefundTicketStore: Sendable {
    func add(_ tickets: [TicketRefund], refundID: Int64, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO refund_tickets (refund_id, ticket_id, price_fen, service_fee_fen, fee_fen)
            SELECT \(refundID)::bigint, ticket_id, price_fen, service_fee_fen, fee_fen
            FROM unnest(
                \(tickets.map(\.ticketID))::bigint[],
                \(tickets.map(\.priceFen))::bigint[],
                \(tickets.map(\.serviceFeeFen))::bigint[],
                \(tickets.map(\.feeFen))::bigint[]
            ) AS refunded (ticket_id, price_fen, service_fee_fen, fee_fen)
            """
        )
    }

    /// The ids of these refunds' tickets, by refund. Uses the index on refund.
    func ticketIDs(refundIDs: [Int64], in session: some PostgresSession) async throws -> [Int64: [Int64]] {
        let rows = try await session.rows(
            """
            SELECT refund_id, ticket_id
            FROM refund_tickets
            WHERE refund_id = ANY (\(refundIDs)::bigint[])
            ORDER BY refund_id, ticket_id
            """
        ) { (refundID: try $0["refund_id"] as Int64, ticketID: try $0["ticket_id"] as Int64) }
        return Dictionary(grouping: rows, by: \.refundID).mapValues { $0.map(\.ticketID) }
    }
}
