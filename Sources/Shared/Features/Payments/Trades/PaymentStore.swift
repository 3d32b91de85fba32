import Database
import FoundationEssentials
import Waiting

/// The rows of payments and of the gateways' notices.
struct PaymentStore: Sendable {
    private static let names = [
        "id", "order_id", "gateway", "method", "out_trade_no", "amount_fen", "state", "trade_no", "created_at", "expires_at",
        "succeeded_at", "closed_at", "wrong_amount_fen", "foreign_fen", "told_refunded_fen", "return_url",
    ]

    static let columns = Query(unsafeSQL: names.joined(separator: ", "))

    private static func columns(of table: String) -> Query {
        Query(unsafeSQL: names.map { "\(table).\($0)" }.joined(separator: ", "))
    }

    /// Inserts a payment, and writes its watching to the outbox: first a minute after its start, or in the middle of a shorter time.
    ///
    /// - Returns: `nil` when the time for paying is over already.
    func insert(
        orderID: UUID, gateway: String, method: PaymentMethod, outTradeNo: TradeNumber, amountFen: Int64, expiresAt: Date,
        returnURL: String?, isWatched: Bool,
        in session: some PostgresSession
    ) async throws -> Payment? {
        try await session.row(
            """
            WITH started AS (
                INSERT INTO payments (order_id, gateway, method, out_trade_no, amount_fen, expires_at, return_url)
                SELECT
                    \(orderID)::uuid, \(gateway), \(method.rawValue), \(outTradeNo.rawValue), \(amountFen)::bigint, \(expiresAt)::timestamptz,
                    \(returnURL)::text
                WHERE clock_timestamp() < \(expiresAt)::timestamptz
                RETURNING \(Self.columns)
            ), watched AS (
                INSERT INTO outbox (kind, payload, next_attempt_at)
                SELECT
                    \(Payments.watch), jsonb_build_object('outTradeNo', out_trade_no),
                    created_at + least(INTERVAL '1 minute', (expires_at - created_at) / 2)
                FROM started
                WHERE \(isWatched)::boolean
            )
            SELECT \(Self.columns)
            FROM started
            """,
            Payment.init(row:)
        )
    }

    /// Inserts payments of 0 fen, which have succeeded at once. Our number stands for the gateway's, too. Nobody watches them.
    static func free(_ payments: [(orderID: UUID, outTradeNo: TradeNumber, expiresAt: Date)], at now: Date) -> Query {
        """
        INSERT INTO payments (
            order_id, gateway, method, out_trade_no, amount_fen, state, trade_no, created_at, expires_at, succeeded_at
        )
        SELECT
            order_id, \(FreeGateway.name), \(FreeGateway.none.rawValue), out_trade_no, 0, 'succeeded', out_trade_no, \(now), expires_at, \(now)
        FROM unnest(
            \(payments.map(\.orderID))::uuid[],
            \(payments.map(\.outTradeNo.rawValue))::text[],
            \(payments.map(\.expiresAt))::timestamptz[]
        ) AS free (order_id, out_trade_no, expires_at)
        RETURNING \(columns)
        """
    }

    /// Counts a question to the gateway.
    ///
    /// - Returns: whether another question was allowed.
    func countQuestion(id: Int64, atMost most: Int, in session: some PostgresSession) async throws -> Bool {
        try await session.execute(
            """
            UPDATE payments
            SET questions = questions + 1
            WHERE id = \(id)
                AND state = 'started'
                AND questions < \(most)
            """
        ) > 0
    }

    func payment(outTradeNo: TradeNumber, in session: some PostgresSession) async throws -> Payment? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM payments
            WHERE out_trade_no = \(outTradeNo.rawValue)
            """,
            Payment.init(row:)
        )
    }

    /// The payments with these trade numbers of ours.
    static func query(outTradeNos: [TradeNumber]) -> Query {
        """
        SELECT \(columns)
        FROM payments
        WHERE out_trade_no = ANY (\(outTradeNos.map(\.rawValue))::text[])
        """
    }

    /// Selects the orders of the payments with these trade numbers of ours.
    static func orderIDs(outTradeNos: [TradeNumber]) -> Query {
        """
        SELECT order_id
        FROM payments
        WHERE out_trade_no = ANY (\(outTradeNos.map(\.rawValue))::text[])
        """
    }

    /// Those of the gateways' trades that belong to a payment.
    static func boundTrades(_ trades: [GatewayTrade]) -> Query {
        """
        SELECT payments.gateway, payments.trade_no
        FROM unnest(\(trades.map(\.gateway))::text[], \(trades.map(\.tradeNo))::text[]) AS told (gateway, trade_no)
        JOIN payments ON payments.gateway = told.gateway AND payments.trade_no = told.trade_no
        """
    }

    func payment(id: Int64, in session: some PostgresSession) async throws -> Payment? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM payments
            WHERE id = \(id)
            """,
            Payment.init(row:)
        )
    }

    /// The payments of an order, in the order in which they were started.
    func payments(orderID: UUID, in session: some PostgresSession) async throws -> [Payment] {
        try await session.rows(
            """
            SELECT \(Self.columns)
            FROM payments
            WHERE order_id = \(orderID)
            ORDER BY id
            """,
            Payment.init(row:)
        )
    }

    /// Marks payments as succeeded, and returns those that were not yet. They are sorted by the gateways' numbers: two transactions that
    /// write the same numbers wait for each other, and must do so in one order.
    static func succeeding(_ proven: [ProvenPayment]) -> Query {
        let proven = proven.sorted { $0.tradeNo < $1.tradeNo }
        return """
            UPDATE payments
            SET state = 'succeeded',
                trade_no = proven.trade_no,
                succeeded_at = coalesce(proven.paid_at, clock_timestamp())
            FROM unnest(
                \(proven.map(\.paymentID))::bigint[],
                \(proven.map(\.tradeNo))::text[],
                \(proven.map(\.paidAt))::timestamptz[]
            ) AS proven (id, trade_no, paid_at)
            WHERE payments.id = proven.id
                AND payments.state <> 'succeeded'
            RETURNING \(columns(of: "payments"))
            """
    }

    /// - Returns: `nil` when it was not open any more.
    func markClosed(id: Int64, in session: some PostgresSession) async throws -> Payment? {
        try await session.row(
            """
            UPDATE payments
            SET state = 'closed',
                closed_at = clock_timestamp()
            WHERE id = \(id)
                AND state = 'started'
            RETURNING \(Self.columns)
            """,
            Payment.init(row:)
        )
    }

    /// Records that a wrong amount came and goes back. Nobody can pay the payment any more.
    ///
    /// - Returns: `nil` when that was recorded before, or the right amount came.
    func markWrongAmount(id: Int64, amountFen: Int64, in session: some PostgresSession) async throws -> Payment? {
        try await session.row(
            """
            UPDATE payments
            SET wrong_amount_fen = \(amountFen),
                state = 'closed',
                closed_at = coalesce(closed_at, clock_timestamp())
            WHERE id = \(id)
                AND wrong_amount_fen IS NULL
                AND state <> 'succeeded'
            RETURNING \(Self.columns)
            """,
            Payment.init(row:)
        )
    }

    /// Records the sum of refunds that the gateway has told, and how much more went back without us.
    func noteRefunds(id: Int64, toldFen: Int64, foreignFen: Int64, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            UPDATE payments
            SET told_refunded_fen = \(toldFen),
                foreign_fen = foreign_fen + \(foreignFen)
            WHERE id = \(id)
            """
        )
    }

    /// How many seconds are left for paying, by the database's clock; negative when the time is over.
    func secondsLeft(id: Int64, in session: some PostgresSession) async throws -> Double? {
        try await session.row(
            """
            SELECT extract(EPOCH FROM expires_at - clock_timestamp())::double precision AS seconds_left
            FROM payments
            WHERE id = \(id)
            """
        ) { try $0["seconds_left"] }
    }

    /// The expected number of seconds until all payments of an order are closed. A trade that is open at the gateway is closed within
    /// seconds. A trade that the gateway doesn't know can be opened until its time is over, and is closed then.
    func secondsUntilClosed(orderID: UUID, in session: some PostgresSession) async throws -> Int? {
        let row = try await session.row(
            """
            SELECT ceil(
                max(
                    CASE
                        WHEN never_opened_at IS NULL THEN \(Self.usualClosingSeconds)
                        ELSE greatest(extract(EPOCH FROM expires_at - clock_timestamp()), 0) + \(Self.closingSecondsAfterEnd)
                    END
                )
            )::bigint AS seconds
            FROM payments
            WHERE order_id = \(orderID)
                AND state = 'started'
            """
        ) { try $0["seconds"] as Int? }
        return row ?? nil
    }

    /// How long the outbox usually needs to close a trade.
    private static let usualClosingSeconds = 2.0
    /// How long after the end of its time a trade that was never opened is closed.
    private static let closingSecondsAfterEnd = 7.0

    /// Records that the gateway doesn't know the trade.
    func noteNeverOpened(id: Int64, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            UPDATE payments
            SET never_opened_at = clock_timestamp()
            WHERE id = \(id)
                AND never_opened_at IS NULL
            """
        )
    }

    /// Records notices and their outcomes, in one statement.
    static func recording(_ judged: [(fact: PaymentFact, outcome: PaymentFactOutcome)]) -> Query {
        """
        INSERT INTO payment_notifications (gateway, notify_id, out_trade_no, trade_no, trade_status, amount_fen, outcome)
        SELECT gateway, notify_id, out_trade_no, trade_no, trade_status, amount_fen, outcome
        FROM unnest(
            \(judged.map(\.fact.gateway))::text[],
            \(judged.map(\.fact.notifyID))::text[],
            \(judged.map(\.fact.outTradeNo.rawValue))::text[],
            \(judged.map(\.fact.tradeNo))::text[],
            \(judged.map(\.fact.status.rawValue))::text[],
            \(judged.map(\.fact.amountFen))::bigint[],
            \(judged.map(\.outcome.rawValue))::text[]
        ) WITH ORDINALITY AS told (gateway, notify_id, out_trade_no, trade_no, trade_status, amount_fen, outcome, place)
        ORDER BY place
        """
    }

    /// Records a notice, unless one with the same outcome and the same state of the trade is recorded already.
    func insertNotificationOnce(_ fact: PaymentFact, outcome: PaymentFactOutcome, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            INSERT INTO payment_notifications (gateway, notify_id, out_trade_no, trade_no, trade_status, amount_fen, outcome)
            SELECT
                \(fact.gateway), \(fact.notifyID)::text, \(fact.outTradeNo.rawValue), \(fact.tradeNo), \(fact.status.rawValue),
                \(fact.amountFen)::bigint, \(outcome.rawValue)
            WHERE NOT EXISTS (
                SELECT 1
                FROM payment_notifications
                WHERE out_trade_no = \(fact.outTradeNo.rawValue)
                    AND gateway = \(fact.gateway)
                    AND notify_id IS NOT DISTINCT FROM \(fact.notifyID)::text
                    AND trade_status = \(fact.status.rawValue)
                    AND outcome = \(outcome.rawValue)
            )
            """
        )
    }

    /// How many refused notices of one kind are recorded in 24 hours.
    static let mostRefusedADay = 1_000

    /// Records a notice that was refused, unless the same body was refused for the same reason before, or the day's highest number is
    /// recorded.
    func insertRefused(_ notice: RefusedNotice, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            INSERT INTO refused_notices (gateway, out_trade_no, outcome, is_proven, detail, content_type, body_sha256, body_start)
            SELECT
                \(notice.gateway), \(notice.outTradeNo?.rawValue)::text, \(notice.outcome.rawValue), \(notice.isProven)::boolean,
                \(notice.detail)::text, \(notice.contentType)::text, \(notice.bodySHA256)::bytea, \(notice.bodyStart)
            WHERE (
                SELECT count(*)
                FROM refused_notices
                WHERE gateway = \(notice.gateway)
                    AND outcome = \(notice.outcome.rawValue)
                    AND received_at > clock_timestamp() - INTERVAL '1 day'
            ) < \(Self.mostRefusedADay)
            ON CONFLICT (gateway, outcome, body_sha256) DO NOTHING
            """
        )
    }

    /// Deletes old refused notices by the index on their time.
    func deleteRefused(olderThan age: Duration, limit: Int, in session: some PostgresSession) async throws -> Int {
        try await session.execute(
            """
            DELETE FROM refused_notices
            WHERE id IN (
                SELECT id
                FROM refused_notices
                WHERE received_at < clock_timestamp() - make_interval(secs => \(age.seconds))
                LIMIT \(limit)
            )
            """
        )
    }
}

extension GatewayTrade {
    init(row: PostgresRow) throws {
        self.init(gateway: try row["gateway"], tradeNo: try row["trade_no"])
    }
}

extension TradeNumber {
    /// A stored number; the database checks the same form.
    init(stored text: String) throws {
        guard let number = TradeNumber(rawValue: text) else {
            throw Defect("a stored trade number has a form that the table's check forbids")
        }
        self = number
    }
}

extension Payment {
    init(row: PostgresRow) throws {
        self.init(
            id: try row["id"],
            orderID: try row["order_id"],
            gateway: try row["gateway"],
            method: PaymentMethod(rawValue: try row["method"]),
            outTradeNo: try TradeNumber(stored: try row["out_trade_no"]),
            amountFen: try row["amount_fen"],
            state: try row["state"],
            tradeNo: try row["trade_no"],
            createdAt: try row["created_at"],
            expiresAt: try row["expires_at"],
            succeededAt: try row["succeeded_at"],
            closedAt: try row["closed_at"],
            wrongAmountFen: try row["wrong_amount_fen"],
            foreignFen: try row["foreign_fen"],
            toldRefundedFen: try row["told_refunded_fen"],
            returnURL: try row["return_url"]
        )
    }
}
