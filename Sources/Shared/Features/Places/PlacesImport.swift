package import Database

/// Imports cities or administrative divisions from a file. It can be repeated: a second run finds nothing to do.
package enum PlacesImport: Sendable {
    /// With a line about each row whose known error was mended.
    case cities(ImportedFile<City>, mended: [String])
    case divisions(ImportedFile<NewDivision>)

    /// Reads a file, whose content tells which of the two it is: a city list is JSON, divisions are CSV.
    ///
    /// - Throws: ``ImportFileError``.
    package init(_ bytes: [UInt8]) throws(ImportFileError) {
        let first = bytes.first { !Array(" \t\r\n\u{FEFF}".utf8).contains($0) }
        guard first == UInt8(ascii: "{") else {
            self = .divisions(try DivisionFile.read(bytes))
            return
        }
        let (file, mended) = try CityCorrections.mend(try CityFile.read(bytes))
        self = .cities(file, mended: mended)
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
        case .cities(let file, let mended):
            let batches = ImportBatches<City>(pool: pool, size: max(1, file.rows.count))
            var summary = try await batches.write(file.parentsFirst, progress: progress) { batch, transaction in
                let known = try await store.knownCities(Set(batch.compactMap(\.value.parentID)), in: transaction)
                let (accepted, refusals) = CityParents.check(batch, known: known)
                var summary = try await store.write(accepted.map(\.value), in: transaction)
                summary.refusals = refusals
                return summary
            }
            summary.mended = mended
            return summary
        case .divisions(let file):
            let batches = ImportBatches<NewDivision>(pool: pool, size: 500)
            return try await batches.write(file, progress: progress) { batch, transaction in
                let retired = try await store.retiredCodes(batch.map(\.value.code.text), in: transaction)
                var summary = try await store.write(batch.map(\.value).filter { !retired.contains($0.code.text) }, in: transaction)
                summary.refusals = batch.filter { retired.contains($0.value.code.text) }.map {
                    RejectedRow(
                        line: $0.line, reason: "the division with this code is no longer there; add one that has the code now by hand")
                }
                return summary
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
