/// One connection for code that must not wait in the pool's line. It is made when it is first needed, and anew when it was lost.
///
/// It is for single statements: a transaction can't be held open on it.
package actor PostgresOwnConnection: PostgresSession {
    private let configuration: PostgresConnectionConfiguration
    private var connection: PostgresConnection?
    /// The connection attempt under way. Callers that come meanwhile wait for it too.
    private var connecting: Task<PostgresConnection, any Error>?

    package init(configuration: PostgresConnectionConfiguration) {
        self.configuration = configuration
    }

    /// Runs one statement.
    ///
    /// - Throws: ``PostgresError``.
    package func rows(_ query: Query) async throws -> PostgresRows {
        try await untilSent { try await $0.rows(query) }
    }

    /// Runs statements in one round trip as one transaction: all or none happen.
    ///
    /// - Throws: ``PostgresError``.
    package func pipeline(_ queries: [Query]) async throws -> [PostgresRows] {
        try await untilSent { try await $0.results(of: queries) }
    }

    private func untilSent<Result: Sendable>(_ body: @Sendable (PostgresConnection) async throws -> Result) async throws -> Result {
        do {
            return try await body(opened())
        } catch let error as PostgresError where error.wasNotSent && [.connectionLost, .closed].contains(error.code) {
            // The connection was lost while it was idle, so nothing was sent yet.
            return try await body(opened())
        }
    }

    /// Closes the connection. It waits for a connection that is being made, and closes it too. A later statement makes another one.
    package func close() async {
        let (closing, coming) = (connection, connecting)
        (connection, connecting) = (nil, nil)
        await closing?.close()
        // When it couldn't be made, there is nothing to close.
        try? await coming?.value.close()
    }

    private func opened() async throws -> PostgresConnection {
        if let connection, connection.transactionStatus == .idle { return connection }
        if let connecting { return try await connecting.value }
        let task = Task { [configuration] in try await PostgresConnection.connect(to: configuration) }
        connecting = task
        // The connection may have been closed meanwhile, and another one may be in the making.
        defer { if connecting == task { connecting = nil } }
        let opened = try await task.value
        if connecting == task { connection = opened }
        return opened
    }
}
