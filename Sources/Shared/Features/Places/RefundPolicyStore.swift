import Database

/// Refund policies in the database. Rows are only ever added.
struct RefundPolicyStore: Sendable {
    private static let columns: Query =
        "id, CASE WHEN cinema_id IS NULL THEN 0 ELSE version END AS version, minutes_before_start, fee_percents, refunds_service_fee"

    /// The policy in force at a cinema: its own, or the platform's newest.
    func current(cinemaID: Int64, in session: some PostgresSession) async throws -> RefundPolicy {
        try await session.requiredRow(
            """
            SELECT \(Self.columns)
            FROM refund_policies
            WHERE id = (
                SELECT coalesce(refund_policy_id, \(Self.platforms))
                FROM cinemas
                WHERE id = \(cinemaID)
            )
            """,
            RefundPolicy.init(row:)
        )
    }

    /// The id of the platform's policy that applies now.
    private static let platforms: Query = "(SELECT max(id) FROM refund_policies WHERE cinema_id IS NULL)"

    /// The platform's first policy: of orders from before there were any.
    func first(in session: some PostgresSession) async throws -> RefundPolicy {
        try await session.requiredRow(
            """
            SELECT \(Self.columns)
            FROM refund_policies
            WHERE cinema_id IS NULL
            ORDER BY id
            LIMIT 1
            """,
            RefundPolicy.init(row:)
        )
    }

    func policy(_ id: Int64, in session: some PostgresSession) async throws -> RefundPolicy {
        try await session.requiredRow(
            """
            SELECT \(Self.columns)
            FROM refund_policies
            WHERE id = \(id)
            """,
            RefundPolicy.init(row:)
        )
    }

    /// The policy with the id that a query selects; the platform's first one where it selects NULL, for orders from before there were any.
    static func query(idIn selection: Query) -> Query {
        """
        SELECT \(columns)
        FROM refund_policies
        WHERE id = coalesce((\(selection)), (SELECT min(id) FROM refund_policies WHERE cinema_id IS NULL))
        """
    }

    /// Adds the next version and puts it in force. The caller holds the cinema's lock.
    func replace(
        cinemaID: Int64,
        with new: NewRefundPolicy,
        by accountID: Int64,
        in transaction: PostgresTransaction
    ) async throws -> RefundPolicy {
        try await transaction.requiredRow(
            """
            WITH added AS (
                INSERT INTO refund_policies (
                    cinema_id, version, minutes_before_start, fee_percents, refunds_service_fee, created_by_account_id
                )
                SELECT
                    \(cinemaID)::bigint,
                    1 + count(*),
                    \(new.steps.map(\.minutesBeforeStart))::integer[],
                    \(new.steps.map(\.feePercent))::integer[],
                    \(new.refundsServiceFee)::boolean,
                    \(accountID)::bigint
                FROM refund_policies
                WHERE cinema_id = \(cinemaID)
                RETURNING *
            ), in_force AS (
                UPDATE cinemas
                SET refund_policy_id = added.id
                FROM added
                WHERE cinemas.id = added.cinema_id
            )
            SELECT \(Self.columns)
            FROM added
            """,
            RefundPolicy.init(row:)
        )
    }
}

extension RefundPolicy {
    /// Reads ``RefundPolicyStore/columns``.
    init(row: PostgresRow) throws {
        let minutes: [Int] = try row["minutes_before_start"]
        let percents: [Int] = try row["fee_percents"]
        self.init(
            id: try row["id"],
            version: try row["version"],
            steps: zip(minutes, percents).map { RefundPolicy.Step(minutesBeforeStart: $0, feePercent: $1) },
            refundsServiceFee: try row["refunds_service_fee"]
        )
    }
}
