import Callers
import Database
import Foundation
import Shared

/// A verified merchant with a cinema, a hall of two zones, a movie, and a right to show it; what scheduling needs.
struct ScreeningFixture: Sendable {
    let pool: PostgresPool
    let merchantID: Int64
    let cinemaID: Int64
    let hallID: Int64
    let layoutID: Int64
    let movieID: Int64
    /// An administrator.
    let adminID: Int64
    /// The coming noon in UTC, eight in the evening in Shanghai, a week from now.
    let start: Date

    let screenings: ShowtimeScheduling
    let rights = ScreeningRights()
    let listing = ShowtimeListing()

    init(_ pool: PostgresPool, timeZone: String = "Asia/Shanghai", cancelOrders: @escaping ShowtimeCancellation = { _, _, _ in })
        async throws
    {
        self.pool = pool
        merchantID = try await Self.merchant(pool, verified: true)
        cinemaID = try await Self.cinema(pool, merchantID: merchantID, timeZone: timeZone)
        (hallID, layoutID) = try await Self.hall(pool, cinemaID: cinemaID)
        movieID = try await Self.movie(pool)
        adminID = try await pool.id(
            "INSERT INTO accounts (realm, username, password_hash, permission) VALUES ('admin', 'root', 'x', 15) RETURNING id"
        )
        start = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 / 86_400).rounded(.down) * 86_400 + 7.5 * 86_400)
        screenings = ShowtimeScheduling(places: Places(), catalog: Catalog(), cancelOrders: cancelOrders)
        try await grant(movieID: movieID, from: start - 30 * 86_400, to: start + 30 * 86_400)
    }

    /// What is scheduled unless a test wants something else.
    var new: NewShowtime {
        NewShowtime(
            hallID: hallID, movieID: movieID, startsAt: start, format: "2D", language: "国语",
            prices: [ZonePrice(zone: "standard", priceFen: 4500), ZonePrice(zone: "vip", priceFen: 8000)]
        )
    }

    @discardableResult
    func schedule(as merchant: Int64? = nil, _ change: (inout NewShowtime) -> Void = { _ in }) async throws -> Showtime {
        var new = new
        change(&new)
        let wanted = new
        return try await pool.withTransaction { try await screenings.schedule(wanted, scope: .merchant(merchant ?? merchantID), in: $0) }
    }

    @discardableResult
    func change(_ id: Int64, _ change: ShowtimeChange, version: Int64? = nil) async throws -> Showtime {
        try await pool.withTransaction { try await screenings.change(id, change, scope: .merchant(merchantID), version: version, in: $0) }
    }

    func cancel(_ id: Int64, version: Int64? = nil) async throws {
        try await pool.withTransaction { try await screenings.cancel(id, scope: .merchant(merchantID), version: version, by: 1, in: $0) }
    }

    /// A granted right for the days of two moments in UTC.
    @discardableResult
    func grant(movieID: Int64, from: Date, to: Date, state: String = "granted") async throws -> Int64 {
        try await pool.id(
            """
            INSERT INTO screening_rights (merchant_id, movie_id, valid_from, valid_to, state, decided_at)
            VALUES (
                \(merchantID), \(movieID), (\(from)::timestamptz AT TIME ZONE 'UTC')::date, (\(to)::timestamptz AT TIME ZONE 'UTC')::date,
                \(state), CASE WHEN \(state)::text <> 'requested' THEN clock_timestamp() END
            )
            RETURNING id
            """
        )
    }

    /// An order in a state for the first seats of the layout; paid and collected ones with tickets.
    @discardableResult
    func order(showtimeID: Int64, state: String, seats: [(seatID: Int64, priceFen: Int64)], feeFen: Int64 = 0) async throws -> UUID {
        let id = UUID()
        let isPaid = ["paid", "collected", "refunding", "refunded"].contains(state)
        let amount = seats.map(\.priceFen).reduce(0, +)
        let fee = feeFen * Int64(seats.count)
        let code = String((0..<8).compactMap { _ in "23456789ABCDEFGHJKLMNPQRSTUVWXYZ".randomElement() })
        try await pool.execute(
            """
            INSERT INTO orders (
                id, account_id, showtime_id, state, seat_ids, seat_prices_fen, ticket_amount_fen, service_fee_fen, discount_fen, payable_fen,
                created_at, expires_at, paid_at, collection_code
            )
            VALUES (
                \(id), \(adminID), \(showtimeID), \(state), \(seats.map(\.seatID)), \(seats.map(\.priceFen)), \(amount), \(fee), 0,
                \(amount + fee), clock_timestamp(), clock_timestamp() + INTERVAL '15 minutes',
                CASE WHEN \(isPaid)::boolean THEN clock_timestamp() END, \(isPaid ? code : nil)
            )
            """
        )
        guard isPaid else { return id }
        for seat in seats {
            let ticket = state == "refunded" ? "refunded" : state == "collected" ? "collected" : "valid"
            try await pool.execute(
                """
                INSERT INTO tickets (
                    order_id, showtime_id, seat_id, price_fen, service_fee_fen, state, issued_at, collected_at, collected_by_account_id
                )
                VALUES (
                    \(id), \(showtimeID), \(seat.seatID), \(seat.priceFen), \(feeFen), \(ticket), clock_timestamp(),
                    CASE WHEN \(ticket)::text = 'collected' THEN clock_timestamp() END,
                    CASE WHEN \(ticket)::text = 'collected' THEN \(adminID)::bigint END
                )
                """
            )
        }
        return id
    }

    /// The seats of the hall's layout.
    func seatIDs(layoutID: Int64? = nil) async throws -> [Int64] {
        try await pool.rows("SELECT id FROM seats WHERE layout_id = \(layoutID ?? self.layoutID) ORDER BY id") { try $0["id"] }
    }

    func showtimeCount() async throws -> Int {
        try await pool.row("SELECT count(*) AS count FROM showtimes") { try $0["count"] } ?? 0
    }
}

extension ScreeningFixture {
    static func merchant(_ pool: PostgresPool, verified: Bool) async throws -> Int64 {
        try await pool.id(
            """
            INSERT INTO merchants (name, verified_at)
            VALUES (\("Merchant \(UUID())"), CASE WHEN \(verified)::boolean THEN clock_timestamp() END)
            RETURNING id
            """
        )
    }

    static func cinema(_ pool: PostgresPool, merchantID: Int64, timeZone: String = "Asia/Shanghai", cityID: Int64 = 1) async throws -> Int64
    {
        try await pool.execute(
            """
            INSERT INTO cities (id, name, code, pinyin, initial)
            VALUES (\(cityID), \("City \(cityID)"), \("\(100_000 + cityID)"), 'CITY', 'C')
            ON CONFLICT DO NOTHING
            """
        )
        return try await pool.id(
            """
            INSERT INTO cinemas (
                merchant_id, name, city_id, district, address, latitude, longitude, phone, service_fee_fen, time_zone, trailers_min, cleaning_min
            )
            VALUES (\(merchantID), 'House of Tests ' || gen_random_uuid(), \(cityID), 'East', 'Road 1', 31.2, 121.5, '+862112345678', 300, \(timeZone), 10, 15)
            RETURNING id
            """
        )
    }

    static func hall(_ pool: PostgresPool, cinemaID: Int64) async throws -> (hallID: Int64, layoutID: Int64) {
        let hallID = try await pool.id(
            "INSERT INTO halls (cinema_id, name, formats) VALUES (\(cinemaID), \("Hall \(UUID())"), ARRAY['2D', '3D']) RETURNING id"
        )
        let layoutID = try await pool.id("INSERT INTO hall_layouts (hall_id, version) VALUES (\(hallID), 1) RETURNING id")
        try await pool.execute(
            """
            INSERT INTO seats (layout_id, row_number, column_number, row_label, label, zone, kind)
            SELECT
                \(layoutID)::bigint, r, c, chr(64 + r), chr(64 + r) || c,
                CASE WHEN r = 3 THEN 'staff' WHEN r = 2 THEN 'vip' ELSE 'standard' END,
                CASE WHEN r = 3 THEN 'house' ELSE 'standard' END
            FROM generate_series(1, 3) AS r, generate_series(1, 10) AS c
            """
        )
        return (hallID, layoutID)
    }

    static func movie(_ pool: PostgresPool, companyID: Int64? = nil) async throws -> Int64 {
        try await pool.id(
            """
            INSERT INTO movies (title, duration_min, release_date, company_id, formats, languages, minimum_price_fen, pinned_state)
            VALUES (\("Movie \(UUID())"), 99, DATE '2026-01-01', \(companyID), ARRAY['2D', 'IMAX'], ARRAY['国语', 'English'], 3000, 'showing')
            RETURNING id
            """
        )
    }
}

extension PostgresPool {
    /// The id that a statement returns.
    func id(_ query: Query) async throws -> Int64 {
        struct NoRow: Error {}
        guard let id: Int64 = try await row(query, { try $0["id"] }) else { throw NoRow() }
        return id
    }
}
