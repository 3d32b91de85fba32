import Synchronization

/// Which sessions' use this process has written down lately, so that it isn't done at every call.
final class SeenSessions: Sendable {
    private let times: Mutex<RecentMap<Int64, ContinuousClock.Instant>>

    init(capacity: Int) {
        times = Mutex(RecentMap(capacity: capacity))
    }

    /// Whether it should be written down now; counts as done then, unless ``forget(_:)`` says otherwise.
    func isDue(_ sessionID: Int64, every interval: Duration, at now: ContinuousClock.Instant) -> Bool {
        times.withLock { times in
            if let last = times[sessionID], now - last < interval { return false }
            times[sessionID] = now
            return true
        }
    }

    /// It couldn't be written down: to be tried again at the next use.
    func forget(_ sessionID: Int64) {
        times.withLock { $0[sessionID] = nil }
    }
}
