import Synchronization

/// One connection to PostgreSQL, on a thread of its own: libpq may block there without holding up anybody else.
///
/// Statements run one after the other. A task that is cancelled ends the statement that it waits for. Once the connection is broken every
/// further statement is refused; connections are never mended, the pool makes new ones.
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
    /// What the transaction under way changes, told when it has ended.
    private var changes: [CommittedChange] = []
    /// What begins a transaction here; see ``PostgresConnectionConfiguration/preparedStatements``.
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
    /// - Parameter thread: whose owner keeps it for as long as the connection is used; the connection gets one of its own without it.
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
        let libpq = try LibpqConnection(keywords: configuration.keywords(), silenceLimit: configuration.silenceLimit)
        self.libpq = libpq
        let gate = CancellationGate { [cancellation = libpq.cancellation] in cancellation.send() }
        libpq.isHurried = { gate.isRequested }
        self.gate = gate
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

    // MARK: Changes

    /// Keeps what statements change until their transaction has ended.
    func note(changesOf queries: [Query]) {
        for query in queries where !query.changes.isEmpty { changes.append(contentsOf: query.changes) }
    }

    /// Tells what was changed when no transaction is open any more, however it ended: whether it was rolled back is not always known.
    func tellChanges() {
        guard !changes.isEmpty, transactionStatus == .idle || transactionStatus == .unknown else { return }
        configuration.commits.tell(changes)
        changes = []
    }

    // MARK: Statements

    /// Runs one statement; outside of a transaction it commits by itself.
    ///
    /// - Throws: ``PostgresError``.
    package func rows(_ query: Query) async throws -> PostgresRows {
        try await results(of: [query])[0]
    }

    /// As ``pipeline(_:)``, for those who don't ask which statement failed.
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
    /// Without a transaction around them they are one: all or none happen. The statements after one that fails are not run; a transaction
    /// that was begun before stays open (and can then only be rolled back), so a COMMIT among those that were not run leaves it to the
    /// caller to roll back. A COMMIT should stand last. Where they are one and were prepared before the schema changed, they are run a
    /// second time.
    ///
    /// - Throws: ``PostgresPipelineError`` with the place of the statement that failed.
    @discardableResult
    package func pipeline(_ queries: [Query]) async throws -> [PostgresRows] {
        let wasIdle = transactionStatus == .idle
        do {
            return try await takeTurn(queries)
        } catch let error as PostgresPipelineError where wasIdle && error.underlying.isStalePlan && mayRunAgain(queries) {
            // The schema changed under a prepared statement, which is removed now; nothing happened.
            return try await takeTurn(queries)
        }
    }

    /// Whether statements of which one has failed have left nothing behind, since they were one transaction, from the first to the last.
    private func mayRunAgain(_ queries: [Query]) -> Bool {
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

    /// Runs statements that a cancelled task must not stop: those that end a transaction.
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
        // One that came too late for its statement must be used up before the next one runs.
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

    /// Reads what comes before the end of the pipeline and drops it.
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
    /// - Parameter limit: how long at most; less than statements that wait for this connection can bear.
    /// - Returns: what has come, perhaps nothing.
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
