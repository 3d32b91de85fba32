package import Database
package import Logging
import ServiceLifecycle
import Synchronization

/// Sends hints to the other processes, after this process's commits, about the showtimes whose seats have changed.
///
/// The hints are sent outside of the booking transactions, because NOTIFY makes all transactions that use it commit one after the other.
/// When a hint is lost, because the database is away or this process ends, the others find the change at their next comparison.
package final class SeatRelay: Service {
    private struct Gathered {
        var showtimeIDs: Set<Int64> = []
        /// More showtimes have changed than a hint names.
        var isOverfull = false
    }

    /// Identifies this process, which ignores its own hints.
    package let origin = UInt64.random(in: .min ... .max)

    /// The highest number of showtimes that are named.
    static let limit = 7 * SeatHint.textLimit
    /// Changes within this time are sent together. A change that comes alone is sent at once.
    private static let pause: Duration = .milliseconds(50)
    /// The pause after a failure. While the database is away, hardly anything changes.
    private static let pauseAfterFailure: Duration = .seconds(1)

    private let session: PostgresOwnConnection
    private let store = SeatStore()
    private let logger: Logger
    private let gathered = Mutex(Gathered())
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    /// - Parameter configuration: the configuration of the connections whose commits are sent. The relay makes one more connection with it.
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

    /// Takes the hint to send; `nil` when nothing has changed.
    func take() -> SeatHint? {
        let taken = gathered.withLock { gathered in
            defer { gathered = Gathered() }
            return gathered
        }
        if taken.isOverfull { return SeatHint(origin: origin, showtimes: .all) }
        return taken.showtimeIDs.isEmpty ? nil : SeatHint(origin: origin, showtimes: .some(Array(taken.showtimeIDs)))
    }

    /// Sends hints until shutdown.
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
