/// How fast and how stubbornly the outbox is worked off.
package struct OutboxPace: Hashable, Sendable {
    /// How often a worker with nothing to do looks for due messages.
    package var pollInterval: Duration
    /// How many deliveries a worker has under way at a time.
    package var concurrency: Int
    /// How long one delivery may take, two calls to a gateway of 10 seconds included; it is cancelled then.
    package var deliveryLimit: Duration
    /// For how long a leased message is hidden from other workers. Longer than ``deliveryLimit``, or deliveries overlap.
    package var leaseDuration: Duration
    /// The pause after the first failure; each further one doubles it.
    package var firstPause: Duration
    /// The longest pause between two attempts.
    package var longestPause: Duration
    /// After how many failures in delivering a message it is given up; being told to come again is none.
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

    /// The pause before the next attempt: doubled with each failure up to the longest, then shortened by chance to between
    /// a half and the whole of it, so that what failed together isn't tried again together.
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
