import Callers
import Database
import Text

/// Administrative divisions and their history in the database.
struct DivisionStore: Sendable {
    static let columns: Query = """
        administrative_divisions.id, administrative_divisions.code, administrative_divisions.name, administrative_divisions.level,
            administrative_divisions.longitude, administrative_divisions.latitude, administrative_divisions.valid_from, administrative_divisions.valid_to
        """

    /// A page of the divisions by code; those with one code in the order in which they were added.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func divisions(_ filter: DivisionFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<
        AdministrativeDivision
    > {
        let rows = try await session.rows(try listing(filter, page: page), AdministrativeDivision.init(row:))
        return Page(rows, request: page) { [$0.code, String($0.id)] }
    }

    /// The query behind the list of divisions.
    func listing(_ filter: DivisionFilter, page: PageRequest) throws -> Query {
        let start: Query? = try page.keys(count: 2).map { keys in
            guard let id = Int64(keys[1]) else { throw Refusal.cursorInvalid }
            return "(code, id) > (\(keys[0]), \(id))"
        }
        let conditions: [Query?] = [
            filter.codes.map { "code BETWEEN \($0.lowerBound) AND \($0.upperBound)" },
            filter.level.map { "level = \($0)" },
            filter.isRetired.map { "(valid_to IS NOT NULL) = \($0)" },
            start,
        ]
        return """
            SELECT \(Self.columns)
            FROM administrative_divisions
            WHERE \(conditions.conjunction)
            ORDER BY code, id
            LIMIT \(page.rowLimit)
            """
    }

    func divisions(ids: [Int64], in session: some PostgresSession) async throws -> [AdministrativeDivision] {
        try await session.rows(
            """
            SELECT \(Self.columns)
            FROM administrative_divisions
            WHERE id = ANY (\(ids)::bigint[])
            ORDER BY id
            """,
            AdministrativeDivision.init(row:)
        )
    }

    /// The districts whose codes are in a range and that are there now, by code.
    func districts(codes: ClosedRange<String>, in session: some PostgresSession) async throws -> [AdministrativeDivision] {
        try await session.rows(
            """
            SELECT \(Self.columns)
            FROM administrative_divisions
            WHERE code BETWEEN \(codes.lowerBound) AND \(codes.upperBound)
                AND level = 'district'
                AND valid_to IS NULL
            ORDER BY code
            """,
            AdministrativeDivision.init(row:)
        )
    }

    /// What led to some divisions, and what they became.
    func links(of ids: [Int64], in session: some PostgresSession) async throws -> [DivisionLink] {
        try await session.rows(
            """
            SELECT division_id, successor_id, change
            FROM division_successors
            WHERE division_id = ANY (\(ids)::bigint[])
                OR successor_id = ANY (\(ids)::bigint[])
            ORDER BY division_id, successor_id
            """,
            DivisionLink.init(row:)
        )
    }

    /// What became of a division, and of that again.
    func linksAfter(_ id: Int64, in session: some PostgresSession) async throws -> [DivisionLink] {
        try await session.rows(
            """
            WITH RECURSIVE links AS (
                SELECT division_id, successor_id, change
                FROM division_successors
                WHERE division_id = \(id)
                UNION
                SELECT division_successors.division_id, division_successors.successor_id, division_successors.change
                FROM links
                JOIN division_successors ON division_successors.division_id = links.successor_id
            )
            SELECT division_id, successor_id, change
            FROM links
            """,
            DivisionLink.init(row:)
        )
    }
}

// MARK: - Changes

extension DivisionStore {
    /// Locks divisions in the order of their ids, so that two changes of the same ones wait for each other.
    func lock(_ ids: [Int64], in transaction: PostgresTransaction) async throws -> [AdministrativeDivision] {
        try await transaction.rows(
            """
            SELECT \(Self.columns)
            FROM administrative_divisions
            WHERE id = ANY (\(ids)::bigint[])
            ORDER BY id
            FOR NO KEY UPDATE
            """,
            AdministrativeDivision.init(row:)
        )
    }

    /// The day in Beijing, by the database's clock.
    func today(in transaction: PostgresTransaction) async throws -> CalendarDay {
        try await transaction.requiredRow("SELECT (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date AS today") { try $0["today"] }
    }

    func add(_ new: NewDivision, from day: CalendarDay?, in transaction: PostgresTransaction) async throws -> AdministrativeDivision {
        try await transaction.requiredRow(
            """
            INSERT INTO administrative_divisions (code, name, level, longitude, latitude, valid_from)
            VALUES (\(new.code.text), \(new.name), \(new.code.level), \(new.point?.longitude), \(new.point?.latitude), \(day))
            RETURNING \(Self.columns)
            """,
            AdministrativeDivision.init(row:)
        )
    }

    func end(_ id: Int64, on day: CalendarDay, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            UPDATE administrative_divisions
            SET valid_to = \(day)
            WHERE id = \(id)
            """
        )
    }

    func link(_ id: Int64, to successorID: Int64, by change: DivisionChange, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO division_successors (division_id, successor_id, change)
            VALUES (\(id), \(successorID), \(change))
            """
        )
    }
}

extension AdministrativeDivision {
    /// - Parameter row: with ``DivisionStore/columns``.
    init(row: PostgresRow) throws {
        let latitude: Double? = try row["latitude"]
        let longitude: Double? = try row["longitude"]
        var point: GeographicPoint?
        if let latitude, let longitude {
            point = GeographicPoint(latitude: latitude, longitude: longitude)
        }
        self.init(
            id: try row["id"],
            code: try row["code"],
            name: try row["name"],
            level: try row["level"],
            point: point,
            validFrom: try row["valid_from"],
            validTo: try row["valid_to"]
        )
    }
}

extension DivisionLink {
    fileprivate init(row: PostgresRow) throws {
        self.init(divisionID: try row["division_id"], successorID: try row["successor_id"], change: try row["change"])
    }
}
