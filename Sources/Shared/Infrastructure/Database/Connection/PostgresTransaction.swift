import Synchronization

/// How much a transaction sees of the changes that others make at the same time.
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
    /// - Throws: ``PostgresError``. After an error of the server the transaction can only be rolled back.
    package func rows(_ query: Query) async throws -> PostgresRows {
        try await connection.rows(query, in: scope)
    }

    /// Runs statements of the transaction in one round trip. After a statement that fails, the others are not run.
    ///
    /// - Throws: ``PostgresPipelineError``.
    @discardableResult
    package func pipeline(_ queries: [Query]) async throws -> [PostgresRows] {
        try await connection.pipeline(queries, in: scope)
    }

    /// The same, for callers that needn't know which statement failed.
    ///
    /// - Throws: ``PostgresError``.
    @discardableResult
    package func results(of queries: [Query]) async throws -> [PostgresRows] {
        do {
            return try await pipeline(queries)
        } catch let error as PostgresPipelineError {
            throw error.underlying
        }
    }

    /// Adds rows to a table by COPY, in a fraction of the time that INSERT takes.
    ///
    /// - Returns: how many.
    /// - Throws: ``PostgresError``; afterwards the transaction can only be rolled back.
    @discardableResult
    package func copy(_ rows: CopyRows) async throws -> Int {
        try await connection.copy(rows, in: scope)
    }

    /// Runs the last statements of the transaction and commits, in one round trip. Nothing can be run in it afterwards.
    ///
    /// - Returns: the results of the statements.
    /// - Throws: ``PostgresError``; ``PostgresError/Code/commitOutcomeUnknown`` when the connection broke at the COMMIT.
    @discardableResult
    package func commit(after queries: [Query]) async throws -> [PostgresRows] {
        do {
            return try await connection.commit(scope, after: queries)
        } catch let error as PostgresPipelineError {
            throw error.underlying
        }
    }
}

/// The progress of a transaction. BEGIN is sent together with its first statement.
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

/// The state of a connection between two statements.
package enum PostgresTransactionStatus: UInt8, Sendable {
    /// Outside of any transaction.
    case idle
    case inTransaction
    /// In a transaction that can only be rolled back.
    case inFailedTransaction
    /// Broken or closed.
    case unknown
}
