package import Logging
import Synchronization

/// A warning of something that is tried again and again, such as connecting to a database that is away: told when it begins, then once a minute,
/// with how often it has come since.
package final class RepeatedWarning: Sendable {
    private static let pause: Duration = .seconds(60)

    private struct State {
        var toldAt: ContinuousClock.Instant?
        var times = 0
    }

    private let message: Logger.Message
    private let state = Mutex(State())

    package init(_ message: Logger.Message) {
        self.message = message
    }

    /// It has happened once more.
    package func happened(_ logger: Logger, _ metadata: @autoclosure () -> Logger.Metadata) {
        let times = state.withLock { state -> Int? in
            state.times += 1
            if let toldAt = state.toldAt, ContinuousClock.now - toldAt < Self.pause { return nil }
            defer { state = State(toldAt: .now) }
            return state.times
        }
        guard let times else { return }
        logger.warning(message, metadata: metadata().merging(["times": "\(times)"]) { $1 })
    }

    /// It goes well again: the next time is told at once.
    package func ended() {
        state.withLock { $0 = State() }
    }
}
