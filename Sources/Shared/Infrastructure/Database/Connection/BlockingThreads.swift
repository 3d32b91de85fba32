import Foundation
import Synchronization

/// Threads for calls of the C library that may block for ever. Each thread makes one call, and their number is limited.
///
/// Nobody waits for such a thread. When its call never returns, the thread stays until the process ends, and the process doesn't wait for
/// it.
final class BlockingThreads: Sendable {
    /// The threads for cancellations. A server that hangs holds one thread for each connection that existed when it began to hang. It holds
    /// no more, because it accepts no new connections.
    static let cancellations = BlockingThreads(limit: 128)

    private let limit: Int
    private let running = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Runs the work on a thread of its own.
    ///
    /// - Returns: false when too many are running; then nothing is done.
    func run(_ work: @escaping @Sendable () -> Void) -> Bool {
        let isFree = running.withLock { running in
            guard running < limit else { return false }
            running += 1
            return true
        }
        guard isFree else { return false }
        let thread = Thread {
            work()
            self.running.withLock { $0 -= 1 }
        }
        thread.name = "postgres-cancel"
        thread.stackSize = 256 * 1024
        thread.start()
        return true
    }
}
