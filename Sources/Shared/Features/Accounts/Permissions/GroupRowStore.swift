import Callers
import Database

/// What permission groups and user groups have in common: a table of rows with a unique name and a version.
struct GroupRowStore: Sendable {
    let table: Query

    /// Locks a group until the end of the transaction, if there is one.
    func lock(_ id: Int64, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            SELECT id
            FROM \(table)
            WHERE id = \(id)
            FOR NO KEY UPDATE
            """
        )
    }

    /// Raises a group's version, and gives it another name unless that is `nil`.
    ///
    /// - Throws: ``Refusal/groupExists``.
    func change(_ id: Int64, name: String?, in transaction: PostgresTransaction) async throws {
        try await refusing(.groupExists, for: .uniqueViolation) {
            _ = try await transaction.execute(
                """
                UPDATE \(table)
                SET name = coalesce(\(name), name),
                    version = version + 1
                WHERE id = \(id)
                """
            )
        }
    }

    /// - Throws: ``Refusal/groupInUse``.
    func delete(_ id: Int64, in transaction: PostgresTransaction) async throws {
        try await refusing(.groupInUse, for: .foreignKeyViolation) {
            _ = try await transaction.execute("DELETE FROM \(table) WHERE id = \(id)")
        }
    }
}
