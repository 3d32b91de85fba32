extension Query {
    /// Stands first in a pipeline whose statements shall be planned once for all values, and holds until its transaction ends.
    ///
    /// A short list of values seems cheaper to PostgreSQL than the list that its general plan counts on, so it would plan the statement anew
    /// each time, which takes longer than running it.
    package static let keepPlans: Query = "SELECT set_config('plan_cache_mode', 'force_generic_plan', TRUE)"
}

extension PostgresSession {
    /// Runs a query by the plan that fits all values (``Query/keepPlans``).
    ///
    /// - Throws: ``PostgresError`` or ``PostgresPipelineError``.
    package func rowsByKeptPlan(_ query: Query) async throws -> PostgresRows {
        try await pipeline([.keepPlans, query])[1]
    }
}
