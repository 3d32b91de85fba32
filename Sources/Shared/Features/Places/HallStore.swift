import Callers
import Database

/// Halls, their layouts and seats in the database. No method finds those of a deleted cinema.
struct HallStore: Sendable {
    private static let columns: Query = """
        h.id, h.cinema_id, h.name, h.formats, h.created_at, h.version, l.id AS layout_id, l.version AS layout_version,
            (SELECT count(*) FROM seats AS t WHERE t.layout_id = l.id) AS seat_count
        """

    /// Joins each hall `h` with its current layout `l`.
    private static let currentLayout: Query = """
        CROSS JOIN LATERAL (
            SELECT id, version
            FROM hall_layouts
            WHERE hall_id = h.id
            ORDER BY version DESC
            LIMIT 1
        ) AS l
        """

    /// A page of a cinema's halls in the order in which they were added.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func halls(cinemaID: Int64, page: PageRequest, in session: some PostgresSession) async throws -> Page<Hall> {
        let rows = try await session.rows(try listing(cinemaID: cinemaID, page: page), Self.hall)
        return Page(rows, request: page) { [String($0.id)] }
    }

    /// The query behind the list of a cinema's halls.
    func listing(cinemaID: Int64, page: PageRequest) throws -> Query {
        """
        SELECT \(Self.columns)
        FROM halls AS h
        \(Self.currentLayout)
        WHERE h.cinema_id = \(cinemaID)
            AND h.id > \(try page.idKey() ?? 0)
        ORDER BY h.id
        LIMIT \(page.limit + 1)
        """
    }

    func hall(_ id: Int64, scope: MerchantScope, in session: some PostgresSession) async throws -> Hall? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM halls AS h
            JOIN cinemas AS c ON c.id = h.cinema_id
            \(Self.currentLayout)
            WHERE h.id = \(id)
                AND c.deleted_at IS NULL
                \(owned(by: scope))
            """,
            Self.hall
        )
    }

    /// Adds a hall without a layout.
    ///
    /// - Returns: its id; `nil` when the cinema has a hall of this name.
    func add(_ new: NewHall, cinemaID: Int64, in transaction: PostgresTransaction) async throws -> Int64? {
        try await transaction.row(
            """
            INSERT INTO halls (cinema_id, name, formats)
            VALUES (\(cinemaID), \(new.name), \(new.formats))
            ON CONFLICT (cinema_id, folded_name(name)) DO NOTHING
            RETURNING id
            """
        ) { row in try row["id"] }
    }

    /// Changes a hall if it still has this version (`nil`: any). Raises the version, and holds the hall's lock against scheduling.
    ///
    /// - Returns: whether there was one.
    /// - Throws: `PostgresError` with the constraint `halls_cinema_id_name_key` when the cinema has a hall of the new name.
    func change(
        _ id: Int64,
        scope: MerchantScope,
        version: Int64?,
        _ change: HallChange,
        in transaction: PostgresTransaction
    ) async throws -> Bool {
        var expected: Query = ""
        if let version {
            expected = "AND h.version = \(version)"
        }
        return try await transaction.execute(
            """
            UPDATE halls AS h
            SET name = COALESCE(\(change.name), h.name),
                formats = COALESCE(\(change.formats), h.formats),
                version = h.version + 1
            FROM cinemas AS c
            WHERE h.id = \(id)
                AND c.id = h.cinema_id
                AND c.deleted_at IS NULL
                \(owned(by: scope))
                \(expected)
            """
        ) == 1
    }

    /// Adds a layout as the hall's next version. The caller holds the hall's lock.
    func add(_ layout: HallLayout, hallID: Int64, in transaction: PostgresTransaction) async throws {
        let seats = layout.seats
        try await transaction.execute(
            """
            WITH layout AS (
                INSERT INTO hall_layouts (hall_id, version)
                SELECT \(hallID), 1 + COALESCE(max(version), 0)
                FROM hall_layouts
                WHERE hall_id = \(hallID)
                RETURNING id
            )
            INSERT INTO seats (layout_id, row_number, column_number, row_label, label, zone, kind)
            SELECT layout.id, seat.*
            FROM layout
            CROSS JOIN unnest(
                \(seats.map(\.row))::INTEGER[],
                \(seats.map(\.column))::INTEGER[],
                \(seats.map(\.rowLabel))::TEXT[],
                \(seats.map(\.label))::TEXT[],
                \(seats.map(\.zone))::TEXT[],
                \(seats.map(\.kind.rawValue))::TEXT[]
            ) AS seat
            """
        )
    }

    /// The seats of a layout by row and column.
    func seats(ofLayout layoutID: Int64, in session: some PostgresSession) async throws -> [HallSeat] {
        try await session.rows(
            """
            SELECT id, row_number, column_number, row_label, label, zone, kind
            FROM seats
            WHERE layout_id = \(layoutID)
            ORDER BY row_number, column_number
            """
        ) { row in
            HallSeat(
                id: try row["id"],
                row: try row["row_number"],
                column: try row["column_number"],
                rowLabel: try row["row_label"],
                label: try row["label"],
                zone: try row["zone"],
                kind: try row["kind"]
            )
        }
    }

    private func owned(by scope: MerchantScope) -> Query {
        scope.isEverybody ? "" : "AND \(scope.condition(merchant: "c.merchant_id", cinema: "c.id"))"
    }

    private static func hall(_ row: PostgresRow) throws -> Hall {
        Hall(
            id: try row["id"],
            cinemaID: try row["cinema_id"],
            name: try row["name"],
            formats: try row["formats"],
            layoutID: try row["layout_id"],
            layoutVersion: try row["layout_version"],
            seatCount: try row["seat_count"],
            createdAt: try row["created_at"],
            version: try row["version"]
        )
    }
}

// MARK: - For scheduling

extension HallStore {
    /// Locks a hall and then its cinema, and reads what scheduling needs.
    ///
    /// The cinema's lock is a shared one: showtimes can be scheduled in its other halls at the same time, while a deletion of the cinema
    /// waits.
    func hallForScheduling(_ id: Int64, scope: MerchantScope, in transaction: PostgresTransaction) async throws -> SchedulingHall? {
        let locked = try await transaction.row(
            """
            SELECT id
            FROM halls
            WHERE id = \(id)
            FOR NO KEY UPDATE
            """
        ) { row -> Int64 in try row["id"] }
        guard locked != nil else { return nil }
        // This has to be a separate statement: it sees what others committed while the statement above waited for the lock.
        return try await transaction.row(
            """
            SELECT h.id, h.cinema_id, c.merchant_id, h.formats, l.id AS layout_id, c.service_fee_fen, c.time_zone, c.day_ends_at_hour,
                c.trailers_min, c.cleaning_min,
                ARRAY(
                    SELECT DISTINCT t.zone
                    FROM seats AS t
                    WHERE t.layout_id = l.id
                        AND t.kind NOT IN ('house', 'broken')
                    ORDER BY t.zone
                ) AS zones
            FROM halls AS h
            JOIN cinemas AS c ON c.id = h.cinema_id
            \(Self.currentLayout)
            WHERE h.id = \(id)
                AND c.deleted_at IS NULL
                \(owned(by: scope))
            FOR SHARE OF c
            """
        ) { row in
            SchedulingHall(
                id: try row["id"],
                cinemaID: try row["cinema_id"],
                merchantID: try row["merchant_id"],
                formats: try row["formats"],
                layoutID: try row["layout_id"],
                zones: try row["zones"],
                serviceFeeFen: try row["service_fee_fen"],
                timeZone: try row["time_zone"],
                dayEndsAtHour: try row["day_ends_at_hour"],
                trailersMin: try row["trailers_min"],
                cleaningMin: try row["cleaning_min"]
            )
        }
    }
}
