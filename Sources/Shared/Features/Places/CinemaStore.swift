import Callers
import Database

/// Cinemas in the database. A deleted one is as good as absent to every method.
struct CinemaStore: Sendable {
    private static let columns: Query = """
        c.id, c.merchant_id, c.name, c.city_id, c.district, c.address, c.latitude, c.longitude, c.phone, c.service_fee_fen,
            c.seat_limit, c.time_zone, c.day_ends_at_hour, c.trailers_min, c.cleaning_min, c.created_at, c.version
        """

    func cinema(_ id: Int64, scope: MerchantScope, ofVerifiedMerchant: Bool, in session: some PostgresSession) async throws -> Cinema? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM cinemas AS c
            WHERE c.id = \(id)
                AND c.deleted_at IS NULL
                \(owned(by: scope))
                \(verified(ofVerifiedMerchant))
            """
        ) { try Self.cinema($0) }
    }

    func add(_ new: NewCinema, merchantID: Int64, in transaction: PostgresTransaction) async throws -> Cinema {
        try await transaction.requiredRow(
            """
            INSERT INTO cinemas AS c (
                merchant_id, name, city_id, district, address, latitude, longitude, phone, service_fee_fen,
                seat_limit, time_zone, day_ends_at_hour, trailers_min, cleaning_min
            )
            VALUES (
                \(merchantID), \(new.name), \(new.cityID), \(new.district), \(new.address), \(new.point.latitude),
                \(new.point.longitude), \(new.phone), \(new.serviceFeeFen), \(new.seatLimit), \(new.timeZone),
                \(new.dayEndsAtHour), \(new.trailersMin), \(new.cleaningMin)
            )
            RETURNING \(Self.columns)
            """
        ) { try Self.cinema($0) }
    }

    /// Changes a cinema that has still this version (`nil`: any).
    func change(
        _ id: Int64,
        scope: MerchantScope,
        version: Int64?,
        _ change: CinemaChange,
        in transaction: PostgresTransaction
    ) async throws -> Cinema? {
        try await transaction.row(
            """
            UPDATE cinemas AS c
            SET name = COALESCE(\(change.name), c.name),
                city_id = COALESCE(\(change.cityID), c.city_id),
                district = COALESCE(\(change.district), c.district),
                address = COALESCE(\(change.address), c.address),
                latitude = COALESCE(\(change.latitude), c.latitude),
                longitude = COALESCE(\(change.longitude), c.longitude),
                phone = COALESCE(\(change.phone), c.phone),
                service_fee_fen = COALESCE(\(change.serviceFeeFen), c.service_fee_fen),
                seat_limit = COALESCE(\(change.seatLimit), c.seat_limit),
                time_zone = COALESCE(\(change.timeZone), c.time_zone),
                day_ends_at_hour = COALESCE(\(change.dayEndsAtHour), c.day_ends_at_hour),
                trailers_min = COALESCE(\(change.trailersMin), c.trailers_min),
                cleaning_min = COALESCE(\(change.cleaningMin), c.cleaning_min),
                version = c.version + 1
            WHERE c.id = \(id)
                AND c.deleted_at IS NULL
                \(owned(by: scope))
                \(at(version))
            RETURNING \(Self.columns)
            """
        ) { try Self.cinema($0) }
    }

    /// - Returns: whether there is one.
    func lock(_ id: Int64, scope: MerchantScope, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.row(
            """
            SELECT c.id
            FROM cinemas AS c
            WHERE c.id = \(id)
                AND c.deleted_at IS NULL
                \(owned(by: scope))
            FOR NO KEY UPDATE
            """
        ) { row -> Int64 in try row["id"] } != nil
    }

    /// Marks a cinema that has still this version (`nil`: any) as deleted, and holds its lock against scheduling.
    ///
    /// - Returns: whether there was one.
    func delete(_ id: Int64, scope: MerchantScope, version: Int64?, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.execute(
            """
            UPDATE cinemas AS c
            SET deleted_at = clock_timestamp(),
                version = c.version + 1
            WHERE c.id = \(id)
                AND c.deleted_at IS NULL
                \(owned(by: scope))
                \(at(version))
            """
        ) == 1
    }

    /// Whether a showtime of the cinema is neither over nor cancelled.
    func hasShowtimes(_ id: Int64, in transaction: PostgresTransaction) async throws -> Bool {
        // None lasts a whole day, so the index on the start finds those that are still running too.
        try await transaction.row(
            """
            SELECT s.id
            FROM showtimes AS s
            WHERE s.cinema_id = \(id)
                AND s.starts_at > clock_timestamp() - INTERVAL '1 day'
                AND s.ends_at > clock_timestamp()
                AND s.cancelled_at IS NULL
            LIMIT 1
            """
        ) { row -> Int64 in try row["id"] } != nil
    }

    /// Whether a ticket of the cinema was ever sold, given back or not.
    func hasSold(_ id: Int64, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.row(
            """
            SELECT showtime_id
            FROM showtime_figures
            WHERE cinema_id = \(id)
            LIMIT 1
            """
        ) { row -> Int64 in try row["showtime_id"] } != nil
    }

    func knowsTimeZone(_ name: String, in session: some PostgresSession) async throws -> Bool {
        try await session.row(
            """
            SELECT name
            FROM pg_timezone_names
            WHERE name = \(name)
            """
        ) { row -> String in try row["name"] } != nil
    }

    private func owned(by scope: MerchantScope) -> Query {
        scope.isEverybody ? "" : "AND \(scope.condition(merchant: "c.merchant_id", cinema: "c.id"))"
    }

    private func at(_ version: Int64?) -> Query {
        guard let version else { return "" }
        return "AND c.version = \(version)"
    }

    private func verified(_ wanted: Bool) -> Query {
        wanted ? "AND EXISTS (SELECT FROM merchants AS m WHERE m.id = c.merchant_id AND m.verified_at IS NOT NULL)" : ""
    }
}

// MARK: - Lists

extension CinemaStore {
    /// A page of the cinemas, nearest first where the filter has a point, else by city, district and id.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func cinemas(_ filter: CinemaFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<Cinema> {
        if let near = filter.near {
            return try await nearest(to: near, filter, page: page, in: session)
        }
        let rows = try await session.rows(try listing(filter, page: page)) { try Self.cinema($0) }
        return Page(rows, request: page) { [String($0.cityID), $0.district, String($0.id)] }
    }

    /// The query behind a list that isn't ordered by distance.
    func listing(_ filter: CinemaFilter, page: PageRequest) throws -> Query {
        var start: Query = ""
        if let keys = try page.keys(count: 3) {
            guard let cityID = Int64(keys[0]), let id = Int64(keys[2]) else { throw Refusal.cursorInvalid }
            start = "AND (c.city_id, c.district, c.id) > (\(cityID), \(keys[1]), \(id))"
        }
        return """
            SELECT \(Self.columns)
            FROM cinemas AS c
            WHERE c.deleted_at IS NULL
                \(conditions(filter))
                \(start)
            ORDER BY c.city_id, c.district, c.id
            LIMIT \(page.limit + 1)
            """
    }

    /// The query behind a list ordered by distance: by the chord, which the index on the position yields in order.
    func nearestListing(to point: GeographicPoint, _ filter: CinemaFilter, page: PageRequest) throws -> Query {
        let chord: Query = "c.position <-> cube(\(point.position)::DOUBLE PRECISION[])"
        var start: Query = ""
        if let keys = try page.keys(count: 4) {
            // Another point would make another order, in which the cursor's distance means nothing.
            guard
                keys[0] == String(point.latitude), keys[1] == String(point.longitude),
                let after = Double(keys[2]), after == 0 || after.isNormal, let id = Int64(keys[3])
            else { throw Refusal.cursorInvalid }
            start = "AND (\(chord), c.id) > (\(after)::DOUBLE PRECISION, \(id))"
        }
        // The index knows the order of the chords only, and this server can't go on from there: so it yields the first by chord with all that
        // are as far as the last of them, and these few are sorted by id too.
        return """
            SELECT *
            FROM (
                SELECT \(Self.columns), \(chord) AS chord
                FROM cinemas AS c
                WHERE c.deleted_at IS NULL
                    \(conditions(filter))
                    \(start)
                ORDER BY chord
                FETCH FIRST (\(page.limit + 1)) ROWS WITH TIES
            ) AS nearest
            ORDER BY nearest.chord, nearest.id
            LIMIT \(page.limit + 1)
            """
    }

    private func nearest(
        to point: GeographicPoint,
        _ filter: CinemaFilter,
        page: PageRequest,
        in session: some PostgresSession
    ) async throws -> Page<Cinema> {
        let rows = try await session.rows(try nearestListing(to: point, filter, page: page)) { row in
            let chord: Double = try row["chord"]
            return (cinema: try Self.cinema(row, distanceM: Int64(GeographicPoint.arc(ofChord: chord).rounded())), chord: chord)
        }
        let located = Page(rows, request: page) { row in
            [String(point.latitude), String(point.longitude), String(row.chord), String(row.cinema.id)]
        }
        return Page(items: located.items.map(\.cinema), next: located.next)
    }

    private func conditions(_ filter: CinemaFilter) -> Query {
        var conditions: Query = "\(owned(by: filter.scope)) \(verified(filter.ofVerifiedMerchants))"
        if let merchantID = filter.merchantID {
            conditions = "\(conditions) AND c.merchant_id = \(merchantID)"
        }
        if let cityID = filter.cityID {
            conditions = "\(conditions) AND c.city_id = \(cityID)"
        }
        if let district = filter.district {
            conditions = "\(conditions) AND c.district = \(district)"
        }
        if let movieID = filter.movieID {
            conditions = """
                \(conditions) AND EXISTS (
                    SELECT FROM showtimes AS s
                    WHERE s.cinema_id = c.id
                        AND s.movie_id = \(movieID)
                        AND s.starts_at > clock_timestamp()
                        AND s.cancelled_at IS NULL
                )
                """
        }
        return conditions
    }

    private static func cinema(_ row: PostgresRow, distanceM: Int64? = nil) throws -> Cinema {
        Cinema(
            id: try row["id"],
            merchantID: try row["merchant_id"],
            name: try row["name"],
            cityID: try row["city_id"],
            district: try row["district"],
            address: try row["address"],
            point: GeographicPoint(latitude: try row["latitude"], longitude: try row["longitude"]),
            phone: try row["phone"],
            serviceFeeFen: try row["service_fee_fen"],
            seatLimit: try row["seat_limit"],
            timeZone: try row["time_zone"],
            dayEndsAtHour: try row["day_ends_at_hour"],
            trailersMin: try row["trailers_min"],
            cleaningMin: try row["cleaning_min"],
            createdAt: try row["created_at"],
            version: try row["version"],
            distanceM: distanceM
        )
    }
}
