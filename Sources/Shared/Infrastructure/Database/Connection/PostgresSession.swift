package import FoundationEssentials

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

    /// Runs a query that always gives a row, such as INSERT … RETURNING or a count, and makes a value of it.
    ///
    /// - Throws: ``Defect`` when there is no row; ``PostgresError``, and what `decode` throws.
    package func requiredRow<Value>(_ query: Query, _ decode: (PostgresRow) throws -> Value) async throws -> Value {
        guard let row = try await rows(query).first else { throw Defect.rowMissing(after: query.sql) }
        return try decode(row)
    }

    /// The database's time: one clock for all processes.
    ///
    /// - Throws: ``PostgresError``.
    package func now() async throws -> Date {
        try await requiredRow("SELECT clock_timestamp() AS now") { try $0["now"] }
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

extension Query {
    /// The first statement of a pipeline whose statements shall be planned once for all values. It applies until the transaction ends.
    ///
    /// PostgreSQL's general plan assumes a longer list of values. A short list seems cheaper to it, so it would plan the statement anew
    /// each time, which takes longer than running it.
    package static let keepPlans: Query = "SELECT set_config('plan_cache_mode', 'force_generic_plan', TRUE)"
}

extension PostgresSession {
    /// Runs a query with the plan for all values (``Query/keepPlans``).
    ///
    /// - Throws: ``PostgresError`` or ``PostgresPipelineError``.
    package func rowsByKeptPlan(_ query: Query) async throws -> PostgresRows {
        try await pipeline([.keepPlans, query])[1]
    }
}
