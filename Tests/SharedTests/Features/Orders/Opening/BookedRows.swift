import Database
import Foundation
import Shared
import TestSupport

/// What the database holds of one request, by plain SQL.
struct BookedRows: Equatable, Sendable {
    var orders: Int
    var events: Int
    var claims: Int
    /// Answers recorded under the request's key that name its order.
    var records: Int

    static let none = BookedRows(orders: 0, events: 0, claims: 0, records: 0)

    /// What a request leaves that was carried out once.
    static func all(of opening: OrderOpening) -> BookedRows {
        BookedRows(orders: 1, events: 1, claims: opening.seats.count, records: 1)
    }

    init(orders: Int, events: Int, claims: Int, records: Int) {
        self.orders = orders
        self.events = events
        self.claims = claims
        self.records = records
    }

    init(of opening: OrderOpening, in database: some PostgresSession) async throws {
        let id = opening.orderID
        let seatIDs = opening.seats.map(\.id)
        orders = try await count(
            """
            SELECT count(*)
            FROM orders
            WHERE id = \(id)
                AND account_id = \(opening.accountID)
                AND showtime_id = \(opening.plan.showtimeID)
                AND seat_ids = \(seatIDs)::bigint[]
                AND state = 'pending_payment'
            """, in: database)
        events = try await count("SELECT count(*) FROM order_events WHERE order_id = \(id) AND cause = 'opened'", in: database)
        claims = try await count(
            """
            SELECT count(*)
            FROM seat_claims
            WHERE order_id = \(id)
                AND showtime_id = \(opening.plan.showtimeID)
                AND seat_id = ANY (\(seatIDs)::bigint[])
            """, in: database)
        records = try await count(
            """
            SELECT count(*)
            FROM idempotency_records
            WHERE account_id = \(opening.accountID)
                AND key = \(opening.idempotency?.key)
                AND convert_from(body, 'UTF8') = \(id.uuidString)
            """, in: database)
    }

    static func of(_ openings: [OrderOpening], in database: some PostgresSession) async throws -> [BookedRows] {
        var rows: [BookedRows] = []
        for opening in openings { rows.append(try await BookedRows(of: opening, in: database)) }
        return rows
    }

    /// All that there is, whoever it belongs to.
    static func total(in database: some PostgresSession) async throws -> BookedRows {
        BookedRows(
            orders: try await count("SELECT count(*) FROM orders", in: database),
            events: try await count("SELECT count(*) FROM order_events", in: database),
            claims: try await count("SELECT count(*) FROM seat_claims", in: database),
            records: try await count("SELECT count(*) FROM idempotency_records", in: database)
        )
    }

    /// How many transactions have written what there is.
    static func transactions(in database: some PostgresSession) async throws -> Int {
        try await count(
            """
            SELECT count(DISTINCT writer)
            FROM (
                SELECT xmin::text AS writer FROM orders
                UNION ALL SELECT xmin::text FROM order_events
                UNION ALL SELECT xmin::text FROM seat_claims
                UNION ALL SELECT xmin::text FROM idempotency_records
            ) AS written
            """, in: database)
    }
}

extension BookedRows {
    static func + (one: BookedRows, other: BookedRows) -> BookedRows {
        BookedRows(
            orders: one.orders + other.orders, events: one.events + other.events, claims: one.claims + other.claims,
            records: one.records + other.records)
    }
}

extension Sequence<BookedRows> {
    var sum: BookedRows { reduce(.none, +) }
}
