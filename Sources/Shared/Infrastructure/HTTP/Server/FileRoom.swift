import Callers
import Synchronization

/// Bounds how many requests with a file as their body are worked on at a time: each of them is in memory as a whole, from its first byte to its
/// answer.
final class FileRoom: Sendable {
    private let limit: Int
    private let count = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// - Throws: ``Problem``: 503 when there is no room.
    func enter() throws {
        let isIn = count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isIn else { throw Problem(Refusal.busy) }
    }

    /// To be called once for each entry.
    func leave() {
        count.withLock { $0 -= 1 }
    }
}
