extension PostgresConnection {
    /// Runs a closure as one transaction: commits when it returns, rolls back when it throws.
    ///
    /// - Throws: the closure's errors; ``PostgresError/Code/commitOutcomeUnknown`` when the connection broke at the COMMIT.
    @discardableResult
    package nonisolated func withTransaction<Result: Sendable>(
        isolation: PostgresIsolation = .readCommitted,
        _ body: (PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        let scope = TransactionScope(isolation)
        let result: Result
        do {
            result = try await body(PostgresTransaction(connection: self, scope: scope))
        } catch {
            await end(scope)
            throw error
        }
        try await commit(scope)
        return result
    }

    private func commit(_ scope: TransactionScope) throws {
        defer { scope.state = .ended }
        guard scope.state == .begun else { return }
        do {
            _ = try uncancellablePipeline(["COMMIT"])
        } catch {
            throw error.underlying
        }
    }

    /// Runs statements and commits, in one round trip.
    func commit(_ scope: TransactionScope, after queries: [Query]) async throws -> [PostgresRows] {
        let results = try await pipeline(queries + ["COMMIT"], in: scope)
        scope.state = .ended
        return results.dropLast()
    }

    /// Rolls back an open transaction. When even that fails, whoever leased the connection out closes it.
    private func end(_ scope: TransactionScope) {
        defer { scope.state = .ended }
        guard scope.state == .begun else { return }
        rollBack()
    }

    /// The first statements of a transaction whose owner sends all its statements, COMMIT included: BEGIN, and the limits that apply in it.
    ///
    /// - Parameter lockTimeout: how long each of its statements may wait for a lock.
    package nonisolated func beginning(lockTimeout: Duration) -> [Query] {
        let limits = configuration.preparedStatements ? [] : configuration.limits.filter { $0.name != "lock_timeout" }
        let setting = PostgresConnectionConfiguration.setting(limits + [("lock_timeout", "\(lockTimeout.milliseconds)")])
        return ["BEGIN"] + [setting].compactMap(\.self)
    }

    /// Rolls back whatever transaction is open.
    package func rollBack() {
        switch transactionStatus {
        case .inTransaction, .inFailedTransaction:
            // A rollback takes a server no time, and the caller has mostly waited long enough, so the limit is short.
            let usualLimit = libpq?.silenceLimit ?? 0
            libpq?.silenceLimit = min(usualLimit, libpq?.hurriedSilenceLimit ?? 0)
            if (try? uncancellablePipeline(["ROLLBACK"])) == nil { close() }
            libpq?.silenceLimit = usualLimit
        case .idle, .unknown:
            break
        }
    }

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
