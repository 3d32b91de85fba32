import Database
import Foundation
import Waiting

/// The second round trip of a booking transaction: {writes, COMMIT}. Between the two comes another where orders cost nothing: {payments}.
extension OrderOpeningStore {
    /// COMMIT. A caller that gets an order must find its seats claimed on this process's seat map, whichever process opened the order.
    func end(_ decision: OpeningDecision) -> Query {
        .changing(decision.repeatedShowtimeIDs.map { .seats(ofShowtime: $0) }, by: "COMMIT")
    }

    /// The statements that write a decision, without COMMIT.
    ///
    /// - Parameter answers: the answers for the opened orders, by the orders' ids. They are recorded for requests that have a key.
    func writes(_ decision: OpeningDecision, answers: [UUID: RecordedAnswer], at now: Date, holdTime: Duration) -> [Query] {
        let orders = decision.opened.map(\.order)
        guard !orders.isEmpty else { return [] }
        let lines = orders.flatMap { order in order.lines.map { (order: order, seatID: $0.seatID) } }
        let lapsed = Array(decision.lapsedOrderIDs)
        let touched = decision.touchedShowtimeIDs
        var queries = lapsed.isEmpty ? [] : OrderStore.ending(orderIDs: lapsed, of: touched, by: .lapsed, actor: .nobody, at: now)
        queries += [
            """
            INSERT INTO orders (
                id, account_id, showtime_id, state, seat_ids, seat_prices_fen,
                ticket_amount_fen, service_fee_fen, discount_fen, payable_fen, created_at, expires_at,
                channel, buyer_phone, refund_policy_id, showtime_starts_at, address_block
            )
            SELECT
                id, account_id, showtime_id, 'pending_payment', seat_ids::bigint[], seat_prices_fen::bigint[],
                ticket_amount_fen, service_fee_fen, 0, ticket_amount_fen + service_fee_fen, \(now),
                \(now.addingTimeInterval(holdTime.seconds)), channel, nullif(buyer_phone, ''), nullif(refund_policy_id, 0), showtime_starts_at,
                nullif(address_block, 0)
            FROM unnest(
                \(orders.map(\.id))::uuid[],
                \(orders.map(\.accountID))::bigint[],
                \(orders.map(\.showtimeID))::bigint[],
                \(orders.map { arrayText($0.lines.map(\.seatID)) })::text[],
                \(orders.map { arrayText($0.lines.map(\.priceFen)) })::text[],
                \(orders.map(\.amount.ticketAmountFen))::bigint[],
                \(orders.map(\.amount.serviceFeeFen))::bigint[],
                \(orders.map(\.channel))::text[],
                \(orders.map { $0.buyerPhone ?? "" })::text[],
                \(orders.map { $0.refundPolicyID ?? 0 })::bigint[],
                \(decision.opened.map(\.startsAt))::timestamptz[],
                \(decision.opened.map { $0.addressBlock ?? 0 })::bigint[]
            ) AS opened (
                id, account_id, showtime_id, seat_ids, seat_prices_fen, ticket_amount_fen, service_fee_fen, channel, buyer_phone, refund_policy_id,
                showtime_starts_at, address_block
            )
            """,
            """
            INSERT INTO order_events (order_id, at, to_state, cause, actor_account_id)
            SELECT order_id, \(now), 'pending_payment', \(OrderEvent.opened), account_id
            FROM unnest(\(orders.map(\.id))::uuid[], \(orders.map(\.accountID))::bigint[]) AS opened (order_id, account_id)
            """,
            """
            INSERT INTO seat_claims (showtime_id, seat_id, order_id)
            SELECT showtime_id, seat_id, order_id
            FROM unnest(
                \(lines.map(\.order.showtimeID))::bigint[],
                \(lines.map(\.seatID))::bigint[],
                \(lines.map(\.order.id))::uuid[]
            ) AS claimed (showtime_id, seat_id, order_id)
            """,
            OrderStore.raiseSeatRevision(showtimeIDs: Array(touched)),
        ]
        let records = decision.opened.compactMap { opened in
            opened.request.flatMap { request in answers[opened.order.id].map { (request: request, answer: $0) } }
        }
        if !records.isEmpty { queries.append(IdempotencyStore.recording(records)) }
        let challenges = decision.opened.compactMap(\.challenge)
        if !challenges.isEmpty { queries.append(ChallengeStore.recording(challenges)) }
        return queries
    }

    /// The text of an array. PostgreSQL can't unnest an array of arrays by one level, so the inner arrays are passed as text.
    private func arrayText(_ values: [Int64]) -> String {
        "{" + values.map(String.init).joined(separator: ",") + "}"
    }
}
