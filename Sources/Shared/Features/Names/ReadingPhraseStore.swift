import Callers
import Database

/// Phrases with their readings in the database, where triggers write the names anew that hold one.
struct ReadingPhraseStore: Sendable {
    private static let columns: Query = "id, phrase, reading, is_surname, version"

    /// - Throws: ``Refusal/cursorInvalid``.
    func phrases(page: PageRequest, in session: some PostgresSession) async throws -> Page<ReadingPhrase> {
        let rows = try await session.rows(try .page(page, of: "reading_phrases", Self.columns), ReadingPhrase.init(row:))
        return Page(rows, request: page, id: \.id)
    }

    func phrase(_ id: Int64, in session: some PostgresSession) async throws -> ReadingPhrase? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM reading_phrases
            WHERE id = \(id)
            """,
            ReadingPhrase.init(row:)
        )
    }

    /// A text in the form in which names are searched.
    func folded(_ text: String, in session: some PostgresSession) async throws -> String {
        try await session.row("SELECT replace(search_words(\(text)), ' ', '') AS folded") { row -> String in try row["folded"] } ?? ""
    }

    /// - Returns: `nil` when the phrase is there already.
    func add(_ new: NewReadingPhrase, in transaction: PostgresTransaction) async throws -> ReadingPhrase? {
        try await transaction.row(
            """
            INSERT INTO reading_phrases (phrase, reading, is_surname)
            VALUES (\(new.phrase), \(new.reading), \(new.isSurname))
            ON CONFLICT (phrase, is_surname) DO NOTHING
            RETURNING \(Self.columns)
            """,
            ReadingPhrase.init(row:)
        )
    }

    /// Changes a phrase if it still has this version (`nil`: any).
    ///
    /// - Returns: `nil` when there is none.
    func change(_ id: Int64, version: Int64?, reading: String, in transaction: PostgresTransaction) async throws -> ReadingPhrase? {
        try await transaction.row(
            """
            UPDATE reading_phrases
            SET reading = \(reading),
                version = version + 1
            WHERE \(Self.isPhrase(id, version: version))
            RETURNING \(Self.columns)
            """,
            ReadingPhrase.init(row:)
        )
    }

    /// Deletes a phrase if it still has this version (`nil`: any).
    ///
    /// - Returns: whether there was one.
    func delete(_ id: Int64, version: Int64?, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.execute(
            """
            DELETE FROM reading_phrases
            WHERE \(Self.isPhrase(id, version: version))
            """
        ) == 1
    }

    private static func isPhrase(_ id: Int64, version: Int64?) -> Query {
        let conditions: [Query?] = ["id = \(id)", version.map { "version = \($0)" }]
        return conditions.conjunction
    }
}

extension ReadingPhrase {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row["id"], phrase: try row["phrase"], reading: try row["reading"], isSurname: try row["is_surname"],
            version: try row["version"]
        )
    }
}
