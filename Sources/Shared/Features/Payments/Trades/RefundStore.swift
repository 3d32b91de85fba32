import Database
import FoundationEssentials

/// The rows of refunds.
struct RefundStore: Sendable {
    private static let columns: Query = """
        id, payment_id, order_id, request_number, amount_fen, foreign_fen, fee_fen, reason, state, requested_at, succeeded_at, requested_by_account_id,
        note
        """

    /// Inserts a refund. One of which the gateway has nothing to send has succeeded already.
    func insert(
        _ new: NewRefund, foreignFen: Int64, payment: Payment, requestNumber: TradeNumber, in session: some PostgresSession
    ) async throws -> Refund {
        let isDone = foreignFen == new.amountFen
        return try await session.requiredRow(
            """
            INSERT INTO refunds (
                payment_id, order_id, request_number, amount_fen, foreign_fen, fee_fen, reason, requested_by_account_id, note,
                state, succeeded_at
            )
            VALUES (
                \(payment.id), \(payment.orderID), \(requestNumber.rawValue), \(new.amountFen), \(foreignFen), \(new.feeFen), \(new.reason),
                \(new.requestedByAccountID), \(new.note),
                CASE WHEN \(isDone)::boolean THEN 'succeeded' ELSE 'requested' END,
                CASE WHEN \(isDone)::boolean THEN clock_timestamp() END
            )
            RETURNING \(Self.columns)
            """,
            Refund.init(row:)
        )
    }

    /// The sums over all refunds of a payment.
    func sums(paymentID: Int64, in session: some PostgresSession) async throws -> RefundSums {
        try await session.requiredRow(
            """
            SELECT
                coalesce(sum(amount_fen), 0)::bigint AS amount_fen,
                coalesce(sum(amount_fen - foreign_fen), 0)::bigint AS sent_fen
            FROM refunds
            WHERE payment_id = \(paymentID)
            """
        ) { RefundSums(amountFen: try $0["amount_fen"], sentFen: try $0["sent_fen"]) }
    }

    func refund(requestNumber: TradeNumber, in session: some PostgresSession) async throws -> Refund? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM refunds
            WHERE request_number = \(requestNumber.rawValue)
            """,
            Refund.init(row:)
        )
    }

    /// The refunds of an order, in the order in which they were requested.
    func refunds(orderID: UUID, in session: some PostgresSession) async throws -> [Refund] {
        try await session.rows(
            """
            SELECT \(Self.columns)
            FROM refunds
            WHERE order_id = \(orderID)
            ORDER BY id
            """,
            Refund.init(row:)
        )
    }

    /// Whether this refund must wait, because another refund of the same payment comes first or was sent within these seconds. A refund
    /// that the gateway refuses is not waited for, because it may stay refused for ever.
    func mustWait(_ refund: Refund, seconds: Double, in session: some PostgresSession) async throws -> Bool {
        try await session.requiredRow(
            """
            SELECT EXISTS (
                SELECT 1
                FROM refunds
                WHERE payment_id = \(refund.paymentID)
                    AND id <> \(refund.id)
                    AND (
                        (state = 'requested' AND refused_at IS NULL AND id < \(refund.id))
                        OR succeeded_at > clock_timestamp() - make_interval(secs => \(seconds))
                    )
            ) AS must_wait
            """
        ) { try $0["must_wait"] }
    }

    /// Takes a refund to be sent. From then on it can't be marked as sent elsewhere, until the gateway refuses it again.
    ///
    /// - Returns: whether it is still to be sent.
    func beginAttempt(id: Int64, in session: some PostgresSession) async throws -> Bool {
        try await session.execute(
            """
            UPDATE refunds
            SET refused_at = NULL
            WHERE id = \(id)
                AND state = 'requested'
            """
        ) == 1
    }

    /// Records that the gateway refuses the refund.
    func noteRefusal(id: Int64, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            UPDATE refunds
            SET refused_at = clock_timestamp()
            WHERE id = \(id)
                AND state = 'requested'
            """
        )
    }

    /// Records that a refund which the gateway refuses has been paid elsewhere.
    ///
    /// - Returns: `nil` when the gateway doesn't refuse it, or it is done.
    func markSentElsewhere(id: Int64, in session: some PostgresSession) async throws -> Refund? {
        try await session.row(
            """
            UPDATE refunds
            SET state = 'succeeded',
                succeeded_at = clock_timestamp(),
                foreign_fen = amount_fen
            WHERE id = \(id)
                AND state = 'requested'
                AND refused_at IS NOT NULL
            RETURNING \(Self.columns)
            """,
            Refund.init(row:)
        )
    }

    /// - Returns: `nil` when it was marked already.
    func markSucceeded(id: Int64, in session: some PostgresSession) async throws -> Refund? {
        try await session.row(
            """
            UPDATE refunds
            SET state = 'succeeded',
                succeeded_at = clock_timestamp()
            WHERE id = \(id)
                AND state = 'requested'
            RETURNING \(Self.columns)
            """,
            Refund.init(row:)
        )
    }
}

extension Refund {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row["id"],
            paymentID: try row["payment_id"],
            orderID: try row["order_id"],
            requestNumber: try TradeNumber(stored: try row["request_number"]),
            amountFen: try row["amount_fen"],
            foreignFen: try row["foreign_fen"],
            reason: try row["reason"],
            state: try row["state"],
            requestedAt: try row["requested_at"],
            succeededAt: try row["succeeded_at"],
            feeFen: try row["fee_fen"],
            requestedByAccountID: try row["requested_by_account_id"],
            note: try row["note"]
        )
    }
}
