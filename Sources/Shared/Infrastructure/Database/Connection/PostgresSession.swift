/// Something that runs queries: the pool, where each query commits by itself; a connection; a transaction.
package protocol PostgresSession: Sendable {
    /// Runs a query.
    ///
    /// - Throws: ``PostgresError``.
    func rows(_ query: Query) async throws -> PostgresRows

    /// Runs statements in one round trip as one transaction: all or none happen.
    ///
    /// - Throws: ``PostgresError`` or ``PostgresPipelineError``.
    func pipeline(_ queries: [Query]) async throws -> [PostgresRows]
}

extension PostgresSession {
    /// Runs a query and makes a value of each row.
    ///
    /// - Throws: ``PostgresError``, and what `decode` throws.
    package func rows<Value>(_ query: Query, _ decode: (PostgresRow) throws -> Value) async throws -> [Value] {
        let rows = try await rows(query)
        return try rows.map(decode)
    }

    /// Runs a query and makes a value of its first row.
    ///
    /// - Returns: `nil` when there is no row.
    /// - Throws: ``PostgresError``, and what `decode` throws.
    package func row<Value>(_ query: Query, _ decode: (PostgresRow) throws -> Value) async throws -> Value? {
        let rows = try await rows(query)
        return try rows.first.map(decode)
    }

    /// Runs a query for its effect.
    ///
    /// - Returns: how many rows it touched.
    /// - Throws: ``PostgresError``.
    @discardableResult
    package func execute(_ query: Query) async throws -> Int {
        try await rows(query).affectedRows
    }
}
