import Callers
import Database

/// Halls, their layouts and seats in the database. No method finds those of a deleted cinema.
struct HallStore: Sendable {
    private static let columns: Query = """
        halls.id, halls.cinema_id, halls.name, halls.formats, halls.created_at, halls.version, current_layout.id AS layout_id, current_layout.version AS layout_version,
            (SELECT count(*) FROM seats WHERE seats.layout_id = current_layout.id) AS seat_count,
            \(ShownPictureStore.list(.photo, of: .hall, id: "halls.id")) AS photos
        """

    /// A hall's current layout, of `halls`.
    private static let currentLayout: Query = """
        CROSS JOIN LATERAL (
            SELECT id, version
            FROM hall_layouts
            WHERE hall_id = halls.id
            ORDER BY version DESC
            LIMIT 1
        ) AS current_layout
        """

    /// A page of a cinema's halls in the order in which they were added.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func halls(cinemaID: Int64, page: PageRequest, in session: some PostgresSession) async throws -> Page<Hall> {
        let rows = try await session.rows(try listing(cinemaID: cinemaID, page: page), Hall.init(row:))
        return Page(rows, request: page, id: \.id)
    }

    /// The query behind the list of a cinema's halls.
    func listing(cinemaID: Int64, page: PageRequest) throws -> Query {
        try .page(
            page, of: "halls \(Self.currentLayout)", Self.columns, where: ["halls.cinema_id = \(cinemaID)"], by: "halls.id")
    }

    /// The ids of a cinema's halls.
    func ids(cinemaID: Int64, in session: some PostgresSession) async throws -> [Int64] {
        try await session.rows(
            """
            SELECT id
            FROM halls
            WHERE cinema_id = \(cinemaID)
            ORDER BY id
            """
        ) { row in try row["id"] }
    }

    func hall(_ id: Int64, scope: MerchantScope, in session: some PostgresSession) async throws -> Hall? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM halls
            JOIN cinemas ON cinemas.id = halls.cinema_id
            \(Self.currentLayout)
            WHERE halls.id = \(id)
                AND cinemas.deleted_at IS NULL
                AND \(owned(by: scope))
            """,
            Hall.init(row:)
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
        let conditions: [Query?] = [
            "halls.id = \(id)",
            "cinemas.id = halls.cinema_id",
            "cinemas.deleted_at IS NULL",
            owned(by: scope),
            version.map { "halls.version = \($0)" },
        ]
        return try await transaction.execute(
            """
            UPDATE halls
            SET name = coalesce(\(change.name), halls.name),
                formats = coalesce(\(change.formats), halls.formats),
                version = halls.version + 1
            FROM cinemas
            WHERE \(conditions.conjunction)
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
                SELECT \(hallID), 1 + coalesce(max(version), 0)
                FROM hall_layouts
                WHERE hall_id = \(hallID)
                RETURNING id
            )
            INSERT INTO seats (layout_id, row_number, column_number, row_label, label, zone, kind)
            SELECT layout.id, seat.*
            FROM layout
            CROSS JOIN unnest(
                \(seats.map(\.row))::integer[],
                \(seats.map(\.column))::integer[],
                \(seats.map(\.rowLabel))::text[],
                \(seats.map(\.label))::text[],
                \(seats.map(\.zone))::text[],
                \(seats.map(\.kind.rawValue))::text[]
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

    /// Keeps a hall's cinema from being deleted before the end of the transaction.
    ///
    /// - Returns: whether it is there.
    func holdCinema(ofHall id: Int64, in transaction: PostgresTransaction) async throws -> Bool {
        let held = try await transaction.row(
            """
            SELECT cinemas.id
            FROM halls
            JOIN cinemas ON cinemas.id = halls.cinema_id
            WHERE halls.id = \(id)
                AND cinemas.deleted_at IS NULL
            FOR SHARE OF cinemas
            """
        ) { row -> Int64 in try row["id"] }
        return held != nil
    }

    private func owned(by scope: MerchantScope) -> Query {
        scope.condition(merchant: "cinemas.merchant_id", cinema: "cinemas.id")
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
            SELECT halls.id, halls.cinema_id, cinemas.merchant_id, halls.formats, current_layout.id AS layout_id, cinemas.service_fee_fen, cinemas.time_zone, cinemas.day_ends_at_hour,
                cinemas.trailers_min, cinemas.cleaning_min,
                ARRAY(
                    SELECT DISTINCT seats.zone
                    FROM seats
                    WHERE seats.layout_id = current_layout.id
                        AND seats.kind NOT IN ('house', 'broken')
                    ORDER BY seats.zone
                ) AS zones
            FROM halls
            JOIN cinemas ON cinemas.id = halls.cinema_id
            \(Self.currentLayout)
            WHERE halls.id = \(id)
                AND cinemas.deleted_at IS NULL
                AND \(owned(by: scope))
            FOR SHARE OF cinemas
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

extension Hall {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row["id"],
            cinemaID: try row["cinema_id"],
            name: try row["name"],
            formats: try row["formats"],
            layoutID: try row["layout_id"],
            layoutVersion: try row["layout_version"],
            seatCount: try row["seat_count"],
            photos: try ShownPictureStore.pictures("photos", in: row),
            createdAt: try row["created_at"],
            version: try row["version"]
        )
    }
}
