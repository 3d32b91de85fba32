import Callers
import Database
import Foundation
import Text

/// The rows of differences between our books and the bills.
struct DifferenceStore: Sendable {
    private static let columns: Query = """
        id, reconciliation_id, kind, line, out_trade_no, trade_no, request_number, our_fen, gateway_fen, found_at, resolved_at,
        resolved_by_account_id, note
        """

    /// Writes the differences of a comparison. A difference that is found again stays one row. It is opened again when a later bill had
    /// resolved it; when a person had resolved it, it stays resolved unless the amounts have changed.
    func upsert(_ differences: ArraySlice<BillDifference>, of reconciliationID: Int64, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO reconciliation_differences (
                reconciliation_id, kind, line, out_trade_no, trade_no, request_number, our_fen, gateway_fen
            )
            SELECT \(reconciliationID)::bigint, found.*
            FROM unnest(
                \(differences.map(\.kind))::text[],
                \(differences.map(\.line))::text[],
                \(differences.map(\.outTradeNo.rawValue))::text[],
                \(differences.map(\.tradeNo))::text[],
                \(differences.map { $0.requestNumber?.rawValue })::text[],
                \(differences.map(\.ourFen))::bigint[],
                \(differences.map(\.gatewayFen))::bigint[]
            ) AS found
            ON CONFLICT ON CONSTRAINT reconciliation_differences_key DO UPDATE
            SET our_fen = EXCLUDED.our_fen,
                gateway_fen = EXCLUDED.gateway_fen,
                found_at = EXCLUDED.found_at,
                resolved_at = CASE WHEN \(Self.staysResolved) THEN reconciliation_differences.resolved_at END,
                resolved_by_account_id = CASE WHEN \(Self.staysResolved) THEN reconciliation_differences.resolved_by_account_id END,
                note = CASE WHEN \(Self.staysResolved) THEN reconciliation_differences.note END
            """
        )
    }

    /// Whether a person has resolved this difference with the same amounts.
    private static let staysResolved: Query = """
        (
            reconciliation_differences.resolved_by_account_id IS NOT NULL
            AND reconciliation_differences.our_fen IS NOT DISTINCT FROM EXCLUDED.our_fen
            AND reconciliation_differences.gateway_fen IS NOT DISTINCT FROM EXCLUDED.gateway_fen
        )
        """

    /// Resolves the differences that the new comparison didn't find again. This transaction has written all that it did find.
    func resolveVanished(of reconciliationID: Int64, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            UPDATE reconciliation_differences
            SET resolved_at = clock_timestamp(),
                note = 'not found again when the day was compared once more'
            WHERE reconciliation_id = \(reconciliationID)
                AND resolved_at IS NULL
                AND found_at < now()
            """
        )
    }

    /// Resolves differences of kind `missingAtGateway`, now that a bill has named the movements.
    func resolveMissing(_ named: ArraySlice<BookLine>, by day: CalendarDay, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            UPDATE reconciliation_differences
            SET resolved_at = clock_timestamp(),
                note = 'named by the bill of ' || \(day)::date
            FROM unnest(
                \(named.map(\.kind))::text[],
                \(named.map(\.outTradeNo.rawValue))::text[],
                \(named.map { $0.requestNumber?.rawValue })::text[]
            ) AS named (line, out_trade_no, request_number)
            WHERE reconciliation_differences.out_trade_no = named.out_trade_no
                AND reconciliation_differences.line = named.line
                AND reconciliation_differences.request_number IS NOT DISTINCT FROM named.request_number
                AND reconciliation_differences.kind = 'missing_at_gateway'
                AND reconciliation_differences.resolved_at IS NULL
            """
        )
    }

    /// The differences in the order in which they were found. Uses the index on the reconciliation.
    static func list(
        of reconciliationID: Int64, kind: DifferenceKind?, isResolved: Bool?, page: PageRequest
    ) throws -> Query {
        let conditions: [Query?] = [
            "reconciliation_id = \(reconciliationID)",
            kind.map { "kind = \($0)" },
            isResolved.map { $0 ? "resolved_at IS NOT NULL" : "resolved_at IS NULL" },
        ]
        return try .page(page, of: "reconciliation_differences", columns, where: conditions)
    }

    func differences(
        of reconciliationID: Int64, kind: DifferenceKind?, isResolved: Bool?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<ReconciliationDifference> {
        let query = try Self.list(of: reconciliationID, kind: kind, isResolved: isResolved, page: page)
        return Page(try await session.rows(query, ReconciliationDifference.init(row:)), request: page, id: \.id)
    }

    func difference(_ id: Int64, of reconciliationID: Int64, in session: some PostgresSession) async throws -> ReconciliationDifference? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM reconciliation_differences
            WHERE id = \(id)
                AND reconciliation_id = \(reconciliationID)
            """,
            ReconciliationDifference.init(row:)
        )
    }

    /// - Returns: `nil` when the difference is resolved already, or doesn't exist.
    func resolve(
        _ id: Int64, of reconciliationID: Int64, note: String, by accountID: Int64, in session: some PostgresSession
    ) async throws -> ReconciliationDifference? {
        try await session.row(
            """
            UPDATE reconciliation_differences
            SET resolved_at = clock_timestamp(),
                resolved_by_account_id = \(accountID),
                note = \(note)
            WHERE id = \(id)
                AND reconciliation_id = \(reconciliationID)
                AND resolved_at IS NULL
            RETURNING \(Self.columns)
            """,
            ReconciliationDifference.init(row:)
        )
    }

    /// The number of unresolved differences of all days.
    func unresolved(in session: some PostgresSession) async throws -> Int64 {
        try await session.requiredRow(
            """
            SELECT count(*) AS unresolved
            FROM reconciliation_differences
            WHERE resolved_at IS NULL
            """
        ) { try $0["unresolved"] }
    }
}

extension ReconciliationDifference {
    fileprivate init(row: PostgresRow) throws {
        let requestNumber: String? = try row["request_number"]
        self.init(
            id: try row["id"],
            reconciliationID: try row["reconciliation_id"],
            difference: BillDifference(
                try row["kind"],
                line: try row["line"],
                outTradeNo: try TradeNumber(stored: try row["out_trade_no"]),
                tradeNo: try row["trade_no"],
                requestNumber: try requestNumber.map { try TradeNumber(stored: $0) },
                ourFen: try row["our_fen"],
                gatewayFen: try row["gateway_fen"]
            ),
            foundAt: try row["found_at"],
            resolvedAt: try row["resolved_at"],
            resolvedByAccountID: try row["resolved_by_account_id"],
            note: try row["note"]
        )
    }
}
