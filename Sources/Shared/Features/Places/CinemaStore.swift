import Callers
import Database

/// Cinemas in the database. No method finds a deleted one.
struct CinemaStore: Sendable {
    static let columns: Query = """
        cinemas.id, cinemas.merchant_id, cinemas.name, cinemas.city_id, cinemas.district_id, cinemas.district, cinemas.address, cinemas.latitude, cinemas.longitude, cinemas.given_system, cinemas.given_latitude, cinemas.given_longitude,
            cinemas.phone, cinemas.service_fee_fen, cinemas.seat_limit, cinemas.time_zone, cinemas.day_ends_at_hour, cinemas.trailers_min,
            cinemas.cleaning_min, cinemas.opening_hours, cinemas.facilities, cinemas.directions, cinemas.created_at, cinemas.version,
            \(ShownPictureStore.list(.photo, of: .cinema, id: "cinemas.id")) AS photos
        """

    func cinema(_ id: Int64, scope: MerchantScope, ofVerifiedMerchant: Bool, in session: some PostgresSession) async throws -> Cinema? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM cinemas
            WHERE \(Self.isCinema(id, scope: scope))
                AND \(Self.isVerified(ofVerifiedMerchant))
            """
        ) { try Cinema(row: $0) }
    }

    func add(_ new: NewCinema, in district: ChosenDistrict, merchantID: Int64, in transaction: PostgresTransaction) async throws -> Cinema {
        let point = new.given.wgs84
        return try await transaction.requiredRow(
            """
            INSERT INTO cinemas (
                merchant_id, name, city_id, district_id, district, address, latitude, longitude, given_system, given_latitude, given_longitude,
                phone, service_fee_fen, seat_limit, time_zone, day_ends_at_hour, trailers_min, cleaning_min, opening_hours, facilities, directions
            )
            VALUES (
                \(merchantID), \(new.name), \(new.cityID), \(district.id), \(district.name), \(new.address), \(point.latitude),
                \(point.longitude), \(new.given.system), \(new.given.shifted?.latitude), \(new.given.shifted?.longitude), \(new.phone),
                \(new.serviceFeeFen), \(new.seatLimit), \(new.timeZone), \(new.dayEndsAtHour), \(new.trailersMin), \(new.cleaningMin),
                \(new.openingHours.map { PostgresJSON($0) })::jsonb, \(new.facilities.unique)::text[], \(new.directions)
            )
            RETURNING \(Self.columns)
            """
        ) { try Cinema(row: $0) }
    }

    /// Changes a cinema if it still has this version (`nil`: any).
    ///
    /// - Parameter district: what `change` names; `nil` where that stays.
    func change(
        _ id: Int64,
        scope: MerchantScope,
        version: Int64?,
        _ change: CinemaChange,
        district: ChosenDistrict?,
        in transaction: PostgresTransaction
    ) async throws -> Cinema? {
        let (given, moves) = (change.given, change.moves)
        let point = given?.wgs84
        return try await transaction.row(
            """
            UPDATE cinemas
            SET name = coalesce(\(change.name), cinemas.name),
                city_id = coalesce(\(change.cityID), cinemas.city_id),
                district_id = CASE WHEN \(district != nil) THEN \(district?.id) ELSE cinemas.district_id END,
                district = coalesce(\(district?.name), cinemas.district),
                address = coalesce(\(change.address), cinemas.address),
                latitude = coalesce(\(point?.latitude ?? change.latitude), cinemas.latitude),
                longitude = coalesce(\(point?.longitude ?? change.longitude), cinemas.longitude),
                given_system = CASE WHEN \(moves) THEN \(change.system) ELSE cinemas.given_system END,
                given_latitude = CASE WHEN \(moves) THEN \(given?.shifted?.latitude) ELSE cinemas.given_latitude END,
                given_longitude = CASE WHEN \(moves) THEN \(given?.shifted?.longitude) ELSE cinemas.given_longitude END,
                phone = coalesce(\(change.phone), cinemas.phone),
                service_fee_fen = coalesce(\(change.serviceFeeFen), cinemas.service_fee_fen),
                seat_limit = coalesce(\(change.seatLimit), cinemas.seat_limit),
                time_zone = coalesce(\(change.timeZone), cinemas.time_zone),
                day_ends_at_hour = coalesce(\(change.dayEndsAtHour), cinemas.day_ends_at_hour),
                trailers_min = coalesce(\(change.trailersMin), cinemas.trailers_min),
                cleaning_min = coalesce(\(change.cleaningMin), cinemas.cleaning_min),
                opening_hours = CASE
                    WHEN \(change.openingHours != nil) THEN \((change.openingHours ?? nil).map { PostgresJSON($0) })::jsonb
                    ELSE cinemas.opening_hours
                END,
                facilities = coalesce(\(change.facilities?.unique)::text[], cinemas.facilities),
                directions = coalesce(\(change.directions), cinemas.directions),
                version = cinemas.version + 1
            WHERE \(Self.isCinema(id, scope: scope, version: version))
            RETURNING \(Self.columns)
            """
        ) { try Cinema(row: $0) }
    }

    /// - Returns: whether there is one.
    func lock(_ id: Int64, scope: MerchantScope, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.row(
            """
            SELECT cinemas.id
            FROM cinemas
            WHERE \(Self.isCinema(id, scope: scope))
            FOR NO KEY UPDATE
            """
        ) { row -> Int64 in try row["id"] } != nil
    }

    /// Marks a cinema as deleted if it still has this version (`nil`: any), and holds its lock against scheduling.
    ///
    /// - Returns: whether there was one.
    func delete(_ id: Int64, scope: MerchantScope, version: Int64?, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.execute(
            """
            UPDATE cinemas
            SET deleted_at = clock_timestamp(),
                version = cinemas.version + 1
            WHERE \(Self.isCinema(id, scope: scope, version: version))
            """
        ) == 1
    }

    /// Whether a showtime of the cinema is neither over nor cancelled.
    func hasShowtimes(_ id: Int64, in transaction: PostgresTransaction) async throws -> Bool {
        // No showtime lasts a whole day, so a search by the index on the start finds those that are still running too.
        try await transaction.row(
            """
            SELECT showtimes.id
            FROM showtimes
            WHERE showtimes.cinema_id = \(id)
                AND showtimes.starts_at > clock_timestamp() - INTERVAL '1 day'
                AND showtimes.ends_at > clock_timestamp()
                AND showtimes.cancelled_at IS NULL
            LIMIT 1
            """
        ) { row -> Int64 in try row["id"] } != nil
    }

    /// Whether the cinema has ever sold a ticket. A ticket that was given back counts.
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

    func hasTimeZone(_ name: String, in session: some PostgresSession) async throws -> Bool {
        try await session.row(
            """
            SELECT name
            FROM pg_timezone_names
            WHERE name = \(name)
            """
        ) { row -> String in try row["name"] } != nil
    }

    /// Whether a row is this cinema, inside the scope and in this version (`nil`: any).
    private static func isCinema(_ id: Int64, scope: MerchantScope, version: Int64? = nil) -> Query {
        let conditions: [Query?] = [
            "cinemas.id = \(id)",
            "cinemas.deleted_at IS NULL",
            isOwned(by: scope),
            version.map { "cinemas.version = \($0)" },
        ]
        return conditions.conjunction
    }

    private static func isOwned(by scope: MerchantScope) -> Query {
        scope.condition(merchant: "cinemas.merchant_id", cinema: "cinemas.id")
    }

    private static func isVerified(_ wanted: Bool) -> Query {
        guard wanted else { return "TRUE" }
        return "EXISTS (SELECT FROM merchants WHERE merchants.id = cinemas.merchant_id AND merchants.verified_at IS NOT NULL)"
    }
}

// MARK: - Lists

extension CinemaStore {
    /// A page of the cinemas: nearest first where the filter has a point, else those first that fit best to what is searched, else by city,
    /// district and id.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func cinemas(_ filter: CinemaFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<Cinema> {
        if let near = filter.near {
            return try await nearest(to: near, filter, page: page, in: session)
        }
        let isRanked = filter.searched != nil
        let rows = try await session.rows(try listing(filter, page: page)) { row in
            let cinema = try Cinema(row: row)
            let start = isRanked ? [Self.relevance, String(try row["rank"] as Int)] : [String(cinema.cityID), cinema.district]
            return (cinema: cinema, key: start + [String(cinema.id)])
        }
        return Page(rows, request: page, key: \.key).map(\.cinema)
    }

    /// The query behind a list that isn't ordered by distance.
    func listing(_ filter: CinemaFilter, page: PageRequest) throws -> Query {
        if let searched = filter.searched { return try ranking(searched, filter, page: page) }
        let start: Query? = try page.keys(count: 3).map { keys in
            guard let cityID = Int64(keys[0]), let id = Int64(keys[2]) else { throw Refusal.cursorInvalid }
            return "(cinemas.city_id, cinemas.district, cinemas.id) > (\(cityID), \(keys[1]), \(id))"
        }
        return """
            SELECT \(Self.columns)
            FROM cinemas
            WHERE \((conditions(filter) + [start]).conjunction)
            ORDER BY cinemas.city_id, cinemas.district, cinemas.id
            LIMIT \(page.rowLimit)
            """
    }

    /// What the cursors of lists say that are ordered by how well a name fits.
    private static let relevance = "relevance"

    /// The query behind a list of cinemas of which those come first that fit best to what is searched.
    private func ranking(_ searched: SearchedName, _ filter: CinemaFilter, page: PageRequest) throws -> Query {
        let start: Query? = try page.keys(count: 3).map { keys in
            guard keys[0] == Self.relevance, let rank = Int32(keys[1]), let id = Int64(keys[2]) else { throw Refusal.cursorInvalid }
            return "(hits.rank, hits.id) > (\(Int(rank)), \(id)::bigint)"
        }
        return """
            SELECT \(Self.columns), hits.rank
            FROM (\(hits(of: searched, filter, isWhole: false))) AS hits
            JOIN cinemas ON cinemas.id = hits.id
            WHERE \(start ?? "TRUE")
            ORDER BY hits.rank, hits.id
            LIMIT \(page.rowLimit)
            """
    }

    /// The query behind a list ordered by distance. It orders by the chord (the straight line through the earth), which the index on the
    /// position yields in order.
    func nearestListing(to point: GeographicPoint, _ filter: CinemaFilter, page: PageRequest) throws -> Query {
        let chord = Self.chord(to: point)
        let start: Query? = try page.keys(count: 4).map { keys in
            // Another point would make another order, in which the cursor's distance means nothing.
            guard
                keys[0] == String(point.latitude), keys[1] == String(point.longitude),
                let after = Double(keys[2]), after == 0 || after.isNormal, let id = Int64(keys[3])
            else { throw Refusal.cursorInvalid }
            return "(\(chord), cinemas.id) > (\(after)::double precision, \(id))"
        }
        // The index orders by chord only, and PostgreSQL 15 can't sort on by id from there. So the inner query yields the first rows by
        // chord and all rows that are as far as the last of them, and these few are sorted by id too.
        return """
            SELECT *
            FROM (
                SELECT \(Self.columns), \(chord) AS chord
                FROM cinemas
                WHERE \((conditions(filter) + [start]).conjunction)
                ORDER BY chord
                FETCH FIRST (\(page.rowLimit)) ROWS WITH TIES
            ) AS nearest
            ORDER BY nearest.chord, nearest.id
            LIMIT \(page.rowLimit)
            """
    }

    /// How far a cinema is from a point, along a straight line through the earth, in metres.
    static func chord(to point: GeographicPoint) -> Query {
        "cinemas.position <-> cube(\(point.position)::double precision[])"
    }

    private func nearest(
        to point: GeographicPoint,
        _ filter: CinemaFilter,
        page: PageRequest,
        in session: some PostgresSession
    ) async throws -> Page<Cinema> {
        let rows = try await session.rows(try nearestListing(to: point, filter, page: page)) { row in
            let chord: Double = try row["chord"]
            return (cinema: try Cinema(row: row, distanceM: Int64(GeographicPoint.arc(ofChord: chord).rounded())), chord: chord)
        }
        let located = Page(rows, request: page) { row in
            [String(point.latitude), String(point.longitude), String(row.chord), String(row.cinema.id)]
        }
        return Page(items: located.items.map(\.cinema), next: located.next)
    }

    /// What the cinemas of a list must fulfil that has an order of its own: whatever the order, none that is found may be missing.
    func conditions(_ filter: CinemaFilter) -> [Query?] {
        guard let searched = filter.searched else { return wanted(filter) }
        return ["cinemas.id IN (SELECT hits.id FROM (\(hits(of: searched, filter, isWhole: true))) AS hits)"]
    }

    /// What they must fulfil besides their names.
    private func wanted(_ filter: CinemaFilter) -> [Query?] {
        let wanted: [Query?] = [
            filter.movieID.map { "showtimes.movie_id = \($0)" }, filter.day.map { "showtimes.business_day = \($0)::date" },
        ]
        let shows: Query = """
            EXISTS (
                SELECT
                FROM showtimes
                JOIN movies ON movies.id = showtimes.movie_id
                JOIN merchants ON merchants.id = showtimes.merchant_id
                WHERE showtimes.cinema_id = cinemas.id
                    AND \(wanted.conjunction)
                    AND movies.deleted_at IS NULL
                    AND \(ShowtimeSale.isUpcomingNotClosed)
            )
            """
        return [
            "cinemas.deleted_at IS NULL",
            Self.isOwned(by: filter.scope),
            Self.isVerified(filter.ofVerifiedMerchants),
            filter.merchantID.map { "cinemas.merchant_id = \($0)" },
            filter.cityID.map { "cinemas.city_id = \($0)" },
            filter.districtID.map { "cinemas.district_id = \($0)" },
            filter.district.map { "cinemas.district = \($0)" },
            filter.facility.map { "cinemas.facilities @> ARRAY[\($0)]::text[]" },
            filter.movieID == nil && filter.day == nil ? nil : shows,
            filter.near.flatMap { point in filter.radiusM.map { Self.lies(within: $0, of: point) } },
        ]
    }

    /// The box around the circle is found by the index; its corners are left out by the distance.
    private static func lies(within radius: Double, of point: GeographicPoint) -> Query {
        let farthest = GeographicPoint.chord(ofArc: radius)
        return """
            cube_enlarge(cube(\(point.position)::double precision[]), \(farthest)::double precision, 3) @> cinemas.position
                AND \(chord(to: point)) <= \(farthest)::double precision
            """
    }

    /// Which cinemas are found by their names, among those that the list may have: so that the many that it may not have push none out.
    private func hits(of searched: SearchedName, _ filter: CinemaFilter, isWhole: Bool) -> Query {
        NameSearch.hits(
            of: searched, among: .cinema,
            where: """
                EXISTS (
                    SELECT
                    FROM cinemas
                    WHERE cinemas.id = names.cinema_id
                        AND \(wanted(filter).conjunction)
                )
                """,
            isWhole: isWhole)
    }
}

extension Cinema {
    /// Reads ``CinemaStore/columns``.
    init(row: PostgresRow, distanceM: Int64? = nil) throws {
        let point = GeographicPoint(latitude: try row["latitude"], longitude: try row["longitude"])
        let given = GeographicPoint(
            latitude: try row["given_latitude"] ?? point.latitude, longitude: try row["given_longitude"] ?? point.longitude)
        let openingHours: PostgresJSON<OpeningHours>? = try row["opening_hours"]
        self.init(
            id: try row["id"],
            merchantID: try row["merchant_id"],
            name: try row["name"],
            cityID: try row["city_id"],
            districtID: try row["district_id"],
            district: try row["district"],
            address: try row["address"],
            point: point,
            given: GivenPoint(given, in: try row["given_system"]),
            phone: try row["phone"],
            serviceFeeFen: try row["service_fee_fen"],
            seatLimit: try row["seat_limit"],
            timeZone: try row["time_zone"],
            dayEndsAtHour: try row["day_ends_at_hour"],
            trailersMin: try row["trailers_min"],
            cleaningMin: try row["cleaning_min"],
            openingHours: openingHours?.value,
            facilities: try row["facilities"],
            directions: try row["directions"],
            photos: try ShownPictureStore.pictures("photos", in: row),
            createdAt: try row["created_at"],
            version: try row["version"],
            distanceM: distanceM
        )
    }
}

extension [CinemaFacility] {
    /// Each once, in the order of their declaration.
    fileprivate var unique: [CinemaFacility] { CinemaFacility.allCases.filter(contains) }
}
