import Synchronization

/// Sends statements and reads their answers. Everything goes through libpq's pipeline mode; a single statement is a pipeline of one.
extension PostgresConnection {
    /// A message to the server that it has to answer.
    private enum Step {
        case deallocate(name: String)
        case prepare(index: Int, name: String)
        case execute(index: Int)
    }

    func run(_ queries: [Query]) throws(PostgresPipelineError) -> [PostgresRows] {
        note(changesOf: queries)
        defer { notifyOfChanges() }
        guard let libpq else { throw notSent(PostgresError(.closed, "the connection is closed"), at: 0) }
        for (index, query) in queries.enumerated() {
            if let refusal = query.values.refusal {
                throw notSent(PostgresError(.invalidParameter, refusal), of: query, at: index)
            }
        }
        let statusBefore = transactionStatus
        if statusBefore == .idle, !libpq.isAlive() {
            close()
            throw notSent(PostgresError(.connectionLost, "the server closed the connection while it was idle"), at: 0)
        }
        var steps: [Step] = []
        guard send(queries, over: libpq, steps: &steps) else {
            close()
            throw failure(PostgresError(.connectionLost, "the statements could not be sent"), at: 0, of: queries, from: statusBefore)
        }
        var results: [PostgresRows] = []
        results.reserveCapacity(queries.count)
        var failed: PostgresPipelineError?
        for step in steps {
            switch libpq.nextReply() {
            case .result(let result):
                if let error = take(result, of: step, queries: queries, into: &results) { failed = failed ?? error }
            case .failure(let error):
                if let error = note(error, of: step, queries: queries) { failed = failed ?? error }
            case .skipped:
                continue
            case .lost(let error):
                close()
                if failed == nil, results.count == queries.count, isSettled(queries, from: statusBefore) { return results }
                throw failed ?? failure(error, at: results.count, of: queries, from: statusBefore)
            case .synchronised, .end:
                close()
                throw failure(PostgresError(.protocolViolation, "answers out of step"), at: results.count, of: queries, from: statusBefore)
            }
        }
        // Outside of a transaction the server commits at the end of the pipeline, and that may fail as well.
        switch libpq.nextPart() {
        case .synchronised:
            break
        case .failure(let error):
            failed = failed ?? PostgresPipelineError(index: max(0, queries.count - 1), underlying: error)
            if !reachesSynchronisation(libpq) { close() }
        case .lost(let error):
            close()
            if failed == nil, results.count == queries.count, isSettled(queries, from: statusBefore) { return results }
            throw failed ?? failure(error, at: max(0, queries.count - 1), of: queries, from: statusBefore)
        case .result, .skipped, .end:
            close()
        }
        noteStatus()
        if let failed { throw failed }
        return results
    }

    /// Whether the outcome is certain when all statements of a pipeline have been answered, but its end hasn't. Outside of a transaction it
    /// isn't, because the server commits only at the end.
    private func isSettled(_ queries: [Query], from status: PostgresTransactionStatus) -> Bool {
        status != .idle || queries.contains { StatementKind(sql: $0.sql) == .commit }
    }

    private func send(_ queries: [Query], over libpq: LibpqConnection, steps: inout [Step]) -> Bool {
        steps.reserveCapacity(queries.count + 1)
        let discarded = transactionStatus == .inFailedTransaction ? [] : statements.discarded
        var fresh: [(sql: String, name: String)] = []
        for (index, query) in queries.enumerated() {
            guard configuration.preparedStatements else {
                guard libpq.send(query, preparedAs: nil) else { return false }
                steps.append(.execute(index: index))
                continue
            }
            let name: String
            if let known = statements.name(of: query.sql) ?? fresh.first(where: { $0.sql == query.sql })?.name {
                name = known
            } else {
                name = statements.newName()
                guard libpq.sendPrepare(name: name, sql: query.sql) else { return false }
                fresh.append((query.sql, name))
                steps.append(.prepare(index: index, name: name))
            }
            guard libpq.send(query, preparedAs: name) else { return false }
            steps.append(.execute(index: index))
        }
        // These come last, because a BEGIN that sets the isolation must come first.
        for name in discarded {
            guard libpq.send(Query(unsafeSQL: "DEALLOCATE \(name)"), preparedAs: nil) else { return false }
            steps.append(.deallocate(name: name))
        }
        return libpq.sendSynchronisation()
    }

    /// Handles the reply to a step.
    ///
    /// - Returns: an error when the reply says that the step was not carried out.
    private func take(
        _ result: LibpqResult,
        of step: Step,
        queries: [Query],
        into results: inout [PostgresRows]
    ) -> PostgresPipelineError? {
        switch step {
        case .deallocate(let name):
            statements.deallocated(name)
        case .prepare(let index, let name):
            statements.insert(queries[index].sql, name: name)
        case .execute(let index):
            let sql = queries[index].sql
            let layout: ColumnLayout
            if let known = statements.layout(of: sql) {
                layout = known
            } else {
                layout = ColumnLayout(of: result)
                statements.setLayout(layout, of: sql)
            }
            results.append(PostgresRows(result, layout: layout))
            if result.columnCount == 0, result.tag == "ROLLBACK", StatementKind(sql: sql) == .commit {
                let error = PostgresError(.transactionRolledBack, "COMMIT rolled back, since a statement of the transaction had failed")
                return PostgresPipelineError(index: index, underlying: error)
            }
        }
        return nil
    }

    private func note(_ error: PostgresError, of step: Step, queries: [Query]) -> PostgresPipelineError? {
        var error = error
        let index: Int
        switch step {
        case .deallocate(let name):
            // The server doesn't have the prepared statement any more. That does no harm, except that it has failed the whole pipeline.
            statements.deallocated(name)
            index = 0
        case .prepare(let failed, _), .execute(let failed):
            index = failed
            error.sql = queries[failed].sql
            if error.isStalePlan {
                // Other prepared statements of the pipeline mostly use the same tables, and are outdated too.
                let isGone = error.sqlState == .invalidPreparedStatement
                for query in queries { statements.discard(query.sql, isGone: isGone) }
            }
            if error.sqlState == .readOnlyTransaction { isSpent.store(true, ordering: .releasing) }
        }
        return PostgresPipelineError(index: index, underlying: error)
    }

    func noteStatus() {
        let status = libpq.map { $0.isBroken ? .unknown : $0.transactionStatus } ?? .unknown
        lastStatus.store(status.rawValue, ordering: .releasing)
    }

    // MARK: Errors

    func notSent(_ error: PostgresError, of query: Query? = nil, at index: Int) -> PostgresPipelineError {
        var error = error
        error.wasNotSent = true
        error.sql = query?.sql
        return PostgresPipelineError(index: index, underlying: error)
    }

    /// The error for a lost connection: whether the statements that had been sent may have been carried out.
    ///
    /// - Parameters:
    ///   - index: the first statement without an answer.
    ///   - status: the connection's state before the pipeline.
    func failure(
        _ error: PostgresError,
        at index: Int,
        of queries: [Query],
        from status: PostgresTransactionStatus
    ) -> PostgresPipelineError {
        let index = min(index, max(0, queries.count - 1))
        var isInTransaction = status != .idle
        var mayHaveCommitted = false
        for query in queries {
            switch StatementKind(sql: query.sql) {
            case .begin: isInTransaction = true
            case .rollback: isInTransaction = false
            case .commit:
                mayHaveCommitted = true
                isInTransaction = false
            case .read: break
            case .write: mayHaveCommitted = mayHaveCommitted || !isInTransaction
            }
        }
        // The server ends an idle transaction only while it waits for a statement, so the statements sent later were never run.
        let isUnknown = mayHaveCommitted && error.sqlState != .idleInTransactionTimeout
        var told = isUnknown ? error.recoded(.commitOutcomeUnknown) : error.recoded(.connectionLost)
        told.sql = queries.isEmpty ? nil : queries[index].sql
        return PostgresPipelineError(index: index, underlying: told)
    }
}
