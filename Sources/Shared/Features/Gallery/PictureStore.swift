import Callers
import Database
import Pictures

/// A picture that was uploaded.
package struct StoredPicture: Hashable, Sendable {
    package let hash: PictureHash
    /// What it was when it came.
    let format: PictureFormat
    /// Of the original, in pixels.
    package let width: Int
    package let height: Int
    /// From the narrowest to the widest.
    package let renditions: [Size]

    package struct Size: Hashable, Sendable {
        package let width: Int
        package let height: Int
        package let byteCount: Int
    }
}

/// A picture in one of its widths, as WebP.
package struct PictureFile: Hashable, Sendable {
    package let width: Int
    package let bytes: [UInt8]
}

/// A picture that nobody has uploaded before, as far as is known.
package struct NewPicture: Sendable {
    let hash: PictureHash
    let byteCount: Int
    let prepared: PreparedPicture
}

/// Pictures in the database.
struct PictureStore: Sendable {
    func picture(_ hash: PictureHash, in session: some PostgresSession) async throws -> StoredPicture? {
        try await session.row(
            """
            SELECT pictures.sha256, pictures.format, pictures.width, pictures.height,
                ARRAY(
                    SELECT picture_renditions.width
                    FROM picture_renditions
                    WHERE picture_renditions.sha256 = pictures.sha256
                    ORDER BY picture_renditions.width
                ) AS widths,
                ARRAY(
                    SELECT picture_renditions.height
                    FROM picture_renditions
                    WHERE picture_renditions.sha256 = pictures.sha256
                    ORDER BY picture_renditions.width
                ) AS heights,
                ARRAY(
                    SELECT octet_length(picture_renditions.content)
                    FROM picture_renditions
                    WHERE picture_renditions.sha256 = pictures.sha256
                    ORDER BY picture_renditions.width
                ) AS byte_counts
            FROM pictures
            WHERE pictures.sha256 = \(hash.bytes)
            """,
            StoredPicture.init(row:)
        )
    }

    /// Begins anew to count how long a picture isn't shown, where it isn't, and holds it against deletion.
    ///
    /// - Returns: whether there is one.
    func keep(_ hash: PictureHash, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.execute(
            """
            UPDATE pictures
            SET unused_since = CASE WHEN pictures.unused_since IS NOT NULL THEN clock_timestamp() END
            WHERE pictures.sha256 = \(hash.bytes)
            """
        ) == 1
    }

    /// Adds a picture. Where somebody else adds the same content at this moment, this waits for the end of that transaction, and adds nothing.
    func add(_ new: NewPicture, merchantID: Int64?, in transaction: PostgresTransaction) async throws {
        let picture = new.prepared
        let added = try await transaction.execute(
            """
            INSERT INTO pictures (sha256, format, byte_count, width, height, merchant_id, unused_since)
            VALUES (
                \(new.hash.bytes), \(picture.format), \(new.byteCount), \(picture.width), \(picture.height), \(merchantID),
                clock_timestamp()
            )
            ON CONFLICT (sha256) DO NOTHING
            """
        )
        guard added == 1 else { return }
        for rendition in picture.renditions {
            try await transaction.execute(
                """
                INSERT INTO picture_renditions (sha256, width, height, content)
                VALUES (\(new.hash.bytes), \(rendition.width), \(rendition.height), \(rendition.bytes))
                """
            )
        }
    }

    func rendition(_ hash: PictureHash, width: Int?, in session: some PostgresSession) async throws -> PictureFile? {
        let wanted = width ?? PictureLimits.side
        return try await session.row(
            """
            SELECT picture_renditions.width, picture_renditions.content
            FROM picture_renditions
            WHERE picture_renditions.sha256 = \(hash.bytes)
            ORDER BY picture_renditions.width < \(wanted), abs(picture_renditions.width - \(wanted))
            LIMIT 1
            """
        ) { row in
            PictureFile(width: try row["width"], bytes: try row["content"])
        }
    }

    /// Deletes pictures that nothing has shown for so long. One that is about to be shown is locked, and left alone.
    ///
    /// - Returns: how many.
    func deleteUnused(for age: Duration, limit: Int, in session: some PostgresSession) async throws -> Int {
        try await session.execute(
            """
            DELETE FROM pictures
            WHERE sha256 IN (
                SELECT sha256
                FROM pictures
                WHERE unused_since < clock_timestamp() - make_interval(secs => \(age.components.seconds)::double precision)
                ORDER BY unused_since
                LIMIT \(limit)
                FOR UPDATE SKIP LOCKED
            )
            """
        )
    }
}

extension PictureFormat: PostgresCodable {}

extension StoredPicture {
    fileprivate init(row: PostgresRow) throws {
        let (widths, heights, counts): ([Int], [Int], [Int]) = (try row["widths"], try row["heights"], try row["byte_counts"])
        self.init(
            hash: try PictureHash(row: row),
            format: try row["format"],
            width: try row["width"],
            height: try row["height"],
            renditions: zip(zip(widths, heights), counts).map { Size(width: $0.0.0, height: $0.0.1, byteCount: $0.1) }
        )
    }
}
