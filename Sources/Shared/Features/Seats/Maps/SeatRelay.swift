package import Database
package import Logging
import ServiceLifecycle
import Synchronization

/// Tells the other processes, after this one's commits, whose seats they changed.
///
/// No booking's transaction has anything to do with it: NOTIFY makes all transactions that use it commit one after the other. What is lost,
/// because the database is away or this process ends, the others find at their next comparison.
package final class SeatRelay: Service {
    private struct Gathered {
        var showtimeIDs: Set<Int64> = []
        /// More came than are worth naming.
        var isOverfull = false
    }

    /// Of this process, by which it knows its own hints.
    package let origin = UInt64.random(in: .min ... .max)

    /// How many showtimes are named at most.
    static let limit = 7 * SeatHint.textLimit
    /// What comes in so short a time is told together; what comes alone is told at once.
    private static let pause: Duration = .milliseconds(50)
    /// After a failure: there is little to tell of while the database is away.
    private static let pauseAfterFailure: Duration = .seconds(1)

    private let session: PostgresOwnConnection
    private let store = SeatStore()
    private let logger: Logger
    private let gathered = Mutex(Gathered())
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    /// - Parameter configuration: of the connections whose commits are told; one more is made by it.
    package init(configuration: PostgresConnectionConfiguration, logger: Logger) {
        self.logger = logger
        session = PostgresOwnConnection(configuration: configuration)
        (arrivals, arrival) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        configuration.commits.observe { [weak self] in self?.gather($0) }
    }

    private func gather(_ changes: [CommittedChange]) {
        let isNews = gathered.withLock { gathered in
            for change in changes where change.kind == CommittedChange.seats && !gathered.isOverfull {
                gathered.showtimeIDs.insert(change.id)
                if gathered.showtimeIDs.count > Self.limit { gathered = Gathered(isOverfull: true) }
            }
            return gathered.isOverfull || !gathered.showtimeIDs.isEmpty
        }
        if isNews { arrival.yield() }
    }

    /// What is to be told, `nil` for nothing.
    func take() -> SeatHint? {
        let taken = gathered.withLock { gathered in
            defer { gathered = Gathered() }
            return gathered
        }
        if taken.isOverfull { return SeatHint(origin: origin, showtimes: .all) }
        return taken.showtimeIDs.isEmpty ? nil : SeatHint(origin: origin, showtimes: .some(Array(taken.showtimeIDs)))
    }

    /// Tells until shutdown.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in self.arrivals {
                guard let hint = self.take() else { continue }
                var pause = Self.pause
                do {
                    try await self.store.tell(hint, in: self.session)
                } catch {
                    guard !Task.isCancelled else { break }
                    self.logger.warning("Changed seats could not be told", metadata: ["error": "\(String(reflecting: error))"])
                    pause = Self.pauseAfterFailure
                }
                try? await Task.sleep(for: pause)
            }
        }
        await session.close()
    }
}
