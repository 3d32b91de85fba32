import Synchronization

/// Lets a few callers through at a time. The others wait. Those with the least suspicion come first; among equals the groups take turns:
/// the next caller of each group, then the one after it.
///
/// So when a thousand password guesses come from a hundred addresses, somebody who hasn't guessed waits for only one of them, or for two:
/// every fourth place goes to the caller that has waited longest. A caller that has waited too long is refused, like one that comes when
/// the queue is full.
package final class FairQueue: Sendable {
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
        /// The waiting callers in the order in which they came.
        var line: WaitingLine<Waiter>
        /// The number of the next turn of each group that has a waiting caller. The lowest number is next.
        var turns: [String: Int] = [:]
        var nextTurn = 0
        /// How many callers were let through after a wait.
        var letIn = 0
        /// The ids of callers that were cancelled before they began to wait.
        var cancelled: Set<Int> = []

        /// - Returns: whether there was room.
        mutating func append(_ waiter: Waiter) -> Bool {
            guard line.append(waiter) else { return false }
            if turns[waiter.group] == nil { queue(waiter.group) }
            return true
        }

        /// - Parameter takesTurn: whether the removal uses up the group's turn, so that its next caller comes after those of all other
        ///   groups.
        mutating func remove(at index: Int, takesTurn: Bool = false) -> Waiter {
            let waiter = line.remove(at: index)
            if !hasLeft(waiter.group), takesTurn { queue(waiter.group) }
            return waiter
        }

        /// Takes out the callers that have waited too long.
        ///
        /// - Returns: these callers, and when to look again.
        mutating func removeLate() -> (late: [Waiter], next: ContinuousClock.Instant?) {
            let found = line.removeLate()
            for waiter in found.late { _ = hasLeft(waiter.group) }
            return found
        }

        /// Whether no caller of a group waits any more. Such a group has no turn either.
        private mutating func hasLeft(_ group: String) -> Bool {
            guard !line.places.contains(where: { $0.element.group == group }) else { return false }
            turns[group] = nil
            return true
        }

        private mutating func queue(_ group: String) {
            turns[group] = nextTurn
            nextTurn += 1
        }

        /// The caller whose turn it is.
        mutating func next() -> Waiter? {
            guard !line.isEmpty else { return nil }
            letIn += 1
            let index = letIn % FairQueue.longestWaitingEvery == 0 ? 0 : line.places.indices.min { place($0) < place($1) } ?? 0
            return remove(at: index, takesTurn: true)
        }

        private func place(_ index: Int) -> (suspicion: Int, turn: Int, index: Int) {
            let waiter = line.places[index].element
            return (waiter.suspicion, turns[waiter.group] ?? 0, index)
        }

        /// The caller that makes room for a newcomer when the queue is full. It is the last caller with the highest suspicion, if that is
        /// higher than the newcomer's. Otherwise it is the last caller of the largest group, if that group has at least two more waiting
        /// than the newcomer's, and the newcomer isn't more suspicious.
        func dispensable(for newcomer: Waiter) -> Int? {
            let waiters = line.places.map(\.element)
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
    private let refusal: any Error
    private let state: Mutex<State>

    /// - Parameters:
    ///   - places: how many are let through at a time.
    ///   - maximumWaiting: how many may wait.
    ///   - waitLimit: how long they may.
    ///   - refusal: what those are told who may not.
    package init(places: Int, maximumWaiting: Int, waitLimit: Duration, refusal: any Error) {
        self.places = max(1, places)
        self.refusal = refusal
        state = Mutex(State(line: WaitingLine(capacity: maximumWaiting, waitLimit: waitLimit)))
    }

    /// How many callers wait.
    package var waiting: Int { state.withLock { $0.line.count } }

    /// Does the work when it is its turn.
    ///
    /// - Parameters:
    ///   - group: the group that takes turns with the others.
    ///   - suspicion: how much speaks against the caller. Callers with less come sooner.
    /// - Throws: the queue's refusal when too many callers wait or this one has waited too long; `CancellationError`; the work's errors.
    package func run<Result: Sendable>(for group: String, suspicion: Int = 0, _ work: () async throws -> Result) async throws -> Result {
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
        /// The caller whose wait ends, and the error for it.
        var ended: (Continuation, (any Error)?)?
        state.withLock { state in
            if state.cancelled.remove(waiter.id) != nil {
                ended = (waiter.continuation, CancellationError())
            } else if state.running < places {
                state.running += 1
                ended = (waiter.continuation, nil)
            } else if !state.append(waiter) {
                ended = (waiter.continuation, refusal)
                if let index = state.dispensable(for: waiter) {
                    ended = (state.remove(at: index).continuation, refusal)
                    _ = state.append(waiter)
                }
            }
            if let due = state.line.beginWatch() { Task { await refuseLate(from: due) } }
        }
        resume(ended)
    }

    /// Refuses callers that have waited too long, while anybody waits.
    private func refuseLate(from first: ContinuousClock.Instant) async {
        await watchForLate(from: first) {
            let (late, next) = state.withLock { $0.removeLate() }
            for waiter in late { waiter.continuation.resume(throwing: refusal) }
            return next
        }
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
            guard let index = state.line.places.firstIndex(where: { $0.element.id == id }) else {
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
