import Callers
import Database
package import FoundationEssentials

/// Companies in the database.
struct CompanyStore: Sendable {
    /// A page of the companies by name.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func companies(page: PageRequest, in session: some PostgresSession) async throws -> Page<Company> {
        let rows = try await session.rows(try listing(page: page), Company.init(row:))
        return Page(rows, request: page) { [$0.name] }
    }

    /// The query behind the list of companies.
    func listing(page: PageRequest) throws -> Query {
        let start: Query? = try page.keys(count: 1).map { "name > \($0[0])" }
        return """
            SELECT id, name, created_at
            FROM companies
            WHERE \(start ?? "TRUE")
            ORDER BY name
            LIMIT \(page.rowLimit)
            """
    }

    func company(_ id: Int64, in session: some PostgresSession) async throws -> Company? {
        try await session.row(
            """
            SELECT id, name, created_at
            FROM companies
            WHERE id = \(id)
            """,
            Company.init(row:)
        )
    }

    /// - Returns: `nil` when there is a company of this name.
    func add(name: String, in transaction: PostgresTransaction) async throws -> Company? {
        try await transaction.row(
            """
            INSERT INTO companies (name)
            VALUES (\(name))
            ON CONFLICT (folded_name(name)) DO NOTHING
            RETURNING id, name, created_at
            """,
            Company.init(row:)
        )
    }

    /// The ids of the companies with these names. Names are compared in their folded form. Companies that are missing are added.
    func ids(ofNames names: Set<String>, in transaction: PostgresTransaction) async throws -> [String: Int64] {
        let names = names.sorted()
        // Sorted, so that two transactions that add the same names wait for each other in one order.
        try await transaction.execute(
            """
            INSERT INTO companies (name)
            SELECT name
            FROM unnest(\(names)::text[]) AS wanted (name)
            ORDER BY folded_name(name), name
            ON CONFLICT (folded_name(name)) DO NOTHING
            """
        )
        let rows = try await transaction.rows(
            """
            SELECT wanted.name, companies.id
            FROM unnest(\(names)::text[]) AS wanted (name)
            JOIN companies ON folded_name(companies.name) = folded_name(wanted.name)
            """
        ) { row -> (String, Int64) in (try row["name"], try row["id"]) }
        return Dictionary(rows) { first, _ in first }
    }
}

/// A company that makes or distributes movies.
package struct Company: Hashable, Sendable {
    package let id: Int64
    /// Unique.
    package let name: String
    package let createdAt: Date
}

extension Company {
    fileprivate init(row: PostgresRow) throws {
        self.init(id: try row["id"], name: try row["name"], createdAt: try row["created_at"])
    }
}
