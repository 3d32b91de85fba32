import Synchronization

/// Which sessions' use this process has written down lately, so that it isn't done at every call.
final class SeenSessions: Sendable {
    private let interval = Duration.seconds(600)
    private let times: Mutex<RecentMap<Int64, ContinuousClock.Instant>>

    init(capacity: Int) {
        times = Mutex(RecentMap(capacity: capacity))
    }

    /// Whether it should be written down now; counts as done then.
    func isDue(_ sessionID: Int64, at now: ContinuousClock.Instant) -> Bool {
        times.withLock { times in
            if let last = times[sessionID], now - last < interval { return false }
            times[sessionID] = now
            return true
        }
    }
}
