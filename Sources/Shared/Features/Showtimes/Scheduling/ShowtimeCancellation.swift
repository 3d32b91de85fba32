package import Database

/// Ends what people hold of a showtime that is being cancelled: unpaid orders are cancelled, paid ones refunded.
///
/// Called with whoever cancels, in the transaction of the cancelling, with the showtime locked and marked as cancelled. Given by whoever composes
/// the service: the room of the orders lies above this one.
package typealias ShowtimeCancellation =
    @Sendable (
        _ showtimeID: Int64, _ accountID: Int64, _ transaction: PostgresTransaction
    ) async throws -> Void
