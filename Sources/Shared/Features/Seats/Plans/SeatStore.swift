import Database

/// Reads of plans and seat claims.
struct SeatStore: Sendable {
    private let places = Places()

    /// The plan of a showtime, with version and prices as of one moment; `nil` when there is no such showtime.
    ///
    /// - Parameter layout: gives a layout that the caller has already, which saves reading the seats.
    func plan(
        showtimeID: Int64,
        in session: some PostgresSession,
        layout cached: (Int64) -> SeatLayout?
    ) async throws -> ShowtimePlan? {
        let found = try await session.row(
            """
            SELECT
                version,
                merchant_id,
                cinema_id,
                layout_id,
                service_fee_fen,
                refuses_orphans,
                ARRAY(
                    SELECT zone
                    FROM showtime_prices
                    WHERE showtime_id = showtimes.id
                    ORDER BY zone
                ) AS zones,
                ARRAY(
                    SELECT price_fen
                    FROM showtime_prices
                    WHERE showtime_id = showtimes.id
                    ORDER BY zone
                ) AS prices_fen
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
                refusesOrphans: try row["refuses_orphans"] as Bool,
                zones: try row["zones"] as [String],
                pricesFen: try row["prices_fen"] as [Int64]
            )
        }
        guard let found else { return nil }
        // A layout never changes, so it needn't be read in the same statement.
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
            pricesFen: Dictionary(zip(found.zones, found.pricesFen), uniquingKeysWith: { first, _ in first }),
            serviceFeeFen: found.serviceFeeFen,
            refusesOrphans: found.refusesOrphans
        )
    }

    /// The seat claims of showtimes that count now, with the versions of their rows, in one statement and so of one moment, by showtime.
    ///
    /// A showtime that doesn't exist is left out.
    func claims(showtimeIDs: [Int64], in session: some PostgresSession) async throws -> [Int64: SeatClaims] {
        let rows = try await session.rowsByKeptPlan(
            """
            SELECT
                showtimes.id,
                showtimes.version,
                showtimes.seat_revision,
                cinemas.seat_limit,
                seat_claims.seat_id,
                orders.state NOT IN ('pending_payment', 'paid_unconfirmed') AS is_sold,
                extract(EPOCH FROM orders.expires_at - statement_timestamp())::double precision AS seconds_left
            FROM showtimes
            JOIN cinemas ON cinemas.id = showtimes.cinema_id
            LEFT JOIN seat_claims ON seat_claims.showtime_id = showtimes.id
            LEFT JOIN orders ON orders.id = seat_claims.order_id
            WHERE showtimes.id = ANY (\(showtimeIDs)::bigint[])
            """
        )
        var claims: [Int64: SeatClaims] = [:]
        for row in rows {
            let (id, version, revision, limit, seatID, isSold, secondsLeft) = try row.decode(
                (Int64, Int64, Int64, Int, Int64?, Bool?, Double?).self)
            var found = claims[id] ?? SeatClaims(version: version, revision: revision, seatLimit: limit)
            // The entry is removed from the dictionary first, so that it is changed in place and not copied.
            claims[id] = nil
            if let seatID, let isSold, let secondsLeft { found.add(seatID, isSold: isSold, secondsLeft: secondsLeft) }
            claims[id] = found
        }
        return claims
    }

    /// The facts that tell whether the maps of showtimes have changed, read by primary keys.
    func revisions(showtimeIDs: [Int64], in session: some PostgresSession) async throws -> [SeatMapRevision] {
        try await session.rowsByKeptPlan(
            """
            SELECT showtimes.id, showtimes.version, showtimes.seat_revision, cinemas.seat_limit
            FROM showtimes
            JOIN cinemas ON cinemas.id = showtimes.cinema_id
            WHERE showtimes.id = ANY (\(showtimeIDs)::bigint[])
            """
        ).map { row in
            SeatMapRevision(
                showtimeID: try row["id"], revision: try row["seat_revision"], version: try row["version"], seatLimit: try row["seat_limit"]
            )
        }
    }

    /// Sends a hint. Its commit doesn't wait for the disk, because a hint needn't outlive a crash.
    func tell(_ hint: SeatHint, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            SELECT
                set_config('synchronous_commit', 'off', TRUE),
                pg_notify(\(SeatHint.channel), text)
            FROM unnest(\(hint.texts)::text[]) AS text
            """
        )
    }
}

extension SeatClaims {
    fileprivate mutating func add(_ seatID: Int64, isSold: Bool, secondsLeft: Double) {
        if isSold {
            states[seatID] = .sold
        } else if secondsLeft <= 0 {
            lapsed.insert(seatID)
        } else {
            states[seatID] = .claimed
            let left = Duration.seconds(secondsLeft)
            nextLapse = min(nextLapse ?? left, left)
        }
    }
}
