package import Database

/// Counts the tickets of all showtimes again and compares them with the figures that rankings add up.
package struct FigureVerification: Sendable {
    private let store = ShowtimeFiguresStore()
    /// How many showtimes one statement counts. The figures and tickets of each are read as of one moment, and a small statement holds
    /// nobody up.
    private let sliceSize: Int

    package init(sliceSize: Int = 200) {
        self.sliceSize = sliceSize
    }

    /// Counts every showtime.
    ///
    /// - Parameter found: called with each showtime whose figures are wrong, in the order of their ids.
    /// - Returns: how many showtimes there are.
    @discardableResult
    package func run(in session: some PostgresSession, found: (CountedShowtime) async throws -> Void) async throws -> Int {
        var (count, last) = (0, Int64(0))
        while true {
            let slice = try await store.counted(after: last, limit: sliceSize, in: session)
            for showtime in slice where !showtime.agrees { try await found(showtime) }
            count += slice.count
            guard let end = slice.last, slice.count == sliceSize else { return count }
            last = end.showtimeID
        }
    }

    /// Replaces a showtime's figures by the count of its tickets, under its lock.
    package func correct(showtimeID: Int64, in transaction: PostgresTransaction) async throws {
        try await store.lock(showtimeID, in: transaction)
        try await store.recount(showtimeID, in: transaction)
    }
}
