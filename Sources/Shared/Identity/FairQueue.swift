import Synchronization

/// Lets a few through at a time. The others wait: those against whom the least speaks come first, and among equals the groups take turns, the
/// next of each, then the one after it.
///
/// So a thousand guesses from a hundred addresses keep somebody who hasn't guessed waiting for a single one of them, or for two: every fourth
/// place goes to whoever has waited longest, so that nobody waits for ever.
final class FairQueue: Sendable {
    private typealias Continuation = CheckedContinuation<Void, any Error>

    private struct Waiter {
        let id: Int
        let group: String
        let suspicion: Int
        let continuation: Continuation
    }

    private struct State {
        var running = 0
        var nextID = 0
        /// In the order in which they came.
        var waiters: [Waiter] = []
        /// When it is the turn of each group that has somebody waiting: the lowest is next.
        var turns: [String: Int] = [:]
        var nextTurn = 0
        /// How many were let in who had to wait.
        var letIn = 0
        /// Those that were cancelled before they began to wait.
        var cancelled: Set<Int> = []

        mutating func append(_ waiter: Waiter) {
            waiters.append(waiter)
            if turns[waiter.group] == nil { queue(waiter.group) }
        }

        /// - Parameter takesTurn: its group's next one comes after all others' then.
        mutating func remove(at index: Int, takesTurn: Bool = false) -> Waiter {
            let waiter = waiters.remove(at: index)
            if !waiters.contains(where: { $0.group == waiter.group }) {
                turns[waiter.group] = nil
            } else if takesTurn {
                queue(waiter.group)
            }
            return waiter
        }

        private mutating func queue(_ group: String) {
            turns[group] = nextTurn
            nextTurn += 1
        }

        /// Whose turn it is.
        mutating func next() -> Waiter? {
            guard !waiters.isEmpty else { return nil }
            letIn += 1
            let index = letIn % FairQueue.longestWaitingEvery == 0 ? 0 : waiters.indices.min { place($0) < place($1) } ?? 0
            return remove(at: index, takesTurn: true)
        }

        private func place(_ index: Int) -> (suspicion: Int, turn: Int, index: Int) {
            (waiters[index].suspicion, turns[waiters[index].group] ?? 0, index)
        }

        /// Who makes room for somebody when it is full: the last of those against whom most speaks, if it is more; else the last of those who
        /// came in a crowd, which has at least two more waiting, unless more speaks against the newcomer.
        func dispensable(for newcomer: Waiter) -> Int? {
            let worst = waiters.indices.max { (waiters[$0].suspicion, $0) < (waiters[$1].suspicion, $1) }
            if let worst, waiters[worst].suspicion > newcomer.suspicion { return worst }
            let counts = waiters.reduce(into: [:]) { $0[$1.group, default: 0] += 1 }
            guard let crowd = counts.max(by: { $0.value < $1.value }), crowd.value >= counts[newcomer.group, default: 0] + 2 else {
                return nil
            }
            return waiters.lastIndex { $0.group == crowd.key && $0.suspicion >= newcomer.suspicion }
        }
    }

    private static let longestWaitingEvery = 4

    private let places: Int
    private let maximumWaiting: Int
    private let state = Mutex(State())

    init(places: Int, maximumWaiting: Int) {
        self.places = max(1, places)
        self.maximumWaiting = maximumWaiting
    }

    /// How many wait.
    var waiting: Int { state.withLock { $0.waiters.count } }

    /// Does the work when it is its turn.
    ///
    /// - Parameters:
    ///   - group: those who take turns with others.
    ///   - suspicion: what speaks against it; the less, the sooner.
    /// - Throws: ``Refusal/tooManySignIns`` when too many wait; `CancellationError`; what the work throws.
    func run<Result: Sendable>(for group: String, suspicion: Int = 0, _ work: () async throws -> Result) async throws -> Result {
        try await enter(group, suspicion)
        defer { leave() }
        return try await work()
    }

    private func enter(_ group: String, _ suspicion: Int) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        // It may have been cancelled just as it was let in.
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: Continuation) in
                wait(Waiter(id: id, group: group, suspicion: suspicion, continuation: continuation))
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func wait(_ waiter: Waiter) {
        /// Who needn't wait any longer, and why.
        var ended: (Continuation, (any Error)?)?
        state.withLock { state in
            if state.cancelled.remove(waiter.id) != nil {
                ended = (waiter.continuation, CancellationError())
            } else if state.running < places {
                state.running += 1
                ended = (waiter.continuation, nil)
            } else if state.waiters.count < maximumWaiting {
                state.append(waiter)
            } else if let index = state.dispensable(for: waiter) {
                ended = (state.remove(at: index).continuation, Refusal.tooManySignIns)
                state.append(waiter)
            } else {
                ended = (waiter.continuation, Refusal.tooManySignIns)
            }
        }
        resume(ended)
    }

    private func leave() {
        let next: Continuation? = state.withLock { state in
            guard let waiter = state.next() else {
                state.running -= 1
                return nil
            }
            return waiter.continuation
        }
        next?.resume()
    }

    private func cancel(_ id: Int) {
        let waiter: Waiter? = state.withLock { state in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                state.cancelled.insert(id)
                return nil
            }
            return state.remove(at: index)
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    private func resume(_ ended: (Continuation, (any Error)?)?) {
        guard let (continuation, error) = ended else { return }
        if let error { continuation.resume(throwing: error) } else { continuation.resume() }
    }
}
