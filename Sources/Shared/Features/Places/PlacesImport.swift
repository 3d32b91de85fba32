package import Database

/// Imports cities or administrative divisions from a file. It can be repeated: a second run finds nothing to do.
package enum PlacesImport: Sendable {
    case cities(ImportedFile<City>)
    case divisions(ImportedFile<AdministrativeDivision>)

    /// Reads a file, whose content tells which of the two it is: a city list is JSON, divisions are CSV.
    ///
    /// - Throws: ``ImportFileError``.
    package init(_ bytes: [UInt8]) throws(ImportFileError) {
        let first = bytes.first { !Array(" \t\r\n\u{FEFF}".utf8).contains($0) }
        self = first == UInt8(ascii: "{") ? .cities(try CityFile.read(bytes)) : .divisions(try DivisionFile.read(bytes))
    }

    /// A word for the rows that are imported.
    package var subject: String {
        switch self {
        case .cities: "cities"
        case .divisions: "administrative divisions"
        }
    }

    /// Writes the rows. Cities are written all at once, because one may be another's parent; divisions are written in batches.
    ///
    /// - Parameter progress: called from time to time with the number of rows that are done, and the number of all rows.
    /// - Throws: `PostgresError` when the database fails, rather than refuses a row.
    package func run(on pool: PostgresPool, progress: (_ done: Int, _ total: Int) -> Void) async throws -> ImportSummary {
        let store = PlacesImportStore()
        switch self {
        case .cities(let file):
            let batches = ImportBatches<City>(pool: pool, size: max(1, file.rows.count))
            return try await batches.write(file.parentsFirst, progress: progress) { batch, transaction in
                let known = try await store.knownCities(Set(batch.compactMap(\.value.parentID)), in: transaction)
                let (accepted, refusals) = CityParents.check(batch, known: known)
                var summary = try await store.write(accepted.map(\.value), in: transaction)
                summary.refusals = refusals
                return summary
            }
        case .divisions(let file):
            let batches = ImportBatches<AdministrativeDivision>(pool: pool, size: 500)
            return try await batches.write(file, progress: progress) { batch, transaction in
                try await store.write(batch.map(\.value), in: transaction)
            }
        }
    }
}

extension ImportedFile<City> {
    /// The rows with children last, so that each row finds its parent when rows have to be written one by one.
    fileprivate var parentsFirst: Self {
        var file = self
        file.rows = rows.filter { $0.value.parentID == nil } + rows.filter { $0.value.parentID != nil }
        return file
    }
}
