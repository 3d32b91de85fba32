import Database
import Foundation

/// What generating demo data reads, and the record of its runs. The rows themselves are written by ``DemoRowStore``.
struct DemoDataStore: Sendable {
    /// Whoever holds it makes data; another process is refused.
    private static let lock: Int64 = 0x7069_616F_0000_0003

    /// What a seed was used for; `nil` when it wasn't.
    func request(seed: Int, in session: some PostgresSession) async throws -> DemoDataRequest? {
        try await session.row(
            """
            SELECT seed, cinemas, orders, day
            FROM demo_data_runs
            WHERE seed = \(seed)
            """
        ) { row in
            try DemoDataRequest(seed: row["seed"], cinemas: row["cinemas"], orders: row["orders"], day: row["day"])
        }
    }

    /// Lifts the limits of the transaction under way: between two of its statements rows are made, which takes as long as the machine needs.
    func liftLimits(in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            SELECT
                set_config('idle_in_transaction_session_timeout', '0', TRUE),
                set_config('statement_timeout', '0', TRUE)
            """
        )
    }

    /// - Returns: whether nobody else makes data. Nobody does until the transaction has ended.
    func lock(in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.row("SELECT pg_try_advisory_xact_lock(\(Self.lock)) AS is_ours") { try $0["is_ours"] } ?? false
    }

    func record(_ request: DemoDataRequest, rows: Int, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO demo_data_runs (seed, cinemas, orders, day, row_count)
            VALUES (\(request.seed), \(request.cinemas), \(request.orders), \(request.day), \(rows))
            """
        )
    }

    /// The imported cities whose place is known, with their districts; a city without any stands for itself. By code.
    func cities(in session: some PostgresSession) async throws -> [DemoCity] {
        let rows = try await session.rows(
            """
            SELECT
                cities.id, cities.name, cities.code, administrative_divisions.id AS division_id, administrative_divisions.name AS place,
                administrative_divisions.level = 'district' AS is_district,
                administrative_divisions.longitude, administrative_divisions.latitude
            FROM cities
            JOIN administrative_divisions ON administrative_divisions.code = cities.code || '000000'
                OR (
                    administrative_divisions.level = 'district'
                    AND starts_with(
                        administrative_divisions.code, left(cities.code, CASE WHEN cities.code LIKE '%0000' THEN 2 WHEN cities.code LIKE '%00' THEN 4 ELSE 6 END)
                    )
                )
            WHERE cities.parent_id IS NULL
                AND administrative_divisions.valid_to IS NULL
                AND administrative_divisions.longitude IS NOT NULL
            ORDER BY cities.code, administrative_divisions.code
            """
        ) { row in
            (
                id: try row["id"] as Int64, name: try row["name"] as String, code: try row["code"] as String,
                place: DemoDistrict(
                    id: try row["division_id"], name: try row["place"],
                    point: GeographicPoint(latitude: try row["latitude"], longitude: try row["longitude"])),
                isDistrict: try row["is_district"] as Bool
            )
        }
        return Dictionary(grouping: rows, by: \.code).sorted { $0.key < $1.key }.map { code, rows in
            let districts = rows.filter(\.isDistrict)
            return DemoCity(id: rows[0].id, name: rows[0].name, code: code, districts: (districts.isEmpty ? rows : districts).map(\.place))
        }
    }

    /// The refund policy that holds for cinemas without one of their own.
    func refundPolicyID(in session: some PostgresSession) async throws -> Int64? {
        try await session.row(
            """
            SELECT id
            FROM refund_policies
            WHERE cinema_id IS NULL
            ORDER BY version DESC
            LIMIT 1
            """
        ) { try $0["id"] }
    }

    /// Takes numbers from the sequence of a table. What isn't used of them is nobody's, as with any sequence.
    ///
    /// - Returns: the first.
    func reserve(_ count: Int, of table: DemoIDs.Table, in transaction: PostgresTransaction) async throws -> Int64 {
        // Nobody takes a number between reading the last one and writing it.
        try await transaction.execute("LOCK TABLE \(unsafeSQL: table.rawValue) IN SHARE ROW EXCLUSIVE MODE")
        let first: Int64? = try await transaction.row(
            """
            SELECT
                setval(
                    '\(unsafeSQL: table.rawValue)_id_seq',
                    (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM \(unsafeSQL: table.rawValue)_id_seq) + \(count)::bigint
                ) - \(count)::bigint + 1 AS first
            """
        ) { try $0["first"] }
        guard let first else { throw SequenceMissing(table: table) }
        return first
    }

    /// Adds companies, or finds those that have these names already.
    ///
    /// - Returns: their numbers by name.
    func companies(_ names: [String], since createdAt: Date, in transaction: PostgresTransaction) async throws -> [String: Int64] {
        try await transaction.execute(
            """
            INSERT INTO companies (name, created_at)
            SELECT name, \(createdAt)::timestamptz
            FROM unnest(\(names)::text[]) WITH ORDINALITY AS made (name, place)
            ORDER BY place
            ON CONFLICT DO NOTHING
            """
        )
        return try await named(
            """
            SELECT made.name, min(companies.id) AS id
            FROM unnest(\(names)::text[]) AS made (name)
            JOIN companies ON folded_name(companies.name) = folded_name(made.name)
            GROUP BY made.name
            """, in: transaction)
    }

    /// Adds people, or finds those that have these names already.
    ///
    /// - Returns: their numbers by name.
    func people(_ names: [String], since createdAt: Date, in transaction: PostgresTransaction) async throws -> [String: Int64] {
        try await transaction.execute(
            """
            INSERT INTO people (name, created_at)
            SELECT name, \(createdAt)::timestamptz
            FROM unnest(\(names)::text[]) WITH ORDINALITY AS made (name, place)
            WHERE NOT EXISTS (SELECT FROM people WHERE people.name = made.name)
            ORDER BY place
            """
        )
        return try await named(
            """
            SELECT name, min(id) AS id
            FROM people
            WHERE name = ANY (\(names)::text[])
            GROUP BY name
            """, in: transaction)
    }

    private func named(_ query: Query, in transaction: PostgresTransaction) async throws -> [String: Int64] {
        let rows = try await transaction.rows(query) { (try $0["name"] as String, try $0["id"] as Int64) }
        return Dictionary(rows) { first, _ in first }
    }

    /// Tells the planner what has come.
    func analyse(in session: some PostgresSession) async throws {
        let tables = DemoRows.tables + ["user_group_members", "people", "companies"]
        try await session.execute("ANALYZE \(unsafeSQL: tables.joined(separator: ", "))")
    }
}

/// A statement without a table gave no row: a defect.
struct SequenceMissing: Error {
    let table: DemoIDs.Table
}
