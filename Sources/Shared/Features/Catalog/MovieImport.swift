package import Database
import Text

/// Imports movies from a file. It can be repeated: a second run finds nothing to do.
package struct MovieImport: Sendable {
    private let file: ImportedFile<MovieRow>

    /// Reads a file.
    ///
    /// - Throws: ``ImportFileError``.
    package init(_ bytes: [UInt8]) throws(ImportFileError) {
        file = try MovieFile.read(bytes)
    }

    /// Writes the rows in batches.
    ///
    /// - Parameter progress: called from time to time with the number of rows that are done, and the number of all rows.
    /// - Throws: `PostgresError` when the database fails, rather than refuses a row.
    package func run(on pool: PostgresPool, progress: (_ done: Int, _ total: Int) -> Void) async throws -> ImportSummary {
        let batches = ImportBatches<MovieRow>(pool: pool, size: 50)
        let writer = MovieBatchWriter()
        return try await batches.write(file, progress: progress) { batch, transaction in
            try await writer.write(batch.map(\.value), in: transaction)
        }
    }
}
