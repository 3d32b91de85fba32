import Database
import Text

/// Adds the new movies of a batch, and updates the others with what is new in the file.
struct MovieBatchWriter: Sendable {
    /// Formats and minimum price are not in the file. Every cinema can show 2D, and 30 yuan is the minimum until somebody sets another
    /// price.
    private static let formats = ["2D"]
    private static let minimumPriceFen: Int64 = 3000

    private let companyStore = CompanyStore()
    private let personStore = PersonNameStore()
    private let creditStore = CreditStore()
    private let previewStore = PreviewStore()
    private let importStore = MovieImportStore()

    func write(_ rows: [MovieRow], in transaction: PostgresTransaction) async throws -> ImportSummary {
        let known = try await importStore.known(rows.map(\.externalID), in: transaction)
        let knownByID = Dictionary(known.map { ($0.externalID, $0) }) { first, _ in first }
        var added: [MovieRow] = []
        var changed: [(known: MovieImportStore.Known, file: ImportedMovie, merged: ImportedMovie)] = []
        for row in rows {
            if let known = knownByID[row.externalID] {
                // A movie that an administrator has deleted stays deleted.
                guard !known.isDeleted, row.movie != known.imported else { continue }
                let merged = ImportedMovie.merged(current: known.current, imported: known.imported, file: row.movie)
                changed.append((known, row.movie, merged))
            } else {
                added.append(row)
            }
        }
        let movies = added.map(\.movie) + changed.map(\.merged)
        let companyNames = Set(movies.compactMap(\.company) + movies.flatMap(\.companies))
        let companies = try await companyStore.ids(ofNames: companyNames, in: transaction)
        let addedCount = try await add(added, companies: companies, in: transaction)
        let changedCount = try await change(changed, companies: companies, in: transaction)
        return ImportSummary(added: addedCount, changed: changedCount, of: rows.count)
    }

    private func add(_ rows: [MovieRow], companies: [String: Int64], in transaction: PostgresTransaction) async throws -> Int {
        guard !rows.isEmpty else { return 0 }
        let records = rows.map { row in
            record(row.externalID, row.movie, file: row.movie, isChanged: true, companies: companies)
        }
        let ids = try await importStore.add(records, formats: Self.formats, minimumPriceFen: Self.minimumPriceFen, in: transaction)
        let movies = rows.compactMap { row in ids[row.externalID].map { ($0, row.movie) } }
        try await replacePeople(movies, in: transaction)
        try await replaceCompanies(movies, companies: companies, in: transaction)
        return ids.count
    }

    private func change(
        _ movies: [(known: MovieImportStore.Known, file: ImportedMovie, merged: ImportedMovie)],
        companies: [String: Int64],
        in transaction: PostgresTransaction
    ) async throws -> Int {
        guard !movies.isEmpty else { return 0 }
        let records = movies.map { movie in
            let isChanged = movie.merged != movie.known.current
            var record = record(movie.known.externalID, movie.merged, file: movie.file, isChanged: isChanged, companies: companies)
            record.id = movie.known.id
            return record
        }
        try await importStore.change(records, in: transaction)
        let postponed = movies.filter { $0.merged.releaseDate > $0.known.current.releaseDate }
        try await previewStore.mark(movieIDs: postponed.map(\.known.id), in: transaction)
        try await replacePeople(
            movies.filter { $0.merged.people != $0.known.current.people }.map { ($0.known.id, $0.merged) }, in: transaction)
        try await replaceCompanies(
            movies.filter { $0.merged.companies != $0.known.current.companies }.map { ($0.known.id, $0.merged) }, companies: companies,
            in: transaction)
        return records.count(where: \.isChanged)
    }

    /// Where several people have a name, the file means the one who came first: it can't say which.
    private func replacePeople(_ movies: [(id: Int64, movie: ImportedMovie)], in transaction: PostgresTransaction) async throws {
        guard !movies.isEmpty else { return }
        let people = try await personStore.ids(ofNames: Set(movies.flatMap { $0.movie.people.map(\.name) }), in: transaction)
        let parts = movies.map { id, movie in
            let parts = movie.people.compactMap { credit in
                people[credit.name]?.first.map { CreditStore.Part(personID: $0, role: credit.role, character: credit.character) }
            }
            return (id, parts)
        }
        try await creditStore.replace(Dictionary(parts) { first, _ in first }, in: transaction)
    }

    private func replaceCompanies(
        _ movies: [(id: Int64, movie: ImportedMovie)], companies: [String: Int64], in transaction: PostgresTransaction
    ) async throws {
        guard !movies.isEmpty else { return }
        let parts = movies.map { id, movie in
            (id, movie.companies.compactMap { name in companies[name].map { CompanyStore.Part(companyID: $0, role: .production) } })
        }
        try await companyStore.replace(Dictionary(parts) { first, _ in first }, in: transaction)
    }

    private func record(
        _ externalID: String,
        _ movie: ImportedMovie,
        file: ImportedMovie,
        isChanged: Bool,
        companies: [String: Int64]
    ) -> MovieImportStore.Record {
        MovieImportStore.Record(
            externalID: externalID,
            title: movie.title,
            durationMin: movie.durationMin,
            releaseDate: movie.releaseDate,
            companyID: movie.company.flatMap { companies[$0] },
            languages: movie.languages,
            genres: movie.genres,
            countries: movie.countries,
            imported: file,
            isChanged: isChanged
        )
    }
}

extension ImportSummary {
    fileprivate init(added: Int, changed: Int, of total: Int) {
        self.init()
        self.added = added
        self.changed = changed
        unchanged = total - added - changed
    }
}
