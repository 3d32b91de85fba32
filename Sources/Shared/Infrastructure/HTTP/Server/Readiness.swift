import Logging
import ServiceLifecycle
import Waiting

/// A check of something that must work before a service can serve, such as its database.
package struct ReadinessCheck: Sendable {
    package let name: String
    let check: @Sendable () async throws -> Void

    /// - Parameter check: returns when everything works, and throws otherwise. After two seconds it is cancelled. Until it has ended it
    ///   counts as failed and is not started again.
    package init(_ name: String, check: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.check = check
    }
}

/// Runs the checks, at most once a second and one round at a time, however many callers ask.
actor Readiness {
    /// While the same checks fail, the pause between two lines in the log.
    private static let pauseBetweenLines: Duration = .seconds(60)

    private let checks: [ReadinessCheck]
    private let logger: Logger
    /// How long one check may take.
    private let patience: Duration
    /// How long a result counts.
    private let lifetime: Duration
    /// The checks under way.
    private let rounds = SingleFlight<String, [String]>()
    private var last: (at: ContinuousClock.Instant, failed: [String])?
    private var lastLine: (at: ContinuousClock.Instant, failed: [String])?
    /// Checks whose time is over and that have not ended yet.
    private var hanging: Set<String> = []

    init(_ checks: [ReadinessCheck], logger: Logger, patience: Duration = .seconds(2), lifetime: Duration = .seconds(1)) {
        self.checks = checks
        self.logger = logger
        self.patience = patience
        self.lifetime = lifetime
    }

    /// The names of the checks that failed. It takes at most two seconds for each check, even when a check hangs.
    func failed() async -> [String] {
        if let last, ContinuousClock.now - last.at < lifetime { return last.failed }
        return await rounds.value(for: "all checks", work: { _ in await self.run() })
    }

    /// Returns once the checks pass, or when the task is cancelled.
    func passed() async {
        while !Task.isCancelled, !(await failed().isEmpty) {
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func run() async -> [String] {
        var errors: [(name: String, error: any Error)] = []
        for check in checks {
            do {
                try await run(check)
            } catch {
                errors.append((check.name, error))
            }
        }
        let failed = errors.map(\.name)
        tell(errors)
        last = (.now, failed)
        return failed
    }

    private func run(_ check: ReadinessCheck) async throws {
        guard !hanging.contains(check.name) else { throw CheckHangs() }
        let outcome = FirstOutcome<Result<Void, any Error>>()
        hanging.insert(check.name)
        let work = Task {
            let result: Result<Void, any Error>
            do {
                result = .success(try await check.check())
            } catch {
                result = .failure(error)
            }
            hanging.remove(check.name)
            outcome.give(result)
        }
        let timer = Task {
            try await Task.sleep(for: patience)
            work.cancel()
            outcome.give(.failure(CheckHangs()))
        }
        defer { timer.cancel() }
        try await outcome.value().get()
    }

    /// Logs failures when they begin and then once a minute, and logs when everything works again.
    private func tell(_ errors: [(name: String, error: any Error)]) {
        let failed = errors.map(\.name)
        let isOld = failed == lastLine?.failed ?? []
        if isOld, failed.isEmpty || ContinuousClock.now - (lastLine?.at ?? .now) < Self.pauseBetweenLines { return }
        lastLine = (.now, failed)
        if failed.isEmpty { logger.info("Ready again") }
        for (name, error) in errors {
            logger.warning(
                "A readiness check fails; trying on, with one line a minute",
                metadata: ["check": "\(name)", "error": "\(String(reflecting: error))"])
        }
    }
}

/// A readiness check has not ended within its time.
struct CheckHangs: Error {}

extension Problem {
    /// 503: something is missing that the service needs. The readiness checks name it.
    static let notReady = Problem.unavailable("not_ready", retryAfter: 2)
}

/// A service that begins once the readiness checks pass, for jobs that would only fail before and fill the log.
struct AfterReadiness: Service {
    let service: any Service
    let readiness: Readiness

    func run() async throws {
        await cancelWhenGracefulShutdown { await readiness.passed() }
        // It also runs when the shutdown came first, because it has to clean up.
        try await service.run()
    }
}
