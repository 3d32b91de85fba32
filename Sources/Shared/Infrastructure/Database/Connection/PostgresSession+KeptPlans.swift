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
