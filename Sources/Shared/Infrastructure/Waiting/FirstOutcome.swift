import Synchronization

/// The first outcome of several tasks.
///
/// A task group waits for all of its tasks, so it is only as quick as the slowest of them. This type doesn't wait for later outcomes, so a
/// task that hangs holds up nobody.
package final class FirstOutcome<Value: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Value, Never>)
        case known(Value)
        case given
    }

    private let state = Mutex(State.open)

    package init() {}

    /// Sets the outcome, unless there is one already.
    package func give(_ value: Value) {
        let waiting: CheckedContinuation<Value, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .known(value)
                return nil
            case .awaited(let continuation):
                state = .given
                return continuation
            case .known, .given:
                return nil
            }
        }
        waiting?.resume(returning: value)
    }

    /// Waits for the outcome. One caller may wait, once. The wait doesn't end when the caller's task is cancelled, so some task has to give
    /// an outcome.
    package func value() async -> Value {
        await withCheckedContinuation { continuation in
            let known: Value? = state.withLock { state in
                guard case .known(let value) = state else {
                    state = .awaited(continuation)
                    return nil
                }
                state = .given
                return value
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}
