import Dispatch
import Foundation
import Synchronization

/// A thread that runs the jobs of an actor, one after the other, so that the actor may block without holding up anybody else. Two actors
/// that belong together may share a thread, and then call each other without changing threads.
///
/// libpq's calls block, and on the cooperative pool they would stall unrelated tasks. The thread lives until ``stop()``. The actor that
/// made the thread calls it at its own end, when none of its jobs can be waiting.
package final class PinnedThread: SerialExecutor {
    private struct Jobs {
        var waiting: [UnownedJob] = []
        var isStopped = false
    }

    private let jobs = Mutex(Jobs())
    private let arrivals = DispatchSemaphore(value: 0)

    /// Starts the thread.
    ///
    /// - Parameter name: shown by the system's tools; at most 15 bytes of it.
    package init(name: String) {
        let thread = Thread { [self] in work() }
        thread.name = name
        thread.stackSize = 512 * 1024
        thread.start()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.waiting.append(job) }
        arrivals.signal()
    }

    /// Lets the thread end once the jobs that wait have run.
    package func stop() {
        jobs.withLock { $0.isStopped = true }
        arrivals.signal()
    }

    private func work() {
        var batch: [UnownedJob] = []
        while true {
            arrivals.wait()
            let isStopped = jobs.withLock { jobs in
                swap(&jobs.waiting, &batch)
                return jobs.isStopped
            }
            for job in batch {
                unsafe job.runSynchronously(on: asUnownedSerialExecutor())
            }
            batch.removeAll(keepingCapacity: true)
            if isStopped { return }
        }
    }
}
