import Dispatch
import Synchronization

/// Lets a cancelled task end the statement that it waits for, and no other.
///
/// Each statement has a turn. A cancellation before or after the turn does nothing. While a cancellation is on its way to the server, the
/// turn can't end, so that the cancellation can't hit the next statement. The server ignores a cancellation that arrives before the
/// statement. So the cancellation is sent again until the turn ends.
///
/// A server that hangs accepts no cancellation. So the end of a turn waits for one only for a limited time, and then reports that it is
/// uncertain. The connection must not be used any more.
final class CancellationGate: Sendable {
    /// How a turn ended.
    enum End: Equatable {
        /// Without a cancellation.
        case undisturbed
        /// The server has taken the cancellation, before or after the statement ended.
        case cancelled
        /// A cancellation is still on its way and might hit the next statement of this connection.
        case uncertain
    }

    private struct State {
        var turn = 0
        var isRunning = false
        var isRequested = false
        /// Whether a request is on its way right now.
        var isSending = false
        /// Whether the end of the turn waits for the request.
        var isAwaited = false
    }

    private static let interval: DispatchTimeInterval = .milliseconds(50)

    private let state = Mutex(State())
    private let sent = DispatchSemaphore(value: 0)
    private let patience: Duration
    private let send: @Sendable () -> Void

    /// - Parameters:
    ///   - patience: how long the end of a turn waits for the server to take a cancellation.
    ///   - send: tells the server to end the running statement; may block, for ever if the server hangs.
    init(patience: Duration, send: @escaping @Sendable () -> Void) {
        self.patience = patience
        self.send = send
    }

    /// Whether somebody wants the running statement to end, or wanted the last one to.
    var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Begins a turn.
    func begin() -> Int {
        state.withLock { state in
            state.turn += 1
            state.isRunning = true
            state.isRequested = false
            return state.turn
        }
    }

    /// Ends the turn; blocks while a cancellation of it is on its way, within a limit.
    func end() -> End {
        let (mustWait, wasRequested) = state.withLock { state in
            state.isRunning = false
            state.isAwaited = state.isSending
            return (state.isSending, state.isRequested)
        }
        if mustWait, sent.wait(timeout: .now() + .milliseconds(Int(clamping: patience.milliseconds))) == .timedOut { return .uncertain }
        return wasRequested ? .cancelled : .undisturbed
    }

    /// Ends the turn of a connection that is lost: a cancellation that is on its way has nothing to hit any more.
    func abandon() {
        state.withLock { $0.isRunning = false }
    }

    /// Cancels the statement of this turn, if it is still the running one.
    func cancel(turn: Int) {
        let isDue = state.withLock { state in
            guard state.isRunning, state.turn == turn, !state.isRequested else { return false }
            state.isRequested = true
            state.isSending = true
            return true
        }
        if isDue { deliver(turn: turn) }
    }

    private func deliver(turn: Int) {
        let isOnItsWay = BlockingThreads.cancellations.run {
            self.send()
            self.delivered(turn: turn)
        }
        if !isOnItsWay { delivered(turn: turn) }
    }

    private func delivered(turn: Int) {
        let (isAwaited, isRunning) = state.withLock { state in
            state.isSending = false
            let isAwaited = state.isAwaited
            state.isAwaited = false
            return (isAwaited, state.isRunning && state.turn == turn)
        }
        if isAwaited { sent.signal() }
        guard isRunning else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.interval) {
            let isStillDue = self.state.withLock { state in
                guard state.isRunning, state.turn == turn else { return false }
                state.isSending = true
                return true
            }
            if isStillDue { self.deliver(turn: turn) }
        }
    }
}
