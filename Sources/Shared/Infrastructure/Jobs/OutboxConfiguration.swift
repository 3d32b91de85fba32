import Waiting

/// How fast the outbox is worked off, and how often a delivery is tried.
package struct OutboxConfiguration: Hashable, Sendable {
    /// How often a worker with nothing to do looks for due messages.
    package var pollInterval: Duration
    /// How many deliveries a worker has under way at a time.
    package var concurrency: Int
    /// How long one delivery may take before it is cancelled. This allows for two calls to a gateway of 10 seconds each.
    package var deliveryLimit: Duration
    /// How long a leased message is hidden from other workers. It must be longer than ``deliveryLimit``, or deliveries overlap.
    package var leaseDuration: Duration
    /// The pause after the first failure. Each further failure doubles it.
    package var firstPause: Duration
    /// The longest pause between two attempts.
    package var longestPause: Duration
    /// After how many failures a message is given up. An attempt that asks for another one later is no failure.
    package var maximumAttempts: Int
    /// How often the backlog is measured.
    package var measureInterval: Duration

    package init(
        pollInterval: Duration = .milliseconds(500),
        concurrency: Int = 8,
        deliveryLimit: Duration = .seconds(30),
        leaseDuration: Duration = .seconds(60),
        firstPause: Duration = .seconds(1),
        longestPause: Duration = .seconds(600),
        maximumAttempts: Int = 30,
        measureInterval: Duration = .seconds(15)
    ) {
        self.pollInterval = pollInterval
        self.concurrency = max(concurrency, 1)
        self.deliveryLimit = deliveryLimit
        self.leaseDuration = leaseDuration
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.maximumAttempts = max(maximumAttempts, 1)
        self.measureInterval = measureInterval
    }

    /// The pause before the next attempt. It doubles with each failure up to the longest pause. Then chance shortens it to between a half
    /// and the whole, so that deliveries which failed together aren't tried again together.
    ///
    /// - Parameters:
    ///   - attempts: how many attempts have failed, at least 1.
    ///   - chance: a number from 0 to 1.
    package func pause(afterAttempts attempts: Int, chance: Double) -> Duration {
        let doublings = min(max(attempts - 1, 0), 40)
        let whole = min(firstPause.seconds * Double(1 << doublings), longestPause.seconds)
        return .seconds(whole * (0.5 + 0.5 * min(max(chance, 0), 1)))
    }
}
