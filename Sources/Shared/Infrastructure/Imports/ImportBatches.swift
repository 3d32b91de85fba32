import Database

/// Writes the rows of a file in batches, each in a transaction of its own.
///
/// The database has only whole rows whenever the import ends, and the next run goes on from there. A batch with a row that the database
/// refuses is written again row by row, so that only that row is left out.
struct ImportBatches<Value: Sendable>: Sendable {
    typealias Row = ImportedFile<Value>.Row

    let pool: PostgresPool
    /// The number of rows in a batch.
    let size: Int

    /// Writes a file.
    ///
    /// - Parameters:
    ///   - progress: called after each batch with the number of rows that are done, and the number of all rows.
    ///   - write: writes one batch; may run again after a conflict with another transaction.
    /// - Throws: `PostgresError` when the database fails, rather than refuses a row.
    func write(
        _ file: ImportedFile<Value>,
        progress: (_ done: Int, _ total: Int) -> Void,
        _ write: @Sendable (_ batch: [Row], _ transaction: PostgresTransaction) async throws -> ImportSummary
    ) async throws -> ImportSummary {
        var summary = ImportSummary(refusals: file.refusals)
        var start = 0
        while start < file.rows.count {
            let batch = Array(file.rows[start..<min(start + size, file.rows.count)])
            summary += try await written(batch, write)
            start += batch.count
            progress(start, file.rows.count)
        }
        summary.refusals.sort { $0.line < $1.line }
        return summary
    }

    private func written(
        _ batch: [Row],
        _ write: @Sendable ([Row], PostgresTransaction) async throws -> ImportSummary
    ) async throws -> ImportSummary {
        do {
            return try await pool.withTransaction { transaction in try await write(batch, transaction) }
        } catch let error as PostgresError where error.refusesData {
            guard batch.count > 1 else {
                let reason = error.constraintName.map { "the database refuses it (\($0))" } ?? "the database refuses it"
                return ImportSummary(refusals: batch.map { RejectedRow(line: $0.line, reason: reason) })
            }
        }
        var summary = ImportSummary()
        for row in batch {
            summary += try await written([row], write)
        }
        return summary
    }
}

extension PostgresError {
    /// Whether the data is at fault: it can't be bound, is a data exception (class 22), or violates a constraint (class 23).
    fileprivate var refusesData: Bool {
        refusesValue || sqlState?.rawValue.hasPrefix("23") == true
    }
}
