import Foundation
import Synchronization

/// Threads for calls of the C library that may block for ever, each for one call, and only so many at a time.
///
/// Nobody waits for such a thread. One whose call never returns is lost until the process ends, which doesn't wait for it either.
final class BlockingThreads: Sendable {
    /// For cancellations. A server that hangs keeps one for each connection that stood when it began to, and no new ones, since it lets
    /// nobody connect.
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
