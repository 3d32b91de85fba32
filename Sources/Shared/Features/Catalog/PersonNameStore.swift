import Database

/// Finds and adds people by their names, which several may have.
struct PersonNameStore: Sendable {
    /// The numbers of the people with these names, in their order. Names are compared in their folded form. A person is added for each name
    /// that nobody has.
    func ids(ofNames names: Set<String>, in transaction: PostgresTransaction) async throws -> [String: [Int64]] {
        let found = try await known(names, in: transaction)
        let missing = names.subtracting(found.keys)
        guard !missing.isEmpty else { return found }
        // Nothing makes names unique, so those who add people by name do it one after the other.
        try await transaction.execute("SELECT pg_advisory_xact_lock(hashtextextended('people by name', 0))")
        try await transaction.execute(
            """
            INSERT INTO people (name)
            SELECT DISTINCT ON (folded_name(wanted.name)) wanted.name
            FROM unnest(\(missing.sorted())::text[]) AS wanted (name)
            WHERE NOT EXISTS (SELECT FROM people WHERE folded_name(people.name) = folded_name(wanted.name))
            ORDER BY folded_name(wanted.name), wanted.name
            """
        )
        let added = try await known(missing, in: transaction)
        return found.merging(added) { first, _ in first }
    }

    private func known(_ names: Set<String>, in transaction: PostgresTransaction) async throws -> [String: [Int64]] {
        guard !names.isEmpty else { return [:] }
        let rows = try await transaction.rows(
            """
            SELECT wanted.name, people.id
            FROM unnest(\(names.sorted())::text[]) AS wanted (name)
            JOIN people ON folded_name(people.name) = folded_name(wanted.name)
            ORDER BY people.id
            """
        ) { row -> (String, Int64) in (try row["name"], try row["id"]) }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    /// The names of those of these people who are there.
    func names(of ids: [Int64], in transaction: PostgresTransaction) async throws -> [Int64: String] {
        guard !ids.isEmpty else { return [:] }
        let rows = try await transaction.rows(
            """
            SELECT people.id, people.name
            FROM people
            WHERE people.id = ANY (\(ids)::bigint[])
            """
        ) { row -> (Int64, String) in (try row["id"], try row["name"]) }
        return Dictionary(rows) { first, _ in first }
    }
}
