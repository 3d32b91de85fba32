import Callers
import Synchronization

/// Bounds how many requests with a file as their body are worked on at a time: each of them is in memory as a whole, from its first byte to its
/// answer. One account has at most a quarter of them, so that it can't keep all others out by sending slowly.
final class FileRoom: Sendable {
    private struct State {
        var count = 0
        /// Of whom it is known.
        var shares: [Int64: Int] = [:]
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// - Throws: ``Problem``: 503 when there is no room.
    func enter(_ account: Int64?) throws {
        let isIn = state.withLock { state in
            guard state.count < limit else { return false }
            if let account {
                let share = state.shares[account, default: 0]
                guard share < max(1, limit / 4) else { return false }
                state.shares[account] = share + 1
            }
            state.count += 1
            return true
        }
        guard isIn else { throw Problem(Refusal.busy) }
    }

    /// To be called once for each entry.
    func leave(_ account: Int64?) {
        state.withLock { state in
            state.count -= 1
            guard let account, let share = state.shares[account] else { return }
            state.shares[account] = share > 1 ? share - 1 : nil
        }
    }
}
