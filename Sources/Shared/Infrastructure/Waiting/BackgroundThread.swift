import Glibc

/// Threads for work that takes a processor long: passwords and pictures.
package enum BackgroundThread {
    /// Puts the calling thread behind those that answer requests: a flood of such work gets what they leave. What can't be set
    /// stays as it is.
    ///
    /// PostgreSQL's processes are among them only where the kernel doesn't group threads by session (deploy/systemd/sample/90-piao.conf).
    package static func giveWay() {
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
        // Beside having the least weight, the thread then gives way at once to any other that wakes (sched(7)).
        var parameters = sched_param()
        _ = unsafe sched_setscheduler(0, idlePolicy, &parameters)
    }

    /// Linux's SCHED_IDLE, which the C library names only with its own extensions on.
    private static let idlePolicy: Int32 = 5
}
