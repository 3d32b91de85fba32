import Synchronization

/// Limits how many refused notices are recorded: a few a minute for each reason. So nobody can fill the table or keep the database busy by
/// posting without end, and one reason leaves room for the others.
final class RefusedNoticeLimit: Sendable {
    /// The highest number for one reason and one gateway, in a minute and process.
    static let mostAMinute = 20

    private struct Kind: Hashable {
        let gateway: String
        let code: NoticeRefusal.Code
    }

    private struct State {
        var began: ContinuousClock.Instant
        var admitted: [Kind: Int] = [:]
    }

    private let state = Mutex(State(began: .now))

    /// Whether there is room for one more.
    func admits(_ code: NoticeRefusal.Code, of gateway: String, at now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { state in
            if now - state.began >= .seconds(60) { state = State(began: now) }
            let kind = Kind(gateway: gateway, code: code)
            let admitted = state.admitted[kind, default: 0]
            guard admitted < Self.mostAMinute else { return false }
            state.admitted[kind] = admitted + 1
            return true
        }
    }
}
