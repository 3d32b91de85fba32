import Synchronization

/// One connection to PostgreSQL, on a thread of its own: libpq may block there without holding up anybody else.
///
/// Statements run one after the other. A task that is cancelled ends the statement that it waits for. Once the connection is broken every
/// further statement is refused; connections are never mended, the pool makes new ones.
package actor PostgresConnection: PostgresSession {
    private let thread: PinnedThread
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    package nonisolated let configuration: PostgresConnectionConfiguration
    /// The state after the last statement, readable without waiting for the thread.
    private nonisolated let lastStatus = Atomic<UInt8>(PostgresTransactionStatus.unknown.rawValue)
    private nonisolated let isSpent = Atomic<Bool>(false)
    private var libpq: LibpqConnection?
    private var gate: CancellationGate?
    private var statements: StatementCache
    /// What begins a transaction here; see ``PostgresConnectionConfiguration/preparedStatements``.
    private let settings: Query?

    private init(configuration: PostgresConnectionConfiguration) {
        thread = PinnedThread(name: "postgres")
        self.configuration = configuration
        statements = StatementCache(capacity: configuration.statementCacheSize)
        let limits = configuration.limits
        settings =
            configuration.preparedStatements || limits.isEmpty
            ? nil
            : "SELECT \(limits.map { "set_config(\($0.name), \($0.value), TRUE)" as Query }.joined(separator: ", "))"
    }

    deinit { thread.stop() }

    /// Connects.
    ///
    /// - Throws: ``PostgresError/Code/connectionFailed``.
    package static func connect(to configuration: PostgresConnectionConfiguration) async throws -> PostgresConnection {
        let connection = PostgresConnection(configuration: configuration)
        try await connection.open()
        return connection
    }

    private func open() throws {
        let libpq = try LibpqConnection(keywords: configuration.keywords(), silenceLimit: configuration.silenceLimit)
        self.libpq = libpq
        gate = CancellationGate { [cancellation = libpq.cancellation] in cancellation.send() }
        noteStatus()
    }

    /// Ends the connection. An open transaction is rolled back by the server.
    package func close() {
        libpq = nil
        gate = nil
        lastStatus.store(PostgresTransactionStatus.unknown.rawValue, ordering: .releasing)
    }

    /// The state after the last statement.
    package nonisolated var transactionStatus: PostgresTransactionStatus {
        PostgresTransactionStatus(rawValue: lastStatus.load(ordering: .acquiring)) ?? .unknown
    }

    /// Whether the server that this leads to no longer takes writes, so that all connections to it are useless.
    nonisolated var leadsToReadOnlyServer: Bool { isSpent.load(ordering: .acquiring) }

    /// The number of the server's process, as in `pg_stat_activity`.
    package var serverProcessID: Int { Int(libpq?.serverProcessID ?? 0) }

    /// How many statements are prepared.
    var preparedStatementCount: Int { statements.count }

    /// Whether the connection still stands, as far as can be told without asking the server.
    package func isAlive() -> Bool {
        guard let libpq else { return false }
        if !libpq.isAlive() { close() }
        return self.libpq != nil
    }

    // MARK: Statements

    /// Runs one statement; outside of a transaction it commits by itself.
    ///
    /// - Throws: ``PostgresError``.
    package func rows(_ query: Query) async throws -> PostgresRows {
        do {
            return try await pipeline([query])[0]
        } catch let error as PostgresPipelineError {
            guard error.underlying.isStalePlan, transactionStatus == .idle else { throw error.underlying }
        }
        // The schema changed under a prepared statement, which is forgotten now; nothing happened, so it may run again.
        do {
            return try await pipeline([query])[0]
        } catch let error as PostgresPipelineError {
            throw error.underlying
        }
    }

    /// Runs statements in one round trip: all are sent, then one answer is awaited.
    ///
    /// Without a transaction around them they are one: all or none happen. The statements after one that fails are not run; a transaction that was
    /// begun before stays open (and can then only be rolled back), so a COMMIT among those that were not run leaves it to the caller to roll back.
    /// A COMMIT should stand last.
    ///
    /// - Throws: ``PostgresPipelineError`` with the place of the statement that failed.
    @discardableResult
    package func pipeline(_ queries: [Query]) async throws -> [PostgresRows] {
        guard let gate else { throw notSent(PostgresError(.closed, "the connection is closed"), at: 0) }
        let turn = gate.begin()
        return try await withTaskCancellationHandler {
            if Task.isCancelled {
                _ = gate.end()
                throw notSent(PostgresError(.cancelled, "cancelled before it was sent"), at: 0)
            }
            return try runTurn(queries, gate: gate)
        } onCancel: {
            gate.cancel(turn: turn)
        }
    }

    /// Runs statements that a cancelled task must not stop: those that end a transaction.
    func uncancellablePipeline(_ queries: [Query]) throws(PostgresPipelineError) -> [PostgresRows] {
        try run(queries)
    }

    private func runTurn(_ queries: [Query], gate: CancellationGate) throws(PostgresPipelineError) -> [PostgresRows] {
        let outcome: Result<[PostgresRows], PostgresPipelineError>
        do {
            outcome = .success(try run(queries))
        } catch {
            outcome = .failure(error)
        }
        guard gate.end() else { return try outcome.get() }
        // A cancellation was sent. One that came too late for its statement must be used up before the next one runs.
        absorbCancellation()
        guard case .failure(let error) = outcome, error.underlying.sqlState == .queryCanceled else { return try outcome.get() }
        throw PostgresPipelineError(index: error.index, underlying: error.underlying.recoded(.cancelled))
    }

    private func absorbCancellation() {
        guard let libpq, transactionStatus != .unknown else { return }
        var isDone = libpq.sendSynchronisation()
        while isDone {
            switch libpq.nextPart() {
            case .synchronised: return noteStatus()
            case .lost: isDone = false
            case .result, .failure, .skipped, .end: continue
            }
        }
        close()
    }

    /// Runs SQL of any number of statements without values, as written in a migration.
    ///
    /// - Parameter silenceLimit: the longest time that one of its statements may take.
    /// - Throws: ``PostgresError``.
    package func runScript(_ sql: String, silenceLimit: Duration = .seconds(600)) throws {
        guard let libpq else { throw PostgresError(.closed, "the connection is closed") }
        let usualLimit = libpq.silenceLimit
        libpq.silenceLimit = Int32(clamping: silenceLimit.milliseconds)
        defer { libpq.silenceLimit = usualLimit }
        var failure: PostgresError?
        var isOver = !libpq.sendScript(sql)
        if isOver { failure = PostgresError(.connectionLost, "the script could not be sent") }
        while !isOver {
            switch libpq.nextPart() {
            case .end: isOver = true
            case .failure(let error): failure = failure ?? error
            case .lost(let error):
                failure = failure ?? error
                isOver = true
                close()
            case .result, .skipped, .synchronised: continue
            }
        }
        if self.libpq != nil, !libpq.finishScript() { close() }
        noteStatus()
        if let failure { throw failure }
    }

    // MARK: The pipeline

    /// What the server owes an answer for.
    private enum Step {
        case deallocate(name: String)
        case prepare(index: Int, name: String)
        case execute(index: Int)
    }

    private func run(_ queries: [Query]) throws(PostgresPipelineError) -> [PostgresRows] {
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
        // Outside of a transaction the server commits at the end of the pipeline, which may fail as well.
        switch libpq.nextPart() {
        case .synchronised:
            break
        case .failure(let error):
            failed = failed ?? PostgresPipelineError(index: max(0, queries.count - 1), underlying: error)
            _ = libpq.nextPart()
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

    /// Whether nothing hangs on the end of a pipeline whose statements have all been answered: outside of a transaction the server commits only there.
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
        // Last, since a BEGIN that sets the isolation must stand first.
        for name in discarded {
            guard libpq.send(Query(unsafeSQL: "DEALLOCATE \(name)"), preparedAs: nil) else { return false }
            steps.append(.deallocate(name: name))
        }
        return libpq.sendSynchronisation()
    }

    /// Takes what a step gave.
    ///
    /// - Returns: an error where the result says that what was asked for did not happen.
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
            // The server does not know it any more: just as well, but it has failed the whole pipeline.
            statements.deallocated(name)
            index = 0
        case .prepare(let failed, _), .execute(let failed):
            index = failed
            error.sql = queries[failed].sql
            if error.isStalePlan { statements.discard(queries[failed].sql) }
            if error.sqlState == .readOnlyTransaction { isSpent.store(true, ordering: .releasing) }
        }
        return PostgresPipelineError(index: index, underlying: error)
    }

    private func noteStatus() {
        let status = libpq.map { $0.isBroken ? .unknown : $0.transactionStatus } ?? .unknown
        lastStatus.store(status.rawValue, ordering: .releasing)
    }

    // MARK: Errors

    private func notSent(_ error: PostgresError, of query: Query? = nil, at index: Int) -> PostgresPipelineError {
        var error = error
        error.wasNotSent = true
        error.sql = query?.sql
        return PostgresPipelineError(index: index, underlying: error)
    }

    /// Tells what a lost connection means for what had been sent.
    ///
    /// - Parameters:
    ///   - index: the first statement without an answer; those before it were answered.
    ///   - status: where the connection stood before.
    private func failure(
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
        // The server ends an idle transaction only while it waits for a statement; what came after was never run.
        let isUnknown = mayHaveCommitted && error.sqlState != .idleInTransactionTimeout
        var told = isUnknown ? error.recoded(.commitOutcomeUnknown) : error.recoded(.connectionLost)
        told.sql = queries.isEmpty ? nil : queries[index].sql
        return PostgresPipelineError(index: index, underlying: told)
    }

    // MARK: Transactions

    /// Begins a transaction where the scope has none yet, and runs a statement in it, all in one round trip.
    func rows(_ query: Query, in scope: TransactionScope) async throws -> PostgresRows {
        do {
            let rows = try await pipeline([query], in: scope)
            return rows[0]
        } catch let error as PostgresPipelineError {
            throw error.underlying
        }
    }

    /// Begins a transaction where the scope has none yet, and runs statements in it, all in one round trip.
    func pipeline(_ queries: [Query], in scope: TransactionScope) async throws -> [PostgresRows] {
        switch scope.state {
        case .ended: throw notSent(PostgresError(.closed, "the transaction is over"), at: 0)
        case .begun: return try await pipeline(queries)
        case .fresh: break
        }
        var all = [scope.begin]
        if let settings { all.append(settings) }
        let prefix = all.count
        all += queries
        scope.state = .begun
        do {
            return Array(try await pipeline(all).dropFirst(prefix))
        } catch let error as PostgresPipelineError {
            throw PostgresPipelineError(index: max(0, error.index - prefix), underlying: error.underlying)
        }
    }
}
