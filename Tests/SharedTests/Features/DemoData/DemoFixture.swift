import Database
import Foundation
import Shared
import TestSupport
import Testing
import Text

/// Cities to put cinemas in, and runs of the generator.
enum DemoFixture {
    static let day = CalendarDay(year: 2026, month: 11, day: 30)

    /// A database with a municipality, a capital of a province, and a city of which no district is known.
    static func with(_ body: (PostgresPool) async throws -> Void) async throws {
        try await withTestDatabase { pool in
            try await addCities(to: pool)
            try await body(pool)
        }
    }

    static func addCities(to pool: PostgresPool) async throws {
        try await pool.execute(
            """
            INSERT INTO cities (id, parent_id, name, code, pinyin, initial)
            VALUES (1, NULL, '北京', '110000', 'BEIJING', 'B'), (2, NULL, '石家庄', '130100', 'SHIJIAZHUANG', 'S'),
                (3, NULL, '唐山', '130200', 'TANGSHAN', 'T'), (4, NULL, '无处', '999900', 'WUCHU', 'W')
            """
        )
        try await pool.execute(
            """
            INSERT INTO administrative_divisions (code, name, level, longitude, latitude)
            VALUES ('110000000000', '北京市', 'province', 116.4, 39.9), ('110101000000', '东城区', 'district', 116.42, 39.93),
                ('110102000000', '西城区', 'district', 116.37, 39.91), ('130100000000', '石家庄市', 'city', 114.5, 38.0),
                ('130102000000', '长安区', 'district', 114.54, 38.04), ('130200000000', '唐山市', 'city', 118.2, 39.6)
            """
        )
    }

    @discardableResult
    static func run(
        seed: Int = 7, cinemas: Int = 6, orders: Int = 900, day: CalendarDay? = nil, isDayGiven: Bool = true, in pool: PostgresPool
    ) async throws -> DemoDataSummary? {
        let request = try DemoDataRequest(seed: seed, cinemas: cinemas, orders: orders, day: day ?? #require(self.day))
        var shown = 0
        let summary = try await DemoData().run(request, isDayGiven: isDayGiven, on: pool) { done, total in
            #expect(done >= shown && done <= total, "the bar goes back")
            shown = done
        }
        return summary
    }

    /// A word for all rows of all tables; the record of a run has a time of its own.
    static func checksum(of pool: PostgresPool) async throws -> [String: String] {
        let tables = try await pool.rows(
            """
            SELECT tablename::text AS name
            FROM pg_tables
            WHERE schemaname = 'public'
                AND tablename NOT IN ('schema_migrations', 'demo_data_runs')
            """
        ) { try $0["name"] as String }
        var sums: [String: String] = [:]
        for table in tables {
            sums[table] = try await pool.row(
                """
                SELECT count(*) || ' ' || coalesce(md5(string_agg(line, E'\\n' ORDER BY line)), '') AS sum
                FROM (SELECT made::text AS line FROM \(unsafeSQL: table) AS made) AS lines
                """
            ) { try $0["sum"] }
        }
        return sums
    }
}

/// What must hold for made orders beside what must hold after anything. Plain SQL over the tables, which knows nothing of how they were made.
func expectDemoBooks(in pool: PostgresPool, standingStillAt day: CalendarDay) async throws {
    try await expectInvariants(in: pool)
    let moment = day.startInBeijing
    let checks: [(String, Query)] = [
        (
            "claims are not those of the orders that hold seats",
            """
            WITH held AS (
                SELECT showtime_id, unnest(seat_ids) AS seat_id, id AS order_id
                FROM orders
                WHERE state IN ('pending_payment', 'paid_unconfirmed')
                UNION ALL
                SELECT showtime_id, seat_id, order_id FROM tickets WHERE state <> 'refunded'
            )
            SELECT count(*) FROM (
                (SELECT * FROM held EXCEPT ALL SELECT showtime_id, seat_id, order_id FROM seat_claims)
                UNION ALL
                (SELECT showtime_id, seat_id, order_id FROM seat_claims EXCEPT ALL SELECT * FROM held)
            ) AS differences
            """
        ),
        (
            "an event follows on another state or time than the one before it left",
            """
            SELECT count(*)
            FROM (
                SELECT from_state, at, lag(to_state) OVER story AS state, lag(at) OVER story AS before
                FROM order_events
                WINDOW story AS (PARTITION BY order_id ORDER BY id)
            ) AS steps
            WHERE from_state IS DISTINCT FROM state
                OR at < before
                OR at > \(moment)
            """
        ),
        (
            "a step that no order may take",
            """
            SELECT count(*)
            FROM order_events
            WHERE (cause, from_state, to_state) IS DISTINCT FROM ('opened', NULL, 'pending_payment')
                AND (cause, from_state, to_state) NOT IN (VALUES
                    ('payment_claimed', 'pending_payment', 'paid_unconfirmed'), ('payment_confirmed', 'pending_payment', 'paid'),
                    ('payment_confirmed', 'paid_unconfirmed', 'paid'), ('late_payment_accepted', 'expired', 'paid'),
                    ('late_payment_returned', 'expired', 'refunding'), ('cancelled_by_buyer', 'pending_payment', 'cancelled'),
                    ('voided', 'pending_payment', 'cancelled'), ('showtime_cancelled', 'pending_payment', 'cancelled'),
                    ('showtime_cancelled', 'paid', 'refunding'), ('lapsed', 'pending_payment', 'expired'),
                    ('lapsed', 'paid_unconfirmed', 'expired'), ('collected', 'paid', 'collected'),
                    ('tickets_refunded_by_buyer', 'paid', 'paid'), ('refunded_by_buyer', 'paid', 'refunding'),
                    ('refunded_by_cinema', 'paid', 'refunding'), ('refund_paid', 'paid', 'paid'),
                    ('refund_completed', 'refunding', 'refunded'), ('entered', 'collected', 'collected')
                )
            """
        ),
        (
            "an order's amounts are not those of its seats",
            """
            SELECT count(*)
            FROM orders
            JOIN showtimes ON showtimes.id = orders.showtime_id
            CROSS JOIN LATERAL (
                SELECT sum(showtime_prices.price_fen) AS fen, count(*) AS count
                FROM unnest(orders.seat_ids) AS ordered (seat_id)
                JOIN seats ON seats.id = ordered.seat_id AND seats.layout_id = showtimes.layout_id AND seats.kind NOT IN ('house', 'broken')
                JOIN showtime_prices ON showtime_prices.showtime_id = showtimes.id AND showtime_prices.zone = seats.zone
            ) AS priced
            WHERE (orders.ticket_amount_fen, orders.service_fee_fen, cardinality(orders.seat_ids))
                IS DISTINCT FROM (priced.fen, showtimes.service_fee_fen * priced.count, priced.count)
                OR orders.showtime_starts_at <> showtimes.starts_at
                OR orders.created_at < showtimes.created_at
                OR orders.created_at >= least(showtimes.starts_at, \(moment))
            """
        ),
        (
            "a seat ordered twice in one order",
            """
            SELECT count(*)
            FROM orders
            WHERE cardinality(seat_ids) <> (SELECT count(DISTINCT seat_id) FROM unnest(seat_ids) AS seat_id)
            """
        ),
        (
            "tickets that don't fit their order's state",
            """
            SELECT count(*)
            FROM orders
            CROSS JOIN LATERAL (
                SELECT
                    count(*) FILTER (WHERE state = 'valid') AS valid,
                    count(*) FILTER (WHERE state = 'collected') AS collected,
                    count(*) AS issued
                FROM tickets
                WHERE order_id = orders.id
            ) AS held
            WHERE NOT CASE orders.state
                WHEN 'paid' THEN valid > 0 AND collected = 0
                WHEN 'collected' THEN valid = 0 AND collected > 0
                ELSE valid = 0 AND collected = 0
            END
                OR issued <> CASE WHEN orders.paid_at IS NULL THEN 0 ELSE cardinality(orders.seat_ids) END
            """
        ),
        (
            "a movement that isn't posted once, or one that is and never was",
            """
            WITH wanted AS (
                SELECT 'payment' AS kind, id AS payment_id, NULL::bigint AS refund_id FROM payments WHERE state = 'succeeded'
                UNION ALL
                SELECT 'refund_requested', payment_id, id FROM refunds
                UNION ALL
                SELECT 'refund_paid', payment_id, id FROM refunds WHERE state = 'succeeded'
            )
            SELECT count(*) FROM (
                (SELECT * FROM wanted EXCEPT ALL SELECT kind, payment_id, refund_id FROM ledger_entries)
                UNION ALL
                (SELECT kind, payment_id, refund_id FROM ledger_entries EXCEPT ALL SELECT * FROM wanted)
            ) AS differences
            """
        ),
        (
            "money that no order wants was kept",
            "SELECT abs(coalesce(sum(amount_fen), 0))::bigint AS count FROM ledger_lines WHERE account = 'buyers:unallocated'"
        ),
        (
            "a merchant's account is not the worth of its tickets",
            """
            SELECT count(*)
            FROM (
                SELECT 'merchant:' || showtimes.merchant_id AS account, sum(tickets.price_fen + tickets.service_fee_fen) AS fen
                FROM tickets
                JOIN showtimes ON showtimes.id = tickets.showtime_id
                WHERE tickets.state <> 'refunded'
                GROUP BY 1
            ) AS sold
            FULL JOIN (
                SELECT substring(account FROM '^merchant:[0-9]+') AS account, -sum(amount_fen) AS fen
                FROM ledger_lines
                WHERE account LIKE 'merchant:%'
                GROUP BY 1
            ) AS owed USING (account)
            WHERE coalesce(sold.fen, 0) <> coalesce(owed.fen, 0)
            """
        ),
        (
            "somebody holds more than a person may",
            """
            SELECT
                (SELECT count(*) FROM (
                    SELECT FROM orders WHERE state IN ('pending_payment', 'paid_unconfirmed') GROUP BY account_id HAVING count(*) > 3
                ) AS unpaid)
                + (SELECT count(*) FROM (
                    SELECT FROM orders
                    JOIN seat_claims ON seat_claims.order_id = orders.id
                    WHERE channel = 'online'
                    GROUP BY orders.account_id, orders.showtime_id
                    HAVING count(*) > 6
                ) AS seats) AS count
            """
        ),
        (
            "a showtime that nobody could have scheduled",
            """
            SELECT count(*)
            FROM showtimes
            JOIN movies ON movies.id = showtimes.movie_id
            JOIN halls ON halls.id = showtimes.hall_id
            JOIN cinemas ON cinemas.id = showtimes.cinema_id
            JOIN screening_rights ON screening_rights.id = showtimes.screening_right_id
            WHERE showtimes.business_day >= movies.release_date + 60
                OR showtimes.format <> ALL (movies.formats)
                OR showtimes.format <> ALL (halls.formats)
                OR showtimes.language <> ALL (movies.languages)
                OR (showtimes.business_day < movies.release_date) <> showtimes.preview
                OR showtimes.business_day <> (showtimes.starts_at AT TIME ZONE cinemas.time_zone)::date
                OR showtimes.ends_at <> showtimes.starts_at + (cinemas.trailers_min + movies.duration_min) * INTERVAL '1 minute'
                OR showtimes.occupied_until <> showtimes.ends_at + cinemas.cleaning_min * INTERVAL '1 minute'
                OR screening_rights.state <> 'granted'
                OR (screening_rights.merchant_id, screening_rights.movie_id) <> (showtimes.merchant_id, showtimes.movie_id)
                OR showtimes.business_day NOT BETWEEN screening_rights.valid_from AND screening_rights.valid_to
                OR EXISTS (
                    SELECT FROM showtime_prices WHERE showtime_id = showtimes.id AND price_fen < movies.minimum_price_fen
                )
                OR ARRAY(SELECT zone FROM showtime_prices WHERE showtime_id = showtimes.id ORDER BY zone)
                    <> ARRAY(SELECT DISTINCT zone FROM seats WHERE layout_id = showtimes.layout_id AND kind <> 'house' ORDER BY zone)
            """
        ),
        (
            "an order of a cancelled showtime goes on",
            """
            SELECT count(*)
            FROM orders
            JOIN showtimes ON showtimes.id = orders.showtime_id
            WHERE showtimes.cancelled_at IS NOT NULL
                AND orders.state NOT IN ('cancelled', 'expired', 'refunding', 'refunded')
            """
        ),
    ]
    for (what, query) in checks {
        #expect(try await count(query, in: pool) == 0, "\(what)")
    }
    try await FigureVerification().run(in: pool) { showtime in
        Issue.record("showtime \(showtime.showtimeID) has other figures than its tickets say")
    }
}
