import Database
import Foundation

/// Reads how far orders have got.
struct OrderProgressStore: Sendable {
    /// An order inside of a scope, by its primary key.
    func progress(of id: UUID, scope: OrderScope, in session: some PostgresSession) async throws -> OrderProgress? {
        try await session.row(Self.query("orders.id IN (\(OrderStore.idQuery(id, scope: scope)))"), OrderProgress.init(row:))
    }

    /// Orders by their primary keys.
    func progress(of ids: [UUID], in session: some PostgresSession) async throws -> [OrderProgress] {
        try await session.rows(Self.query("orders.id = ANY (\(ids)::uuid[])"), OrderProgress.init(row:))
    }

    private static func query(_ condition: Query) -> Query {
        """
        SELECT orders.id, orders.state, orders.expires_at, orders.paid_at, orders.version,
            orders.state IN ('pending_payment', 'paid_unconfirmed') AND orders.expires_at <= statement_timestamp() AS has_lapsed
        FROM orders
        WHERE \(condition)
        """
    }
}

extension OrderProgress {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row["id"],
            state: try row["has_lapsed"] ? .expired : row["state"],
            expiresAt: try row["expires_at"],
            paidAt: try row["paid_at"],
            version: try row["version"]
        )
    }
}
