import Callers
import Database

/// A table that links whoever something is given to, an account or a group, with what is given: permissions, groups, cinemas.
struct LinkStore: Sendable {
    let table: Query
    /// Its column of whoever something is given to.
    let owner: Query
    /// Its column of what is given, and the table of that.
    let target: (column: Query, table: Query)
    /// Columns of what is given that the link repeats, so that constraints compare them with whoever gets it.
    var copied: [Query] = []

    /// Replaces what was given to an owner. What is given can't go until the transaction ends.
    ///
    /// - Parameters:
    ///   - conditions: what a row of the target's table must fulfil to be given.
    ///   - refusal: thrown where one of the ids isn't there, or doesn't fulfil them.
    ///   - changing: adds what the statement changes of that which memories hold.
    func replace(
        of ownerID: Int64, with ids: Set<Int64>, where conditions: [Query] = [], orThrow refusal: Refusal, changing: (Query) -> Query,
        in transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute("DELETE FROM \(table) WHERE \(owner) = \(ownerID)")
        let columns: [Query] = [owner, target.column] + copied
        let values: [Query] = ["\(ownerID)::bigint", "id"] + copied
        let isWanted: Query = "id = ANY (\(ids.sorted())::bigint[])"
        let added = try await transaction.execute(
            changing(
                """
                INSERT INTO \(table) (\(columns.joined(separator: ", ")))
                SELECT \(values.joined(separator: ", "))
                FROM \(target.table)
                WHERE \(([isWanted] + conditions).joined(separator: " AND "))
                ORDER BY id
                FOR KEY SHARE
                """
            )
        )
        guard added == ids.count else { throw refusal }
    }
}
