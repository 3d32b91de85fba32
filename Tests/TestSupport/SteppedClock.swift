import Synchronization

/// A clock that stands still until it is moved.
package final class SteppedClock: Sendable {
    private let time = Mutex(ContinuousClock.now)

    package init() {}

    package var now: ContinuousClock.Instant { time.withLock(\.self) }

    package func advance(by duration: Duration) {
        time.withLock { $0 += duration }
    }
}
