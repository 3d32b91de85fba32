package import Database

/// The work that a ``Lane`` does with a batch of requests.
package protocol LaneWork: Sendable {
    associatedtype Request: Sendable
    associatedtype Answer: Sendable

    /// Performs a batch in one transaction. A refused request never fails the others.
    ///
    /// - Parameter isRepetition: whether the batch was tried before with an unknown outcome. Then the work first reads whether it was done.
    /// - Returns: one result a request, in order.
    /// - Throws: the error that failed the whole batch. The transaction has then not been committed, unless the error says that this is
    ///   unknown.
    func perform(
        _ batch: [Request],
        isRepetition: Bool,
        on connection: PostgresConnection
    ) async throws -> [Result<Answer, any Error>]
}
