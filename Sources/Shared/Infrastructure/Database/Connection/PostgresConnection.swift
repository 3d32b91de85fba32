import Synchronization

/// One connection to PostgreSQL, on a thread of its own: libpq may block there without holding up anybody else.
///
/// Statements run one after the other. When a task is cancelled, the statement that it waits for ends. Once the connection is broken, it
/// refuses every further statement. Connections are never repaired; the pool makes new ones.
package actor PostgresConnection: PostgresSession {
    private let thread: PinnedThread
    private let ownsThread: Bool
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    package nonisolated let configuration: PostgresConnectionConfiguration
    /// The state after the last statement, readable without waiting for the thread.
    nonisolated let lastStatus = Atomic<UInt8>(PostgresTransactionStatus.unknown.rawValue)
    nonisolated let isSpent = Atomic<Bool>(false)
    var libpq: LibpqConnection?
    private var gate: CancellationGate?
    var statements: StatementCache
    /// The changes of the transaction under way. Observers are notified of them when it has ended.
    private var changes: [CommittedChange] = []
    /// The statement that sets the limits of a transaction; see ``PostgresConnectionConfiguration/preparedStatements``.
    let settings: Query?

    private init(configuration: PostgresConnectionConfiguration, thread: PinnedThread?) {
        self.thread = thread ?? PinnedThread(name: "postgres")
        ownsThread = thread == nil
        self.configuration = configuration
        statements = StatementCache(capacity: configuration.statementCacheSize)
        settings = configuration.preparedStatements ? nil : PostgresConnectionConfiguration.setting(configuration.limits)
    }

    deinit {
        if ownsThread { thread.stop() }
    }

    /// Connects.
    ///
    /// - Parameter thread: a thread that its owner keeps for as long as the connection is used. Without it the connection gets its own.
    /// - Throws: ``PostgresError/Code/connectionFailed``.
    package static func connect(
        to configuration: PostgresConnectionConfiguration, on thread: PinnedThread? = nil
    ) async throws -> PostgresConnection {
        let connection = PostgresConnection(configuration: configuration, thread: thread)
        try await connection.open()
        configuration.reachability.reached()
        return connection
    }

    private func open() throws {
        let libpq = try LibpqConnection(
            keywords: configuration.keywords(), silenceLimit: configuration.silenceLimit,
            hurriedSilenceLimit: Int32(clamping: configuration.cancelledSilenceTimeout.milliseconds))
        self.libpq = libpq
        let gate = CancellationGate(patience: configuration.cancellationTimeout) { [cancellation = libpq.cancellation] in
            cancellation.send()
        }
        libpq.isHurried = { gate.isRequested }
        self.gate = gate
        noteStatus()
    }

    /// Closes the connection. The server rolls back an open transaction.
    package func close() {
        libpq = nil
        gate = nil
        lastStatus.store(PostgresTransactionStatus.unknown.rawValue, ordering: .releasing)
    }

    /// The state after the last statement.
    package nonisolated var transactionStatus: PostgresTransactionStatus {
        PostgresTransactionStatus(rawValue: lastStatus.load(ordering: .acquiring)) ?? .unknown
    }

    /// Whether the server of this connection no longer accepts writes, so that all connections to it are useless.
    nonisolated var leadsToReadOnlyServer: Bool { isSpent.load(ordering: .acquiring) }

    /// The number of the server's process, as in `pg_stat_activity`.
    package var serverProcessID: Int { Int(libpq?.serverProcessID ?? 0) }

    /// How many statements are prepared.
    var preparedStatementCount: Int { statements.count }

    /// Whether the connection is still open, as far as it can be told without asking the server.
    package func isAlive() -> Bool {
        guard let libpq else { return false }
        if !libpq.isAlive() { close() }
        return self.libpq != nil
    }

    // MARK: Changes

    /// Collects the changes of statements until their transaction has ended.
    func note(changesOf queries: [Query]) {
        for query in queries where !query.changes.isEmpty { changes.append(contentsOf: query.changes) }
    }

    /// Notifies observers of the changes when no transaction is open any more. It does so however the transaction ended, because it isn't
    /// always known whether it was rolled back.
    func notifyOfChanges() {
        guard !changes.isEmpty, transactionStatus == .idle || transactionStatus == .unknown else { return }
        configuration.commits.notify(changes)
        changes = []
    }

    // MARK: Statements

    /// Runs one statement; outside of a transaction it commits by itself.
    ///
    /// - Throws: ``PostgresError``.
    package func rows(_ query: Query) async throws -> PostgresRows {
        try await results(of: [query])[0]
    }

    /// As ``pipeline(_:)``, for callers that needn't know which statement failed.
    ///
    /// - Throws: ``PostgresError``.
    func results(of queries: [Query]) async throws -> [PostgresRows] {
        do {
            return try await pipeline(queries)
        } catch let error as PostgresPipelineError {
            throw error.underlying
        }
    }

    /// Runs statements in one round trip: all are sent, then one answer is awaited.
    ///
    /// Without a transaction around them, the statements are one transaction: all or none happen. After a statement that fails, the others
    /// are not run. A transaction that was begun before stays open and can only be rolled back; when the COMMIT was among the statements
    /// that were not run, the caller has to roll back. A COMMIT should come last. Statements that are one transaction, and were prepared
    /// before the schema changed, are run a second time.
    ///
    /// - Throws: ``PostgresPipelineError`` with the index of the statement that failed.
    @discardableResult
    package func pipeline(_ queries: [Query]) async throws -> [PostgresRows] {
        let wasIdle = transactionStatus == .idle
        do {
            return try await takeTurn(queries)
        } catch let error as PostgresPipelineError where wasIdle && error.underlying.isStalePlan && isRepeatable(queries) {
            // The schema changed under a prepared statement. The statement is removed now, and nothing has happened.
            return try await takeTurn(queries)
        }
    }

    /// Whether failed statements have left nothing behind, because they were one transaction from the first to the last.
    private func isRepeatable(_ queries: [Query]) -> Bool {
        transactionStatus == .idle && !queries.contains { StatementKind(sql: $0.sql).limitsTransaction }
    }

    private func takeTurn(_ queries: [Query]) async throws -> [PostgresRows] {
        try await takeTurn { () throws(PostgresPipelineError) in try run(queries) }
    }

    /// Does something that the task's cancellation ends.
    func takeTurn<Answer: Sendable>(_ work: () throws(PostgresPipelineError) -> Answer) async throws -> Answer {
        guard let gate else { throw notSent(PostgresError(.closed, "the connection is closed"), at: 0) }
        let turn = gate.begin()
        return try await withTaskCancellationHandler {
            if Task.isCancelled {
                _ = gate.end()
                throw notSent(PostgresError(.cancelled, "cancelled before it was sent"), at: 0)
            }
            return try runTurn(gate: gate, work)
        } onCancel: {
            gate.cancel(turn: turn)
        }
    }

    /// Runs the statements that end a transaction, which the cancellation of a task must not stop.
    func uncancellablePipeline(_ queries: [Query]) throws(PostgresPipelineError) -> [PostgresRows] {
        try run(queries)
    }

    private func runTurn<Answer>(
        gate: CancellationGate, _ work: () throws(PostgresPipelineError) -> Answer
    ) throws(PostgresPipelineError) -> Answer {
        let outcome: Result<Answer, PostgresPipelineError>
        do {
            outcome = .success(try work())
        } catch {
            outcome = .failure(error)
        }
        guard libpq != nil else {
            gate.abandon()
            return try outcome.get()
        }
        switch gate.end() {
        case .undisturbed: return try outcome.get()
        // A cancellation that came too late for its statement must be used up before the next statement runs.
        case .cancelled: absorbCancellation()
        case .uncertain: close()
        }
        guard case .failure(let error) = outcome, error.underlying.sqlState == .queryCanceled else { return try outcome.get() }
        throw PostgresPipelineError(index: error.index, underlying: error.underlying.recoded(.cancelled))
    }

    private func absorbCancellation() {
        guard let libpq else { return }
        guard libpq.sendSynchronisation(), reachesSynchronisation(libpq) else { return close() }
        noteStatus()
    }

    /// Reads replies and drops them until the end of the pipeline.
    func reachesSynchronisation(_ libpq: LibpqConnection) -> Bool {
        for _ in 0..<8 {
            switch libpq.nextPart() {
            case .synchronised: return true
            case .lost: return false
            case .result, .failure, .skipped, .end: continue
            }
        }
        return false
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

    /// Waits for notifications of the channels that this connection listens to.
    ///
    /// - Parameter limit: the longest wait. It must be short, because statements of this connection wait for it.
    /// - Returns: the notifications that have come, perhaps none.
    /// - Throws: ``PostgresError/Code/connectionLost``.
    package func notifications(within limit: Duration) throws -> [PostgresNotification] {
        guard let libpq else { throw PostgresError(.closed, "the connection is closed") }
        do {
            return try libpq.notifications(within: Int32(clamping: limit.milliseconds))
        } catch {
            close()
            throw error
        }
    }
}
