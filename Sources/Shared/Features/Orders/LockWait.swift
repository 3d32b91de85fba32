import Database

/// What a query does with rows that somebody else has locked.
enum LockWait: Sendable {
    /// It waits for them, within the transaction's limit.
    case forLock
    /// It leaves them out, even those that are unlocked a moment later.
    case forNobody

    /// The end of a locking clause.
    var clause: Query {
        switch self {
        case .forLock: ""
        case .forNobody: "SKIP LOCKED"
        }
    }
}

extension PostgresConnection {
    /// Begins a batch's transaction and reads under locks. When somebody else keeps one row for too long, the transaction begins anew and
    /// takes what is free at that moment.
    ///
    /// So a request that needs such a row makes its batch wait, each time that the request is repeated. Requests also fail whose rows are
    /// locked at the moment when the transaction begins anew, however shortly. All others go on.
    ///
    /// - Parameters:
    ///   - lockPatience: how long the transaction waits for each row. Several rows that are unlocked in time may hold up a batch for
    ///     longer.
    ///   - isRepetition: whether the batch may have been carried out already. Then no row is left out, and the wait is four times as long,
    ///     because the old transaction may be about to end.
    ///   - reads: makes the statements that lock and read.
    func begin(lockPatience: Duration, isRepetition: Bool, reads: (LockWait) -> [Query]) async throws -> [PostgresRows] {
        do {
            let beginning = beginning(lockTimeout: isRepetition ? lockPatience * 4 : lockPatience)
            return Array(try await pipeline(beginning + reads(.forLock)).dropFirst(beginning.count))
        } catch let error as PostgresPipelineError where error.underlying.sqlState == .lockNotAvailable && !isRepetition {
            rollBack()
            let beginning = beginning(lockTimeout: lockPatience)
            return Array(try await pipeline(beginning + reads(.forNobody)).dropFirst(beginning.count))
        }
    }
}
