package import Callers
package import Database
import Foundation
import Shared

/// A cinema with one hall, some showtimes on sale and some moviegoers, from which tests about orders start.
///
/// It is written with plain SQL, so that it doesn't depend on the code under test.
package struct BookingWorld: Sendable {
    package let merchantID: Int64
    package let showtimeIDs: [Int64]
    /// By row, then column; the same for all showtimes.
    package let seatIDs: [Int64]
    package let buyers: [Principal]

    /// The price of a ticket and the fee for it, in fen.
    package static let priceFen: Int64 = 4500
    package static let serviceFeeFen: Int64 = 300

    /// - Parameters:
    ///   - rows: rows of the hall.
    ///   - columns: columns of the hall, which has no aisle.
    ///   - seatLimit: how many seats of a showtime one person may hold.
    package init(
        in database: some PostgresSession,
        showtimes: Int = 1,
        rows: Int = 5,
        columns: Int = 10,
        buyers: Int = 1,
        seatLimit: Int = 6
    ) async throws {
        merchantID = try await Self.id(
            "INSERT INTO merchants (name, verified_at) VALUES ('Grand', now()) RETURNING id", in: database)
        try await database.execute(
            "INSERT INTO cities (id, name, code, pinyin, initial) VALUES (1, '北京', '110100', 'BEIJING', 'B') ON CONFLICT DO NOTHING")
        let cinemaID = try await Self.id(
            """
            INSERT INTO cinemas (merchant_id, name, city_id, district, address, latitude, longitude, phone, service_fee_fen, seat_limit)
            VALUES (\(merchantID), 'Grand', 1, '东城区', '1', 39.9, 116.4, '010', \(Self.serviceFeeFen), \(seatLimit))
            RETURNING id
            """, in: database)
        let hallID = try await Self.id(
            "INSERT INTO halls (cinema_id, name, formats) VALUES (\(cinemaID), '1', '{2D}') RETURNING id", in: database)
        let layoutID = try await Self.id(
            "INSERT INTO hall_layouts (hall_id, version) VALUES (\(hallID), 1) RETURNING id", in: database)
        seatIDs = try await database.rows(
            """
            INSERT INTO seats (layout_id, row_number, column_number, row_label, label, zone, kind)
            SELECT \(layoutID)::bigint, r, c, r::text, r || '-' || c, 'standard', 'standard'
            FROM generate_series(1, \(rows)::integer) AS r, generate_series(1, \(columns)::integer) AS c
            ORDER BY 2, 3
            RETURNING id
            """
        ) { try $0["id"] }
        let movieID = try await Self.id(
            """
            INSERT INTO movies (title, duration_min, release_date, formats, languages, minimum_price_fen, state)
            VALUES ('Hero', 99, '2026-01-01', '{2D}', '{Mandarin}', 3000, 'showing')
            RETURNING id
            """, in: database)
        let rightID = try await Self.id(
            """
            INSERT INTO screening_rights (merchant_id, movie_id, valid_from, valid_to, state, decided_at)
            VALUES (\(merchantID), \(movieID), CURRENT_DATE - 1000, CURRENT_DATE + 1000, 'granted', now())
            RETURNING id
            """, in: database)
        showtimeIDs = try await database.rows(
            """
            INSERT INTO showtimes (
                merchant_id, cinema_id, hall_id, layout_id, movie_id, screening_right_id,
                starts_at, ends_at, occupied_until, business_day, format, language, service_fee_fen
            )
            SELECT
                \(merchantID)::bigint, \(cinemaID)::bigint, \(hallID)::bigint, \(layoutID)::bigint, \(movieID)::bigint,
                \(rightID)::bigint, starts_at, starts_at + INTERVAL '99 minutes', starts_at + INTERVAL '120 minutes',
                starts_at::date, '2D', 'Mandarin', \(Self.serviceFeeFen)::bigint
            FROM generate_series(1, \(showtimes)::integer) AS n,
                LATERAL (SELECT now() + n * INTERVAL '3 hours' AS starts_at) AS slot
            RETURNING id
            """
        ) { try $0["id"] }
        try await database.execute(
            """
            INSERT INTO showtime_prices (showtime_id, zone, price_fen)
            SELECT unnest(\(showtimeIDs)::bigint[]), 'standard', \(Self.priceFen)::bigint
            """)
        self.buyers = try await Self.moviegoers(buyers, in: database)
    }

    /// More moviegoers, each signed in.
    package static func moviegoers(_ count: Int, in database: some PostgresSession) async throws -> [Principal] {
        try await database.rows(
            """
            WITH account AS (
                INSERT INTO accounts (realm, username, password_hash, permission)
                SELECT 'client', left('b' || replace(gen_random_uuid()::text, '-', ''), 32), 'none', 7
                FROM generate_series(1, \(count)::integer)
                RETURNING id
            )
            INSERT INTO sessions (token_sha256, account_id, realm, expires_at)
            SELECT sha256(id::text::bytea), id, 'client', now() + INTERVAL '1 day'
            FROM account
            RETURNING id, account_id
            """
        ) { row in
            Principal(
                accountID: try row["account_id"],
                realm: .client,
                merchantID: nil,
                permission: [.read, .write, .modify],
                sessionID: try row["id"]
            )
        }
    }

    private static func id(_ query: Query, in database: some PostgresSession) async throws -> Int64 {
        guard let id = try await database.row(query, { try $0["id"] as Int64 }) else { throw NothingInserted() }
        return id
    }

    private struct NothingInserted: Error {}
}
