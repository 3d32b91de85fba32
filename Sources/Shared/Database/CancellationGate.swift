import Dispatch
import Synchronization

/// Lets a cancelled task end the statement that it waits for, and no other.
///
/// Each statement has a turn. A cancellation that comes before the turn or after it does nothing; while one is on its way to the server,
/// the turn cannot end, so it can't hit what runs next. The server ignores a cancellation that arrives before the statement does, hence it
/// is sent again until the turn ends.
final class CancellationGate: Sendable {
    private struct State {
        var turn = 0
        var isRunning = false
        var isRequested = false
        /// Whether a request is on its way right now.
        var isSending = false
        /// Whether the end of the turn waits for it.
        var isAwaited = false
    }

    private static let interval: DispatchTimeInterval = .milliseconds(50)

    private let state = Mutex(State())
    private let sent = DispatchSemaphore(value: 0)
    private let send: @Sendable () -> Void

    /// - Parameter send: tells the server to end the running statement; may block.
    init(send: @escaping @Sendable () -> Void) {
        self.send = send
    }

    /// Begins a turn.
    func begin() -> Int {
        state.withLock { state in
            state.turn += 1
            state.isRunning = true
            state.isRequested = false
            return state.turn
        }
    }

    /// Ends the turn; blocks while a cancellation of it is on its way.
    ///
    /// - Returns: whether one was sent.
    func end() -> Bool {
        let (mustWait, wasRequested) = state.withLock { state in
            state.isRunning = false
            state.isAwaited = state.isSending
            return (state.isSending, state.isRequested)
        }
        if mustWait { sent.wait() }
        return wasRequested
    }

    /// Cancels the statement of this turn, if it is still the running one.
    func cancel(turn: Int) {
        let isDue = state.withLock { state in
            guard state.isRunning, state.turn == turn, !state.isRequested else { return false }
            state.isRequested = true
            state.isSending = true
            return true
        }
        if isDue { DispatchQueue.global().async { self.deliver(turn: turn) } }
    }

    private func deliver(turn: Int) {
        send()
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
