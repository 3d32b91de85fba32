/// COPY … FROM STDIN, for which libpq has a protocol of its own, outside of pipeline mode.
extension PostgresConnection {
    /// Adds rows to a table. Outside of a transaction they are committed: all or none.
    ///
    /// The limits of a statement hold for all of it. A cancelled task ends it, and nothing was added.
    ///
    /// - Returns: how many.
    /// - Throws: ``PostgresError``.
    @discardableResult
    package func copy(_ rows: CopyRows) async throws -> Int {
        do {
            return try await takeTurn { () throws(PostgresPipelineError) in try runCopy(rows) }
        } catch let error as PostgresPipelineError {
            throw error.underlying
        }
    }

    /// The same in a transaction, which is begun where it hasn't begun yet.
    func copy(_ rows: CopyRows, in scope: TransactionScope) async throws -> Int {
        switch scope.state {
        case .ended: throw PostgresError(.closed, "the transaction is over")
        case .fresh: _ = try await pipeline([], in: scope)
        case .begun: break
        }
        return try await copy(rows)
    }

    private func runCopy(_ rows: CopyRows) throws(PostgresPipelineError) -> Int {
        let query = Query(unsafeSQL: rows.sql)
        guard let libpq else { throw notSent(PostgresError(.closed, "the connection is closed"), of: query, at: 0) }
        if let refusal = rows.text.refusal { throw notSent(PostgresError(.invalidParameter, refusal), of: query, at: 0) }
        guard !rows.isEmpty else { return 0 }
        let statusBefore = transactionStatus
        if statusBefore == .idle, !libpq.isAlive() {
            close()
            throw notSent(PostgresError(.connectionLost, "the server closed the connection while it was idle"), of: query, at: 0)
        }
        var outcome = libpq.startCopy(rows.sql)
        if outcome == nil { outcome = send(rows, over: libpq) }
        let answer = rest(after: outcome, over: libpq)
        if case .lost = answer { close() } else if !libpq.finishScript() { close() }
        noteStatus()
        switch answer {
        case .result(let result):
            return result.affectedRows
        case .failure(var error):
            error.sql = rows.sql
            throw PostgresPipelineError(index: 0, underlying: error)
        case .lost(let error):
            throw failure(error, at: 0, of: [query], from: statusBefore)
        case .skipped, .synchronised, .end:
            close()
            throw failure(PostgresError(.protocolViolation, "no answer to a COPY"), at: 0, of: [query], from: statusBefore)
        }
    }

    /// Sends the rows and the end.
    ///
    /// - Returns: what the server says to that.
    private func send(_ rows: CopyRows, over libpq: LibpqConnection) -> LibpqReply {
        guard let isWhole = libpq.sendCopyRows(rows.text.bytes, unless: libpq.isHurried) else {
            return libpq.lost("the rows could not be sent")
        }
        guard libpq.endCopy(refusing: isWhole ? nil : "cancelled") else { return libpq.lost("the end of the rows could not be sent") }
        return libpq.nextPart()
    }

    /// Reads to the end of the statement.
    ///
    /// - Returns: what it came to.
    private func rest(after first: LibpqReply?, over libpq: LibpqConnection) -> LibpqReply {
        var answer = first ?? .end
        while true {
            if case .lost = answer { return answer }
            switch libpq.nextPart() {
            case .end: return answer
            case .failure(let error): answer = .failure(error)
            case .lost(let error): return .lost(error)
            case .result, .skipped, .synchronised: continue
            }
        }
    }
}
