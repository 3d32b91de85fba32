package import Database
import Foundation
package import Logging
import Metrics
import ServiceLifecycle
import Waiting

/// A job that one process at a time does again and again: the process that holds the lease of the job's name.
///
/// Every process runs it; the one that got the lease does the work at the interval and renews the lease all the while.
/// When that process ends, the lease is released; when it crashes, the lease runs out and another one takes over.
/// A lease keeps two processes from doing the work at the same time, except when the holder was stopped for longer than its lease. So the
/// body has to be safe to run twice.
package struct LeasedJob: Service {
    private let name: String
    private let interval: Duration
    private let leaseDuration: Duration
    private let renewalInterval: Duration
    private let runLimit: Duration
    private let pool: PostgresPool
    private let holder: String
    private let logger: Logger
    private let body: @Sendable () async throws -> Void
    private let store = LeaseStore()
    private let unaskable = RepeatedWarning("The job's lease could not be asked for.")

    /// - Parameters:
    ///   - name: the lease's name, the same in all processes.
    ///   - interval: the pause between two runs of the body.
    ///   - leaseDuration: how long after a crash another process takes over. One renewal may take a third of it.
    ///   - renewalInterval: the pause between two renewals; `nil` for a third of the lease.
    ///   - runLimit: how long one run may take before it is cancelled.
    ///   - holder: names this process; every process needs its own name.
    ///   - body: one run. Its errors are logged, and the next run comes at the interval.
    package init(
        name: String,
        interval: Duration,
        leaseDuration: Duration = .seconds(15),
        renewalInterval: Duration? = nil,
        runLimit: Duration = .seconds(60),
        pool: PostgresPool,
        holder: String = UUID().uuidString,
        logger: Logger,
        body: @escaping @Sendable () async throws -> Void
    ) {
        self.name = name
        self.interval = interval
        self.leaseDuration = leaseDuration
        self.renewalInterval = renewalInterval ?? leaseDuration / 3
        self.runLimit = runLimit
        self.pool = pool
        self.holder = holder
        var logger = logger
        logger[metadataKey: "job"] = "\(name)"
        self.logger = logger
        self.body = body
    }

    /// Works until the service shuts down. A run that is under way is finished, within its limit, before the lease is released.
    package func run() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            if await acquire() {
                await hold()
                await release()
            }
            await rest(leaseDuration * Double.random(in: 0.3...0.5))
        }
    }

    /// Runs the body while the lease is ours.
    private func hold() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await keepRenewing() }
            group.addTask { await keepRunning() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Returns when the lease is lost, or when the database couldn't be reached for so long that it may be lost.
    private func keepRenewing() async {
        let clock = ContinuousClock()
        var expiry = clock.now + leaseDuration
        while !Task.isCancelled {
            try? await Task.sleep(for: renewalInterval)
            if Task.isCancelled { return }
            let asked = clock.now
            do {
                guard try await renewOnce() else {
                    logger.warning("The job's lease went to another process.")
                    return
                }
                expiry = asked + leaseDuration
            } catch {
                logger.warning("The job's lease could not be renewed.", metadata: ["error": "\(error)"])
                // The work must stop while the lease is certainly still ours, so it stops a third of the lease before the end.
                if clock.now + leaseDuration / 3 >= expiry { return }
            }
        }
    }

    private func renewOnce() async throws -> Bool {
        try await withTimeLimit(leaseDuration / 3) {
            try await store.renew(name, holder: holder, for: leaseDuration, in: pool)
        }
    }

    /// Returns when the service shuts down or the task is cancelled.
    private func keepRunning() async {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            await runOnce()
            await rest(interval)
        }
    }

    private func runOnce() async {
        let outcome: String
        do {
            try await withTimeLimit(runLimit, body)
            outcome = "done"
        } catch {
            outcome = "failed"
            if !Task.isCancelled { logger.error("The job failed.", metadata: ["error": "\(error)"]) }
        }
        Counter(label: "piao_job_runs_total", dimensions: [("job", name), ("outcome", outcome)]).increment()
    }

    private func acquire() async -> Bool {
        do {
            let isHeld = try await store.acquire(name, holder: holder, for: leaseDuration, in: pool)
            unaskable.ended()
            return isHeld
        } catch {
            unaskable.happened(logger, ["error": "\(error)"])
            return false
        }
    }

    /// Releases the lease. If this fails, the lease runs out by itself.
    private func release() async {
        try? await store.release(name, holder: holder, in: pool)
    }

    /// Sleeps, unless the service shuts down or the task is cancelled meanwhile.
    private func rest(_ duration: Duration) async {
        try? await cancelWhenGracefulShutdown {
            try await Task.sleep(for: duration)
        }
    }
}
