package import Database

/// What a ``Lane`` does with the requests that it has gathered.
package protocol LaneWork: Sendable {
    associatedtype Request: Sendable
    associatedtype Answer: Sendable

    /// Does a batch in one transaction; a refused request never fails its neighbours.
    ///
    /// - Parameter isRepetition: the batch was tried before with an unknown end: look first whether it was done.
    /// - Returns: one result a request, in order.
    /// - Throws: what failed the batch as a whole; the transaction has then not been committed,
    ///   unless the error says that nobody knows.
    func perform(
        _ batch: [Request],
        isRepetition: Bool,
        on connection: PostgresConnection
    ) async throws -> [Result<Answer, any Error>]
}
