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
