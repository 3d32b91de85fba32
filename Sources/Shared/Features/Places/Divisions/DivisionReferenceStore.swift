import Callers
import Database

/// What refers to a division.
package struct DivisionReference: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable, PostgresCodable {
        /// A cinema that lies in the district.
        case cinema
        /// A city of the list of cities that is the division.
        case city
    }

    package let kind: Kind
    package let id: Int64
    package let name: String
}

/// How much was moved from one division to another.
package struct MovedReferences: Hashable, Sendable {
    package let cinemas: Int
    package let cities: Int
}

/// Finds and moves what refers to divisions.
struct DivisionReferenceStore: Sendable {
    /// A page of what refers to a division: cinemas first, then cities, each by id.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func references(to id: Int64, page: PageRequest, in session: some PostgresSession) async throws -> Page<DivisionReference> {
        let start: (kind: DivisionReference.Kind, id: Int64)? = try page.keys(count: 2).map { keys in
            guard let kind = DivisionReference.Kind(rawValue: keys[0]), let id = Int64(keys[1]) else { throw Refusal.cursorInvalid }
            return (kind, id)
        }
        let cinemasAfter: Query? = start.map { $0.kind == .cinema ? "cinemas.id > \($0.id)" : "FALSE" }
        let citiesAfter: Query? = start.flatMap { $0.kind == .city ? "cities.id > \($0.id)" : nil }
        let rows = try await session.rows(
            """
            (
                SELECT 'cinema' AS kind, cinemas.id, cinemas.name
                FROM cinemas
                WHERE cinemas.district_id = \(id)
                    AND cinemas.deleted_at IS NULL
                    AND \(cinemasAfter ?? "TRUE")
                ORDER BY cinemas.id
                LIMIT \(page.rowLimit)
            )
            UNION ALL
            (
                SELECT 'city' AS kind, cities.id, cities.name
                FROM cities
                WHERE cities.division_id = \(id)
                    AND \(citiesAfter ?? "TRUE")
                ORDER BY cities.id
                LIMIT \(page.rowLimit)
            )
            ORDER BY kind, id
            LIMIT \(page.rowLimit)
            """
        ) { row in DivisionReference(kind: try row["kind"], id: try row["id"], name: try row["name"]) }
        return Page(rows, request: page) { [$0.kind.rawValue, String($0.id)] }
    }

    /// Moves the cinemas of a district to another one, deleted ones too, with the city where they don't lie in theirs any more.
    ///
    /// - Parameters:
    ///   - cinemaIDs: only these; `nil` for all.
    ///   - cityIDs: the cities that the district lies in, the smallest first.
    /// - Returns: how many.
    func moveCinemas(
        from id: Int64, to district: AdministrativeDivision, only cinemaIDs: [Int64]?, cityIDs: [Int64], in transaction: PostgresTransaction
    ) async throws -> Int {
        let conditions: [Query?] = ["district_id = \(id)", cinemaIDs.map { "id = ANY (\($0)::bigint[])" }]
        return try await transaction.execute(
            """
            UPDATE cinemas
            SET district_id = \(district.id),
                district = \(district.name),
                city_id = CASE WHEN city_id = ANY (\(cityIDs)::bigint[]) THEN city_id ELSE coalesce(\(cityIDs.first), city_id) END,
                version = version + 1
            WHERE \(conditions.conjunction)
            """
        )
    }

    /// The cities with these codes, in the order of the codes.
    func cities(codes: [String], in session: some PostgresSession) async throws -> [Int64] {
        try await session.rows(
            """
            SELECT id
            FROM cities
            WHERE code = ANY (\(codes)::text[])
            ORDER BY array_position(\(codes)::text[], code)
            """
        ) { try $0["id"] }
    }

    /// Lets the city that was a division be another one. Where that is a city of the list already, the one becomes a part of the other, and
    /// its cinemas are the other's.
    ///
    /// - Returns: how many cities.
    func moveCities(from id: Int64, to division: AdministrativeDivision, in transaction: PostgresTransaction) async throws -> Int {
        let code = String(division.code.prefix(6))
        let moved = try await transaction.rows(
            """
            UPDATE cities
            SET division_id = CASE WHEN taken.id IS NULL THEN \(division.id)::bigint END,
                code = CASE WHEN taken.id IS NULL THEN \(code) ELSE cities.code END,
                parent_id = coalesce(taken.id, cities.parent_id)
            FROM (VALUES (1)) AS one (one)
            LEFT JOIN cities AS taken ON taken.code = \(code) AND taken.division_id IS DISTINCT FROM \(id)
            WHERE cities.division_id = \(id)
            RETURNING cities.id, taken.id AS other_id
            """
        ) { row in (id: try row["id"] as Int64, otherID: try row["other_id"] as Int64?) }
        for city in moved {
            guard let otherID = city.otherID else { continue }
            try await transaction.execute(
                """
                UPDATE cinemas
                SET city_id = \(otherID),
                    version = version + 1
                WHERE city_id = \(city.id)
                """
            )
        }
        return moved.count
    }
}
