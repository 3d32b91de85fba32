import Callers
import Database

/// Which pictures things have, in the database.
struct ShownPictureStore: Sendable {
    /// The pictures of a thing, as an expression of a query; ``pictures(_:in:)`` reads the column.
    ///
    /// - Parameter id: the thing's id there.
    static func list(_ role: PictureRole, of kind: PictureSubject.Kind, id: Query) -> Query {
        "ARRAY(\(selection(role, of: kind, id: id)) ORDER BY shown_pictures.place)"
    }

    /// The picture of a thing in a role that only one has, as an expression of a query; ``picture(_:in:)`` reads the column.
    ///
    /// - Parameter id: the thing's id there.
    static func one(_ role: PictureRole, of kind: PictureSubject.Kind, id: Query) -> Query {
        "(\(selection(role, of: kind, id: id)))"
    }

    /// By the primary keys of both tables. One text for each picture, so that one column has all of it.
    private static func selection(_ role: PictureRole, of kind: PictureSubject.Kind, id: Query) -> Query {
        """
        SELECT concat_ws(' ', encode(shown_pictures.sha256, 'hex'), pictures.width, pictures.height)
        FROM shown_pictures
        JOIN pictures ON pictures.sha256 = shown_pictures.sha256
        WHERE shown_pictures.subject_kind = \(kind.rawValue)
            AND shown_pictures.subject_id = \(id)
            AND shown_pictures.role = \(role.rawValue)
        """
    }

    static func pictures(_ name: String, in row: PostgresRow) throws -> [ShownPicture] {
        let texts: [String] = try row[name]
        return texts.compactMap(ShownPicture.init(text:))
    }

    static func picture(_ name: String, in row: PostgresRow) throws -> ShownPicture? {
        let text: String? = try row[name]
        return text.flatMap(ShownPicture.init(text:))
    }

    func hashes(_ role: PictureRole, of subject: PictureSubject, in session: some PostgresSession) async throws -> [PictureHash] {
        try await session.rows(
            """
            SELECT sha256
            FROM shown_pictures
            WHERE subject_kind = \(subject.kind.rawValue)
                AND subject_id = \(subject.id)
                AND role = \(role.rawValue)
            ORDER BY place
            """,
            PictureHash.init(row:)
        )
    }

    /// Locks pictures, in one order, so that what shows them is counted by one transaction at a time, and none is deleted.
    ///
    /// - Returns: those that are there.
    func lock(_ hashes: Set<PictureHash>, in transaction: PostgresTransaction) async throws -> Set<PictureHash> {
        let rows = try await transaction.rows(
            """
            SELECT sha256
            FROM pictures
            WHERE sha256 IN (\(Self.values(hashes)))
            ORDER BY sha256
            FOR NO KEY UPDATE
            """,
            PictureHash.init(row:)
        )
        return Set(rows)
    }

    func replace(
        _ role: PictureRole, of subject: PictureSubject, with hashes: [PictureHash], in transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute(
            """
            DELETE FROM shown_pictures
            WHERE subject_kind = \(subject.kind.rawValue)
                AND subject_id = \(subject.id)
                AND role = \(role.rawValue)
            """
        )
        try await transaction.execute(
            """
            INSERT INTO shown_pictures (subject_kind, subject_id, role, place, sha256)
            SELECT \(subject.kind.rawValue), \(subject.id), \(role.rawValue), wanted.place, decode(wanted.sha256, 'hex')
            FROM unnest(\(hashes.map(\.text))::text[]) WITH ORDINALITY AS wanted (sha256, place)
            """
        )
    }

    /// Notes which of these pictures are shown from now on, and which no longer are. The caller holds their locks.
    func noteUse(of hashes: Set<PictureHash>, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            UPDATE pictures
            SET unused_since = CASE
                WHEN NOT EXISTS (SELECT FROM shown_pictures WHERE shown_pictures.sha256 = pictures.sha256)
                THEN coalesce(pictures.unused_since, clock_timestamp())
            END
            WHERE pictures.sha256 IN (\(Self.values(hashes)))
            """
        )
    }

    private static func values(_ hashes: Set<PictureHash>) -> Query {
        "SELECT decode(wanted.sha256, 'hex') FROM unnest(\(hashes.map(\.text))::text[]) AS wanted (sha256)"
    }
}

extension PictureHash {
    init(row: PostgresRow) throws {
        self.init(stored: try row["sha256"])
    }
}

extension ShownPicture {
    /// - Parameter text: as ``ShownPictureStore`` selects it.
    init?(text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 3, let hash = PictureHash(String(parts[0])), let width = Int(parts[1]), let height = Int(parts[2]) else {
            return nil
        }
        self.init(hash: hash, width: width, height: height)
    }
}
