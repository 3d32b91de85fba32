import Database

/// Reads of plans and claims.
struct SeatStore: Sendable {
    private let places = Places()

    /// The plan of a showtime; `nil` when there is no such showtime.
    ///
    /// - Parameter layout: the layout with this id where the caller has it already, which saves reading the seats.
    func plan(
        showtimeID: Int64,
        in session: some PostgresSession,
        layout cached: (Int64) -> SeatLayout?
    ) async throws -> ShowtimePlan? {
        let found = try await session.row(
            """
            SELECT version, merchant_id, cinema_id, layout_id, service_fee_fen, refuses_orphans
            FROM showtimes
            WHERE id = \(showtimeID)
            """
        ) { row in
            (
                version: try row["version"] as Int64,
                merchantID: try row["merchant_id"] as Int64,
                cinemaID: try row["cinema_id"] as Int64,
                layoutID: try row["layout_id"] as Int64,
                serviceFeeFen: try row["service_fee_fen"] as Int64,
                refusesOrphans: try row["refuses_orphans"] as Bool
            )
        }
        guard let found else { return nil }
        // Prices after the version: what changes in between makes the plan look older than it is, and it is read again.
        let prices = try await session.rows(
            """
            SELECT zone, price_fen
            FROM showtime_prices
            WHERE showtime_id = \(showtimeID)
            """
        ) { row in (zone: try row["zone"] as String, priceFen: try row["price_fen"] as Int64) }
        let layout: SeatLayout =
            if let known = cached(found.layoutID) {
                known
            } else {
                SeatLayout(id: found.layoutID, seats: try await places.seats(ofLayout: found.layoutID, in: session))
            }
        return ShowtimePlan(
            showtimeID: showtimeID,
            version: found.version,
            merchantID: found.merchantID,
            cinemaID: found.cinemaID,
            layout: layout,
            pricesFen: Dictionary(prices.map { ($0.zone, $0.priceFen) }, uniquingKeysWith: { first, _ in first }),
            serviceFeeFen: found.serviceFeeFen,
            refusesOrphans: found.refusesOrphans
        )
    }

    /// The claims of a showtime that count now, with the version of its row, in one statement and so of one moment.
    ///
    /// `nil` when there is no such showtime.
    func claims(showtimeID: Int64, in session: some PostgresSession) async throws -> (version: Int64, claims: SeatClaims)? {
        let rows = try await session.rows(
            """
            SELECT
                showtimes.version,
                showtimes.seat_revision,
                seat_claims.seat_id,
                orders.state NOT IN ('pending_payment', 'paid_unconfirmed') AS is_sold,
                orders.expires_at <= statement_timestamp() AS is_past
            FROM showtimes
            LEFT JOIN seat_claims ON seat_claims.showtime_id = showtimes.id
            LEFT JOIN orders ON orders.id = seat_claims.order_id
            WHERE showtimes.id = \(showtimeID)
            """
        ) { row in
            (
                version: try row["version"] as Int64,
                revision: try row["seat_revision"] as Int64,
                seatID: try row["seat_id"] as Int64?,
                isSold: try row["is_sold"] as Bool?,
                isPast: try row["is_past"] as Bool?
            )
        }
        guard let first = rows.first else { return nil }
        var states: [Int64: SeatState] = [:]
        var lapsed = 0
        for row in rows {
            guard let seatID = row.seatID, let isSold = row.isSold, let isPast = row.isPast else { continue }
            if isSold {
                states[seatID] = .sold
            } else if isPast {
                lapsed += 1
            } else {
                states[seatID] = .claimed
            }
        }
        return (first.version, SeatClaims(revision: first.revision, lapsed: lapsed, states: states))
    }
}
