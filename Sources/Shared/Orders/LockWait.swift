import Database

/// What becomes of rows that somebody else has locked.
enum LockWait: Sendable {
    /// They are waited for, within the transaction's limit.
    case forLock
    /// They are left out.
    case forNobody

    /// What a locking clause ends with.
    var clause: Query {
        switch self {
        case .forLock: ""
        case .forNobody: "SKIP LOCKED"
        }
    }
}

extension PostgresConnection {
    /// Begins a batch's transaction and reads under locks. Rows that somebody else keeps for long are left out, so that they hold up only
    /// those who need them.
    ///
    /// - Parameters:
    ///   - lockPatience: how long that is.
    ///   - isRepetition: the batch may have been carried out already: then nothing is left out, and the wait is four times as long, since the
    ///     old transaction may be about to end.
    ///   - reads: the statements.
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
