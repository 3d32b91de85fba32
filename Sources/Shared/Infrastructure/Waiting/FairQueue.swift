import Callers
import Synchronization

/// Lets a few callers through at a time. The others wait. Those with the least suspicion come first; among equals the groups take turns:
/// the next caller of each group, then the one after it.
///
/// So when a thousand password guesses come from a hundred addresses, somebody who hasn't guessed waits for only one of them, or for two:
/// every fourth place goes to the caller that has waited longest. A caller that has waited too long is refused, like one that comes when
/// the queue is full.
final class FairQueue: Sendable {
    private typealias Continuation = CheckedContinuation<Void, any Error>

    private struct Waiter {
        let id: Int
        let group: String
        let suspicion: Int
        let since: ContinuousClock.Instant
        let continuation: Continuation
    }

    private struct State {
        var running = 0
        var nextID = 0
        /// The waiting callers in the order in which they came.
        var waiters: [Waiter] = []
        /// The number of the next turn of each group that has a waiting caller. The lowest number is next.
        var turns: [String: Int] = [:]
        var nextTurn = 0
        /// How many callers were let through after a wait.
        var letIn = 0
        /// The ids of callers that were cancelled before they began to wait.
        var cancelled: Set<Int> = []
        /// Whether a task is refusing callers that wait too long.
        var isWatched = false

        mutating func append(_ waiter: Waiter) {
            waiters.append(waiter)
            if turns[waiter.group] == nil { queue(waiter.group) }
        }

        /// - Parameter takesTurn: whether the removal uses up the group's turn, so that its next caller comes after those of all other
        ///   groups.
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

        /// The caller whose turn it is.
        mutating func next() -> Waiter? {
            guard !waiters.isEmpty else { return nil }
            letIn += 1
            let index = letIn % FairQueue.longestWaitingEvery == 0 ? 0 : waiters.indices.min { place($0) < place($1) } ?? 0
            return remove(at: index, takesTurn: true)
        }

        private func place(_ index: Int) -> (suspicion: Int, turn: Int, index: Int) {
            (waiters[index].suspicion, turns[waiters[index].group] ?? 0, index)
        }

        /// The caller that makes room for a newcomer when the queue is full. It is the last caller with the highest suspicion, if that is
        /// higher than the newcomer's. Otherwise it is the last caller of the largest group, if that group has at least two more waiting
        /// than the newcomer's, and the newcomer isn't more suspicious.
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
    private let waitLimit: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - places: how many are let through at a time.
    ///   - maximumWaiting: how many may wait.
    ///   - waitLimit: how long they may.
    init(places: Int, maximumWaiting: Int, waitLimit: Duration) {
        self.places = max(1, places)
        self.maximumWaiting = maximumWaiting
        self.waitLimit = waitLimit
    }

    /// How many callers wait.
    var waiting: Int { state.withLock { $0.waiters.count } }

    /// Does the work when it is its turn.
    ///
    /// - Parameters:
    ///   - group: the group that takes turns with the others.
    ///   - suspicion: how much speaks against the caller. Callers with less come sooner.
    /// - Throws: ``Refusal/busy`` when too many callers wait or this one has waited too long; `CancellationError`; the work's errors.
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
                wait(Waiter(id: id, group: group, suspicion: suspicion, since: .now, continuation: continuation))
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
            } else if state.waiters.count < maximumWaiting {
                state.append(waiter)
            } else if let index = state.dispensable(for: waiter) {
                ended = (state.remove(at: index).continuation, Refusal.busy)
                state.append(waiter)
            } else {
                ended = (waiter.continuation, Refusal.busy)
            }
            guard !state.isWatched, !state.waiters.isEmpty else { return }
            state.isWatched = true
            Task { await giveUpLate() }
        }
        resume(ended)
    }

    /// Refuses callers that have waited too long, while anybody waits.
    private func giveUpLate() async {
        while true {
            let (late, due) = state.withLock { state in
                var late: [Continuation] = []
                let now = ContinuousClock.now
                // The waiters are in the order in which they came.
                while let first = state.waiters.first, first.since + waitLimit <= now { late.append(state.remove(at: 0).continuation) }
                if state.waiters.isEmpty { state.isWatched = false }
                return (late, state.waiters.first.map { $0.since + waitLimit })
            }
            for continuation in late { continuation.resume(throwing: Refusal.busy) }
            guard let due else { return }
            try? await Task.sleep(until: due, clock: .continuous)
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
