import Logging

/// One thing that must work before a service can serve, such as its database.
package struct ReadinessCheck: Sendable {
    package let name: String
    let check: @Sendable () async throws -> Void

    /// - Parameter check: returns when all is well; throws when not. It has two seconds, and must end when it is cancelled then.
    package init(_ name: String, check: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.check = check
    }
}

/// Runs the checks, at most once a second and one round at a time, however often it is asked.
actor Readiness {
    private let checks: [ReadinessCheck]
    private let logger: Logger
    /// The checks under way, in a task of their own: whoever asked first may go away, those who wait with it shall not.
    private var round: Task<[String], Never>?
    private var last: (at: ContinuousClock.Instant, failed: [String])?

    init(_ checks: [ReadinessCheck], logger: Logger) {
        self.checks = checks
        self.logger = logger
    }

    /// The names of the checks that failed. Takes two seconds a check at most.
    func failed() async -> [String] {
        if let last, ContinuousClock.now - last.at < .seconds(1) { return last.failed }
        if let round { return await round.value }
        let round = Task { await run() }
        self.round = round
        return await round.value
    }

    private func run() async -> [String] {
        var failed: [String] = []
        for check in checks {
            do {
                try await Deadline.run(within: .seconds(2), check.check)
            } catch {
                failed.append(check.name)
                logger.warning("A readiness check failed", metadata: ["check": "\(check.name)", "error": "\(String(reflecting: error))"])
            }
        }
        last = (.now, failed)
        round = nil
        return failed
    }
}

/// A limit for something that might wait for ever.
enum Deadline {
    struct Passed: Error {}

    /// - Throws: ``Passed`` when the time is over; the work is cancelled then.
    static func run(within limit: Duration, _ work: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw Passed()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
