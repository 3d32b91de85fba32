import Callers
import Database
package import FoundationEssentials

/// Companies in the database.
struct CompanyStore: Sendable {
    /// A part with the company to which it goes.
    struct Part: Hashable, Sendable {
        let companyID: Int64
        let role: MovieCompany.Role
    }

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

// MARK: - Of movies

extension CompanyStore {
    /// The companies of a movie, as columns of a query on `movies`; ``movieCompanies(_:)`` reads them.
    static let movieColumns: Query = """
        ARRAY(
            SELECT movie_companies.company_id
            FROM movie_companies
            WHERE movie_companies.movie_id = movies.id
            ORDER BY movie_companies.place
        ) AS company_ids,
        ARRAY(
            SELECT companies.name
            FROM movie_companies
            JOIN companies ON companies.id = movie_companies.company_id
            WHERE movie_companies.movie_id = movies.id
            ORDER BY movie_companies.place
        ) AS company_names,
        ARRAY(
            SELECT movie_companies.role
            FROM movie_companies
            WHERE movie_companies.movie_id = movies.id
            ORDER BY movie_companies.place
        ) AS company_roles
        """

    static func movieCompanies(_ row: PostgresRow) throws -> [MovieCompany] {
        let ids: [Int64] = try row["company_ids"]
        let names: [String] = try row["company_names"]
        let roles: [MovieCompany.Role] = try row["company_roles"]
        return zip(ids, zip(names, roles)).map { MovieCompany(companyID: $0, name: $1.0, role: $1.1) }
    }

    /// Gives movies these companies in place of those that they have. A company that is named twice in one role counts once.
    func replace(_ parts: [Int64: [Part]], in transaction: PostgresTransaction) async throws {
        let rows = parts.sorted { $0.key < $1.key }.flatMap { id, parts in
            parts.enumerated().map { (movieID: id, place: $0.offset + 1, part: $0.element) }
        }
        try await transaction.execute(
            """
            DELETE FROM movie_companies
            WHERE movie_id = ANY (\(parts.keys.sorted())::bigint[])
            """
        )
        try await transaction.execute(
            """
            INSERT INTO movie_companies (movie_id, place, company_id, role)
            SELECT part.movie_id, part.place, part.company_id, part.role
            FROM unnest(
                \(rows.map(\.movieID))::bigint[],
                \(rows.map(\.place))::integer[],
                \(rows.map(\.part.companyID))::bigint[],
                \(rows.map(\.part.role.rawValue))::text[]
            ) AS part (movie_id, place, company_id, role)
            ORDER BY part.movie_id, part.place
            ON CONFLICT (movie_id, company_id, role) DO NOTHING
            """
        )
    }

    /// The names of those of these companies that are there.
    func names(of ids: [Int64], in transaction: PostgresTransaction) async throws -> [Int64: String] {
        guard !ids.isEmpty else { return [:] }
        let rows = try await transaction.rows(
            """
            SELECT companies.id, companies.name
            FROM companies
            WHERE companies.id = ANY (\(ids)::bigint[])
            """
        ) { row -> (Int64, String) in (try row["id"], try row["name"]) }
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
