import Callers
import Database
import Foundation
import Text

/// The rows of reconciliations: which days were compared, and with which result.
struct ReconciliationStore: Sendable {
    /// What ``Reconciliation/init(row:)`` reads.
    private static let columns: Query = """
        id, gateway, day, state, requested_at, finished_at, our_payments, our_payments_fen, our_refunds, our_refunds_fen,
        gateway_payments, gateway_payments_fen, gateway_refunds, gateway_refunds_fen, differences, failure,
        (
            SELECT count(*)
            FROM reconciliation_differences
            WHERE reconciliation_differences.reconciliation_id = reconciliations.id
                AND resolved_at IS NULL
        ) AS unresolved
        """

    /// Requests a day's comparison, even when the day was compared before. A recent request stays as it is. A request that is older than a
    /// day may have lost its message, and is made again.
    ///
    /// - Returns: `nil` when it is requested already.
    func request(gateway: String, day: CalendarDay, in session: some PostgresSession) async throws -> Int64? {
        let isMissing: Query = """
            reconciliations.state <> 'requested'
                OR reconciliations.requested_at < clock_timestamp() - INTERVAL '1 day'
            """
        return try await request(gateway: gateway, day: day, where: isMissing, in: session)
    }

    /// Requests a day's comparison without a person's wish: when it was never requested, was requested before the day was over, or failed a
    /// while ago.
    ///
    /// - Parameter dayEnd: when the day was over.
    /// - Returns: `nil` when there is nothing to do.
    func requestUnlessDone(
        gateway: String, day: CalendarDay, dayEnd: Date, in session: some PostgresSession
    ) async throws -> Int64? {
        try await request(gateway: gateway, day: day, where: Self.isDue(dayEnd: dayEnd), in: session)
    }

    /// - Parameter condition: when a day that was requested before is requested once more.
    private func request(
        gateway: String, day: CalendarDay, where condition: Query, in session: some PostgresSession
    ) async throws -> Int64? {
        try await session.row(
            """
            INSERT INTO reconciliations (gateway, day)
            VALUES (\(gateway), \(day))
            ON CONFLICT (gateway, day) DO UPDATE
            SET state = 'requested',
                requested_at = clock_timestamp(),
                finished_at = NULL,
                failure = NULL
            WHERE \(condition)
            RETURNING id
            """
        ) { try $0["id"] }
    }

    /// Whether ``requestUnlessDone(gateway:day:dayEnd:in:)`` would request the day.
    func isDue(gateway: String, day: CalendarDay, dayEnd: Date, in session: some PostgresSession) async throws -> Bool {
        try await session.row(
            """
            SELECT \(Self.isDue(dayEnd: dayEnd)) AS due
            FROM reconciliations
            WHERE gateway = \(gateway)
                AND day = \(day)
            """
        ) { try $0["due"] } ?? true
    }

    private static func isDue(dayEnd: Date) -> Query {
        """
        (
            (reconciliations.state <> 'requested' AND reconciliations.requested_at < \(dayEnd)::timestamptz)
            OR (reconciliations.state = 'failed' AND reconciliations.finished_at < clock_timestamp() - INTERVAL '1 hour')
        )
        """
    }

    func reconciliation(_ id: Int64, in session: some PostgresSession) async throws -> Reconciliation? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM reconciliations
            WHERE id = \(id)
            """,
            Reconciliation.init(row:)
        )
    }

    func reconciliation(gateway: String, day: CalendarDay, in session: some PostgresSession) async throws -> Reconciliation? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM reconciliations
            WHERE gateway = \(gateway)
                AND day = \(day)
            """,
            Reconciliation.init(row:)
        )
    }

    /// Newest first, which is a list of a few hundred a year; by the primary key.
    static func list(gateway: String?, state: ReconciliationState?, page: PageRequest) throws -> Query {
        let conditions: [Query?] = [gateway.map { "gateway = \($0)" }, state.map { "state = \($0)" }]
        return try .page(page, of: "reconciliations", columns, where: conditions, .newestFirst)
    }

    func reconciliations(
        gateway: String?, state: ReconciliationState?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<Reconciliation> {
        let query = try Self.list(gateway: gateway, state: state, page: page)
        return Page(try await session.rows(query, Reconciliation.init(row:)), request: page, id: \.id)
    }

    /// Locks a row. Returns whether its comparison is still to be done.
    func isRequested(_ id: Int64, lockedIn transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.row(
            """
            SELECT state = 'requested' AS requested
            FROM reconciliations
            WHERE id = \(id)
            FOR UPDATE
            """
        ) { try $0["requested"] } ?? false
    }

    func finish(_ id: Int64, _ comparison: BillComparison, in transaction: PostgresTransaction) async throws {
        let (ours, gateways) = (comparison.ours, comparison.gateways)
        try await transaction.execute(
            """
            UPDATE reconciliations
            SET state = 'done',
                finished_at = clock_timestamp(),
                our_payments = \(ours.payments),
                our_payments_fen = \(ours.paymentsFen),
                our_refunds = \(ours.refunds),
                our_refunds_fen = \(ours.refundsFen),
                gateway_payments = \(gateways.payments),
                gateway_payments_fen = \(gateways.paymentsFen),
                gateway_refunds = \(gateways.refunds),
                gateway_refunds_fen = \(gateways.refundsFen),
                differences = \(Int64(comparison.differences.count))
            WHERE id = \(id)
            """
        )
    }

    func fail(_ id: Int64, failure: String, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            UPDATE reconciliations
            SET state = 'failed',
                finished_at = clock_timestamp(),
                failure = \(failure)
            WHERE id = \(id)
                AND state = 'requested'
            """
        )
    }

    /// When the first payment at a gateway was started; `nil` when there is none. Reads along the primary key up to the first match.
    func firstPayment(gateway: String, in session: some PostgresSession) async throws -> Date? {
        try await session.row(
            """
            SELECT created_at
            FROM payments
            WHERE gateway = \(gateway)
            ORDER BY id
            LIMIT 1
            """
        ) { try $0["created_at"] }
    }

    fileprivate static func money(_ row: PostgresRow, _ side: String) throws -> MoneyMoved? {
        guard
            let payments: Int64 = try row["\(side)_payments"], let paymentsFen: Int64 = try row["\(side)_payments_fen"],
            let refunds: Int64 = try row["\(side)_refunds"], let refundsFen: Int64 = try row["\(side)_refunds_fen"]
        else { return nil }
        return MoneyMoved(payments: payments, paymentsFen: paymentsFen, refunds: refunds, refundsFen: refundsFen)
    }
}

extension Reconciliation {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row["id"],
            gateway: try row["gateway"],
            day: try row["day"],
            state: try row["state"],
            requestedAt: try row["requested_at"],
            finishedAt: try row["finished_at"],
            ours: try ReconciliationStore.money(row, "our"),
            gateways: try ReconciliationStore.money(row, "gateway"),
            differences: try row["differences"],
            unresolved: try row["unresolved"],
            failure: try row["failure"]
        )
    }
}
