import Database
import Text

/// Writes imported movies.
struct MovieImportStore: Sendable {
    /// A movie that an earlier import has brought.
    struct Known: Sendable {
        let id: Int64
        let externalID: String
        let isDeleted: Bool
        /// What the catalogue says now.
        let current: ImportedMovie
        /// What the file said then.
        let imported: ImportedMovie
    }

    /// A movie to write.
    struct Record: Codable, Sendable {
        /// Set for a movie that the catalogue has already.
        var id: Int64?
        let externalID: String
        let title: String
        let durationMin: Int
        let releaseDate: CalendarDay
        let companyID: Int64?
        let languages: [String]
        let genres: [String]
        let countries: [String]
        let imported: ImportedMovie
        /// Whether a field of the movie changes; otherwise only our copy of what the file said does.
        let isChanged: Bool

        enum CodingKeys: String, CodingKey {
            case id, title, languages, genres, countries, imported
            case externalID = "external_id"
            case durationMin = "duration_min"
            case releaseDate = "release_date"
            case companyID = "company_id"
            case isChanged = "is_changed"
        }
    }

    private static let recordColumns: Query = """
        (id bigint, external_id text, title text, duration_min integer, release_date date, company_id bigint, languages text[],
            genres text[], countries text[], imported jsonb, is_changed boolean)
        """

    /// Locks and reads the movies that have these ids in the file, deleted ones too.
    func known(_ externalIDs: [String], in transaction: PostgresTransaction) async throws -> [Known] {
        try await transaction.rows(
            """
            SELECT movies.id, movies.external_id, movies.deleted_at IS NOT NULL AS is_deleted, movies.title, movies.duration_min, movies.release_date,
                (SELECT companies.name FROM companies WHERE companies.id = movies.company_id) AS company, movies.languages, movies.genres,
                movies.countries, movies.imported,
                \(CreditStore.columns),
                \(CompanyStore.movieColumns)
            FROM movies
            WHERE movies.external_id = ANY (\(externalIDs)::text[])
            ORDER BY movies.id
            FOR NO KEY UPDATE OF movies
            """
        ) { row in
            let current = ImportedMovie(
                title: try row["title"],
                durationMin: try row["duration_min"],
                releaseDate: try row["release_date"],
                company: try row["company"],
                languages: try row["languages"],
                genres: try row["genres"],
                countries: try row["countries"],
                people: try CreditStore.credits(row).map { ImportedCredit(name: $0.name, role: $0.role, character: $0.character) },
                companies: try CompanyStore.movieCompanies(row).map(\.name)
            )
            let imported: PostgresJSON<ImportedMovie>? = try row["imported"]
            return Known(
                id: try row["id"],
                externalID: try row["external_id"],
                isDeleted: try row["is_deleted"],
                current: current,
                imported: imported?.value ?? current
            )
        }
    }

    /// Adds movies without their people and companies.
    ///
    /// - Returns: the ids of those that were added, by the id in the file; another import may have been faster with the rest.
    func add(
        _ records: [Record],
        formats: [String],
        minimumPriceFen: Int64,
        in transaction: PostgresTransaction
    ) async throws -> [String: Int64] {
        let rows = try await transaction.rows(
            """
            INSERT INTO movies (
                external_id, title, duration_min, release_date, company_id, languages, genres, countries, imported, formats,
                minimum_price_fen
            )
            SELECT external_id, title, duration_min, release_date, company_id, languages, genres, countries, imported,
                \(formats)::text[], \(minimumPriceFen)::bigint
            FROM jsonb_to_recordset(\(PostgresJSON(records))::jsonb) AS file \(Self.recordColumns)
            ON CONFLICT (external_id) DO NOTHING
            RETURNING external_id, id
            """
        ) { row -> (String, Int64) in (try row["external_id"], try row["id"]) }
        return Dictionary(rows) { first, _ in first }
    }

    /// Changes movies, all but their people and companies, and stores what the file says now. A movie that is released earlier than was
    /// thought has no previews after that.
    func change(_ records: [Record], in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            UPDATE movies
            SET title = file.title,
                duration_min = file.duration_min,
                release_date = file.release_date,
                company_id = file.company_id,
                languages = file.languages,
                genres = file.genres,
                countries = file.countries,
                preview_date = CASE
                    WHEN movies.preview_date > file.release_date THEN file.release_date
                    ELSE movies.preview_date
                END,
                imported = file.imported,
                version = movies.version + file.is_changed::integer
            FROM jsonb_to_recordset(\(PostgresJSON(records))::jsonb) AS file \(Self.recordColumns)
            WHERE movies.id = file.id
            """
        )
    }
}
