/// An operation took longer than it may.
package struct TimeLimitExceeded: Error, Hashable, Sendable {
    package let limit: Duration
}

/// Runs an operation and cancels it when its time is over.
///
/// - Throws: ``TimeLimitExceeded``, or what the operation throws.
package func withTimeLimit<Result: Sendable>(
    _ limit: Duration,
    _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let result = first else { throw TimeLimitExceeded(limit: limit) }
        return result
    }
}
