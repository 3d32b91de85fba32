import Callers
import Database
import Foundation
import Testing
import Text

@testable import Shared

/// What tests of places and the catalogue stand on: merchants, cities and showtimes, written straight into the database.
struct PlacesFixture: Sendable {
    let pool: PostgresPool
    let places = Places()
    let catalog = Catalog()

    func merchant(verified: Bool = true) async throws -> Int64 {
        let id = try await pool.row(
            """
            INSERT INTO merchants (name, verified_at)
            VALUES ('merchant', CASE WHEN \(verified) THEN clock_timestamp() END)
            RETURNING id
            """
        ) { row -> Int64 in try row["id"] }
        return try #require(id)
    }

    func city(_ id: Int64, code: String? = nil, pinyin: String = "CITY", initial: String = "C") async throws {
        try await pool.execute(
            """
            INSERT INTO cities (id, name, code, pinyin, initial)
            VALUES (\(id), 'city', \(code ?? String(100_000 + id)), \(pinyin), \(initial))
            """
        )
    }

    func newCinema(
        _ name: String = "cinema \(UUID().uuidString)",
        cityID: Int64 = 1,
        district: String = "district",
        latitude: Double = 31.23,
        longitude: Double = 121.47
    ) -> NewCinema {
        NewCinema(
            name: name,
            cityID: cityID,
            district: district,
            address: "street 1",
            point: GeographicPoint(latitude: latitude, longitude: longitude),
            serviceFeeFen: 300
        )
    }

    func add(_ new: NewCinema, to merchantID: Int64) async throws -> Cinema {
        try await pool.withTransaction { try await places.addCinema(new, merchantID: merchantID, in: $0) }
    }

    func layout(_ cells: String...) throws -> HallLayout {
        try HallLayout(rows: zip("ABCDEFGH", cells).map { HallLayout.Row(label: String($0), zone: "zone \($0)", cells: $1) })
    }

    func hall(_ name: String = "hall", in cinemaID: Int64, layout: HallLayout? = nil) async throws -> Hall {
        let new = NewHall(name: name, formats: ["2D"], layout: try layout ?? self.layout("SSS"))
        return try await pool.withTransaction { try await places.addHall(new, cinemaID: cinemaID, scope: .everybody, in: $0) }
    }

    func newMovie(_ title: String = "Hero", released: String = "2002-10-24", state: MovieState = .showing) throws -> NewMovie {
        NewMovie(
            title: title,
            durationMin: 99,
            releaseDate: try #require(CalendarDay(released)),
            formats: ["2D"],
            languages: ["Mandarin"],
            minimumPriceFen: 3000,
            state: state
        )
    }

    func add(_ new: NewMovie) async throws -> Movie {
        try await pool.withTransaction { try await catalog.addMovie(new, in: $0) }.movie
    }

    /// Adds a showtime of an hour's length that starts so many minutes from now, with a right to it.
    @discardableResult
    func showtime(of movie: Movie, in hall: Hall, startsIn minutes: Int, cancelled: Bool = false) async throws -> Int64 {
        let id = try await pool.row(
            """
            WITH screening AS (
                INSERT INTO screening_rights (merchant_id, movie_id, valid_from, valid_to, state, decided_at)
                SELECT merchant_id, \(movie.id), DATE '2020-01-01', DATE '2040-01-01', 'granted', clock_timestamp()
                FROM cinemas
                WHERE id = \(hall.cinemaID)
                RETURNING id, merchant_id
            )
            INSERT INTO showtimes (
                merchant_id, cinema_id, hall_id, layout_id, movie_id, screening_right_id, starts_at, ends_at, occupied_until, business_day,
                format, language, service_fee_fen, cancelled_at
            )
            SELECT merchant_id, \(hall.cinemaID), \(hall.id), \(hall.layoutID), \(movie.id), id, start.at, start.at + INTERVAL '1 hour',
                start.at + INTERVAL '1 hour', start.at::DATE, '2D', 'Mandarin', 0, CASE WHEN \(cancelled) THEN clock_timestamp() END
            FROM screening
            CROSS JOIN (SELECT clock_timestamp() + \(minutes) * INTERVAL '1 minute' AS at) AS start
            RETURNING id
            """
        ) { row -> Int64 in try row["id"] }
        return try #require(id)
    }

    /// All pages of a list, one after the other, at most so many items each.
    static func all<Item: Sendable>(_ limit: Int, _ page: (PageRequest) async throws -> Page<Item>) async throws -> [Item] {
        var items: [Item] = []
        var cursor: String?
        repeat {
            let part = try await page(PageRequest(limit: limit, cursor: cursor))
            #expect(part.items.count <= limit)
            items += part.items
            cursor = part.next
        } while cursor != nil && items.count < 10_000
        return items
    }

    /// The plan of a query where reading a whole table counts as the last resort.
    func plan(_ query: Query) async throws -> String {
        try await pool.withTransaction { transaction in
            try await transaction.execute("SET LOCAL enable_seqscan = off")
            let lines = try await transaction.rows("EXPLAIN \(query)") { row -> String in try row["QUERY PLAN"] }
            return lines.joined(separator: "\n")
        }
    }
}

/// Expects a refusal with this code.
func expectRefusal<Result>(
    _ code: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Result
) async {
    do {
        _ = try await body()
        Issue.record("nothing was refused, expected \(code)", sourceLocation: sourceLocation)
    } catch let refusal as Refusal {
        #expect(refusal.code == code, sourceLocation: sourceLocation)
    } catch {
        Issue.record("expected the refusal \(code), got \(String(reflecting: error))", sourceLocation: sourceLocation)
    }
}
