import Database

/// What the stores of permissions, permission groups and user groups have in common.
enum NumberedStore {
    /// A page of a small table in the order of its numbers, as the lists of permissions and groups have it.
    ///
    /// - Parameters:
    ///   - table: its name.
    ///   - conditions: what the rows must fulfil; `nil` for what needn't.
    ///   - after: the number that the page before ended with.
    static func page(of table: Query, _ columns: Query, _ conditions: [Query?], after: Int64?, limit: Int) -> Query {
        let all = ["id > \(after ?? 0)"] + conditions.compactMap(\.self)
        return """
            SELECT \(columns)
            FROM \(table)
            WHERE \(all.joined(separator: " AND "))
            ORDER BY id
            LIMIT \(limit)
            """
    }
}

/// Answers a violation of the database's constraints by a refusal.
func refusing<Result>(_ refusal: Refusal, for state: SQLState, _ write: () async throws -> Result) async throws -> Result {
    do {
        return try await write()
    } catch let error as PostgresError where error.sqlState == state {
        throw refusal
    }
}
