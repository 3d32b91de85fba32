import Synchronization

/// Lets a few through at a time. The others wait, and are let in by turns: the next of each group, then the one after it.
///
/// So a thousand tries from one address keep somebody at another one waiting for no longer than a single one of them.
final class FairQueue: Sendable {
    private typealias Continuation = CheckedContinuation<Void, any Error>

    private struct Waiter {
        let id: Int
        let continuation: Continuation
    }

    private struct State {
        var running = 0
        var waiting = 0
        var nextID = 0
        var groups: [String: [Waiter]] = [:]
        /// The groups that have somebody waiting, in the order of their turns.
        var turns: [String] = []
        /// Those that were cancelled before they began to wait.
        var cancelled: Set<Int> = []
    }

    private let places: Int
    private let maximumWaiting: Int
    private let state = Mutex(State())

    init(places: Int, maximumWaiting: Int) {
        self.places = max(1, places)
        self.maximumWaiting = maximumWaiting
    }

    /// How many wait.
    var waiting: Int { state.withLock { $0.waiting } }

    /// Does the work when it is the group's turn.
    ///
    /// - Throws: ``Refusal/tooManySignIns`` when too many wait; `CancellationError`; what the work throws.
    func run<Result: Sendable>(for group: String, _ work: () async throws -> Result) async throws -> Result {
        try await enter(group)
        defer { leave() }
        return try await work()
    }

    private func enter(_ group: String) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        // It may have been cancelled just as it was let in.
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: Continuation) in
                wait(Waiter(id: id, continuation: continuation), in: group)
            }
        } onCancel: {
            cancel(id, in: group)
        }
    }

    private func wait(_ waiter: Waiter, in group: String) {
        /// Who needn't wait any longer, and why.
        var ended: (Continuation, (any Error)?)?
        state.withLock { state in
            if state.cancelled.remove(waiter.id) != nil {
                ended = (waiter.continuation, CancellationError())
            } else if state.running < places {
                state.running += 1
                ended = (waiter.continuation, nil)
            } else if state.waiting < maximumWaiting {
                append(waiter, to: group, in: &state)
            } else if let crowd = longestGroup(in: state, butNot: group), let last = state.groups[crowd]?.popLast() {
                // Full: the last of those who came in a crowd makes room.
                state.waiting -= 1
                append(waiter, to: group, in: &state)
                ended = (last.continuation, Refusal.tooManySignIns)
            } else {
                ended = (waiter.continuation, Refusal.tooManySignIns)
            }
        }
        resume(ended)
    }

    private func append(_ waiter: Waiter, to group: String, in state: inout State) {
        if state.groups[group] == nil { state.turns.append(group) }
        state.groups[group, default: []].append(waiter)
        state.waiting += 1
    }

    /// A group with at least two more waiting than this one.
    private func longestGroup(in state: State, butNot group: String) -> String? {
        let own = state.groups[group]?.count ?? 0
        guard let longest = state.groups.max(by: { $0.value.count < $1.value.count }), longest.value.count >= own + 2 else { return nil }
        return longest.key
    }

    private func leave() {
        let next: Continuation? = state.withLock { state in
            guard let group = state.turns.first, var waiters = state.groups[group], !waiters.isEmpty else {
                state.running -= 1
                return nil
            }
            let waiter = waiters.removeFirst()
            state.waiting -= 1
            state.turns.removeFirst()
            state.groups[group] = waiters.isEmpty ? nil : waiters
            if !waiters.isEmpty { state.turns.append(group) }
            return waiter.continuation
        }
        next?.resume()
    }

    private func cancel(_ id: Int, in group: String) {
        let waiter: Waiter? = state.withLock { state in
            guard let index = state.groups[group]?.firstIndex(where: { $0.id == id }), let waiter = state.groups[group]?.remove(at: index)
            else {
                state.cancelled.insert(id)
                return nil
            }
            state.waiting -= 1
            if state.groups[group]?.isEmpty == true {
                state.groups[group] = nil
                state.turns.removeAll { $0 == group }
            }
            return waiter
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    private func resume(_ ended: (Continuation, (any Error)?)?) {
        guard let (continuation, error) = ended else { return }
        if let error { continuation.resume(throwing: error) } else { continuation.resume() }
    }
}
