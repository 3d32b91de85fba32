import Synchronization

/// How much of what others do at the same time a transaction sees.
package enum PostgresIsolation: Sendable {
    /// Each statement sees what was committed before it began.
    case readCommitted
    /// All statements see what was committed before the first began.
    case repeatableRead
    /// As if no other transaction ran at the same time.
    case serializable

    var begin: Query {
        switch self {
        case .readCommitted: "BEGIN"
        case .repeatableRead: "BEGIN ISOLATION LEVEL REPEATABLE READ"
        case .serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE"
        }
    }
}

/// A transaction; it lives as long as the closure of `withTransaction`.
package struct PostgresTransaction: PostgresSession {
    private let connection: PostgresConnection
    private let scope: TransactionScope

    init(connection: PostgresConnection, scope: TransactionScope) {
        self.connection = connection
        self.scope = scope
    }

    /// Runs a statement in the transaction.
    ///
    /// - Throws: ``PostgresError``; after one of the server, the transaction can only be rolled back.
    package func rows(_ query: Query) async throws -> PostgresRows {
        try await connection.rows(query, in: scope)
    }

    /// Runs statements of the transaction in one round trip; those after one that fails are not run.
    ///
    /// - Throws: ``PostgresPipelineError``.
    @discardableResult
    package func pipeline(_ queries: [Query]) async throws -> [PostgresRows] {
        try await connection.pipeline(queries, in: scope)
    }
}

/// How far a transaction has come; BEGIN goes out together with its first statement.
final class TransactionScope: Sendable {
    enum State: UInt8 {
        case fresh, begun, ended
    }

    let begin: Query
    private let rawState = Atomic<UInt8>(State.fresh.rawValue)

    init(_ isolation: PostgresIsolation) {
        begin = isolation.begin
    }

    var state: State {
        get { State(rawValue: rawState.load(ordering: .acquiring)) ?? .ended }
        set { rawState.store(newValue.rawValue, ordering: .releasing) }
    }
}

extension PostgresConnection {
    /// Runs a closure as one transaction: commits when it returns, rolls back when it throws.
    ///
    /// - Throws: what the closure throws; ``PostgresError/Code/commitOutcomeUnknown`` when the connection broke at the COMMIT.
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

    /// Rolls back what is open. A connection that can't even do that is closed by whoever leased it out.
    private func end(_ scope: TransactionScope) {
        defer { scope.state = .ended }
        guard scope.state == .begun else { return }
        rollBack()
    }

    /// Rolls back whatever transaction is open.
    package func rollBack() {
        switch transactionStatus {
        case .inTransaction, .inFailedTransaction:
            if (try? uncancellablePipeline(["ROLLBACK"])) == nil { close() }
        case .idle, .unknown:
            break
        }
    }
}
