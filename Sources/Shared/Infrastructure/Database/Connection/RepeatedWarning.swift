package import Logging
import Synchronization

/// A warning about something that fails again and again, such as connecting to a database that is away. It is logged when it begins, and
/// then once a minute with the number of failures since.
package final class RepeatedWarning: Sendable {
    private static let pause: Duration = .seconds(60)

    private struct State {
        var loggedAt: ContinuousClock.Instant?
        var times = 0
    }

    private let message: Logger.Message
    private let state = Mutex(State())

    package init(_ message: Logger.Message) {
        self.message = message
    }

    /// Records another failure.
    package func happened(_ logger: Logger, _ metadata: @autoclosure () -> Logger.Metadata) {
        let times = state.withLock { state -> Int? in
            state.times += 1
            if let loggedAt = state.loggedAt, ContinuousClock.now - loggedAt < Self.pause { return nil }
            defer { state = State(loggedAt: .now) }
            return state.times
        }
        guard let times else { return }
        logger.warning(message, metadata: metadata().merging(["times": "\(times)"]) { $1 })
    }

    /// Records a success: the next failure is logged at once.
    package func ended() {
        state.withLock { $0 = State() }
    }
}
