import Callers
import Database

/// Cities in the database.
struct CityStore: Sendable {
    /// A page of the cities by initial, spelling and id.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func cities(initial: String?, page: PageRequest, in session: some PostgresSession) async throws -> Page<City> {
        let start: Query? = try page.keys(count: 3).map { keys in
            guard let id = Int64(keys[2]) else { throw Refusal.cursorInvalid }
            return "(initial, pinyin, id) > (\(keys[0]), \(keys[1]), \(id))"
        }
        let conditions: [Query?] = [initial.map { "initial = \($0)" }, start]
        let rows = try await session.rows(
            """
            SELECT id, parent_id, name, code, pinyin, initial
            FROM cities
            WHERE \(conditions.conjunction)
            ORDER BY initial, pinyin, id
            LIMIT \(page.rowLimit)
            """,
            City.init(row:)
        )
        return Page(rows, request: page) { [$0.initial, $0.pinyin, String($0.id)] }
    }

    func city(_ id: Int64, in session: some PostgresSession) async throws -> City? {
        try await session.row(
            """
            SELECT id, parent_id, name, code, pinyin, initial
            FROM cities
            WHERE id = \(id)
            """,
            City.init(row:)
        )
    }

    func cities(codes: [String], in session: some PostgresSession) async throws -> [City] {
        try await session.rows(
            """
            SELECT id, parent_id, name, code, pinyin, initial
            FROM cities
            WHERE code = ANY (\(codes)::text[])
            """,
            City.init(row:)
        )
    }

    /// The cities with one of these names, or one of these spellings in Latin letters.
    func cities(named names: [String], spelled spellings: [String], in session: some PostgresSession) async throws -> [City] {
        try await session.rows(
            """
            SELECT id, parent_id, name, code, pinyin, initial
            FROM cities
            WHERE name = ANY (\(names)::text[])
            UNION
            SELECT id, parent_id, name, code, pinyin, initial
            FROM cities
            WHERE initial = ANY (\(spellings.map { String($0.prefix(1)) })::text[])
                AND pinyin = ANY (\(spellings)::text[])
            """,
            City.init(row:)
        )
    }

    /// The position of a city's government; `nil` where the divisions give none.
    func point(of city: City, in session: some PostgresSession) async throws -> GeographicPoint? {
        try await session.row(
            """
            SELECT latitude, longitude
            FROM administrative_divisions
            WHERE code = \(city.code + "000000")
                AND valid_to IS NULL
                AND latitude IS NOT NULL
            """
        ) { GeographicPoint(latitude: try $0["latitude"], longitude: try $0["longitude"]) }
    }
}

extension City {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row["id"],
            parentID: try row["parent_id"],
            name: try row["name"],
            code: try row["code"],
            pinyin: try row["pinyin"],
            initial: try row["initial"]
        )
    }
}
