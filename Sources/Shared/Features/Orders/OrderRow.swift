import Database
import Foundation

extension Order {
    /// Reads a row of ``OrderStore/columns``.
    init(row: PostgresRow) throws {
        let seatIDs: [Int64] = try row["seat_ids"]
        let prices: [Int64] = try row["seat_prices_fen"]
        let labels: [String] = try row["seat_labels"]
        let zones: [String] = try row["seat_zones"]
        self.init(
            id: try row["id"],
            accountID: try row["account_id"],
            showtimeID: try row["showtime_id"],
            state: try row["state"],
            lines: zip(zip(seatIDs, prices), zip(labels, zones)).map { identity, name in
                Line(seatID: identity.0, label: name.0, zone: name.1, priceFen: identity.1)
            },
            amount: OrderAmount(
                ticketAmountFen: try row["ticket_amount_fen"],
                serviceFeeFen: try row["service_fee_fen"],
                discountFen: try row["discount_fen"]
            ),
            createdAt: try row["created_at"],
            expiresAt: try row["expires_at"],
            paidAt: try row["paid_at"],
            version: try row["version"],
            channel: try row["channel"],
            buyerPhone: try row["buyer_phone"],
            refundPolicyID: try row["refund_policy_id"],
            paidByPaymentID: try row["paid_by_payment_id"],
            refundedSeatIDs: try row["refunded_seat_ids"],
            attention: try row["attention"]
        )
    }
}
