import Database

/// What becomes of rows that somebody else has locked.
enum LockWait: Sendable {
    /// They are waited for, within the transaction's limit.
    case forLock
    /// They are left out, even those that are given back a moment later.
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
    /// Begins a batch's transaction and reads under locks. When somebody else keeps one row for too long, the transaction begins anew and
    /// takes what is free at that moment.
    ///
    /// So who needs the row costs its batch the wait, each time that it comes again, and costs those their turn whose rows are locked when
    /// the transaction begins anew, however shortly. All others go on.
    ///
    /// - Parameters:
    ///   - lockPatience: how long each row is waited for: several that are given back in time may hold up a batch for longer.
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
