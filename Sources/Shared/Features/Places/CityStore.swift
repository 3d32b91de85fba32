import Callers
import Database

/// Cities in the database.
struct CityStore: Sendable {
    /// A page of the cities by initial, spelling and id. With a text to look for, all cities are read: they are some hundreds.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func cities(_ filter: CityFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<City> {
        let start: Query? = try page.keys(count: 3).map { keys in
            guard let id = Int64(keys[2]) else { throw Refusal.cursorInvalid }
            return "(cities.initial, cities.pinyin, cities.id) > (\(keys[0]), \(keys[1]), \(id))"
        }
        let hasCinema: Query = """
            EXISTS (
                SELECT
                FROM cinemas
                JOIN merchants ON merchants.id = cinemas.merchant_id
                WHERE cinemas.city_id = cities.id
                    AND cinemas.deleted_at IS NULL
                    AND merchants.verified_at IS NOT NULL
            )
            """
        let conditions: [Query?] = [
            filter.initial.map { "cities.initial = \($0)" },
            filter.wantedName.map { Self.isNamed($0, spelled: filter.wantedSpelling) },
            filter.withCinemas ? hasCinema : nil,
            start,
        ]
        let rows = try await session.rows(
            """
            SELECT id, parent_id, name, code, pinyin, initial
            FROM cities
            WHERE \(conditions.conjunction)
            ORDER BY cities.initial, cities.pinyin, cities.id
            LIMIT \(page.rowLimit)
            """,
            City.init(row:)
        )
        return Page(rows, request: page) { [$0.initial, $0.pinyin, String($0.id)] }
    }

    private static func isNamed(_ part: String, spelled spelling: String?) -> Query {
        let name: Query = "folded_name(cities.name) LIKE folded_part(\(part)::text)"
        guard let spelling else { return name }
        return "(\(name) OR starts_with(cities.pinyin, \(spelling)::text))"
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
