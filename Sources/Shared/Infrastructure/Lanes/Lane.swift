package import Callers
package import Database
package import Logging
import Synchronization

/// One at a time, many at once: requests that arrive while a transaction is in flight form the next batch.
///
/// A lane owns one connection and has at most one transaction in flight. A lone request is never delayed: a batch of one leaves at once.
/// When nobody knows whether a COMMIT was carried out, the batch is performed again as a repetition, which looks first.
/// A batch that fails with a known error is tried again one by one, so that it costs only the request that it is about. One alone fails at
/// once, unless it only lost against another transaction.
///
/// The lane lives on the thread of its connection: between two batches nothing changes threads but the answers.
package actor Lane<Work: LaneWork> {
    private struct Waiting: Sendable {
        let request: Work.Request
        let since: ContinuousClock.Instant
        let answer: CheckedContinuation<Work.Answer, any Error>
    }

    /// What those who ask and the lane share; nobody waits for the lane's thread to get in line.
    private struct Line {
        var waiting: [Waiting] = []
        var isClosed = false
        /// Takes batch after batch; none when nobody waits.
        var runner: Task<Void, Never>?
        /// Sends away who waits for too long, while the runner is held up; none when nobody waits.
        var watch: Task<Void, Never>?
    }

    private let thread = PinnedThread(name: "lane")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    private let work: Work
    private let configuration: LaneConfiguration
    private let connect: @Sendable (PinnedThread) async throws -> PostgresConnection
    private let logger: Logger
    private nonisolated let metrics: LaneMetrics
    private var connection: PostgresConnection?
    /// How long the lane pauses before it connects again, doubled with each failure.
    private var pause: Duration = .zero
    private nonisolated let line = Mutex(Line())

    /// - Parameters:
    ///   - index: of this lane among those of its kind, for the monitoring.
    ///   - connect: makes a connection that lives on this thread.
    package init(
        work: Work,
        configuration: LaneConfiguration,
        index: Int = 0,
        logger: Logger,
        connect: @escaping @Sendable (PinnedThread) async throws -> PostgresConnection
    ) {
        self.work = work
        self.configuration = configuration
        self.logger = logger
        self.connect = connect
        metrics = LaneMetrics(name: configuration.name, index: index)
    }

    deinit { thread.stop() }

    /// How many requests wait for their turn.
    package nonisolated var waiting: Int { line.withLock { $0.waiting.count } }

    /// Waits for the request's turn and gives its answer.
    ///
    /// A caller that goes away doesn't take its request along: it may be in flight already.
    ///
    /// - Throws: what the work refused it with; ``Refusal/busy`` when the queue is full or the wait too long; `PostgresError` when the
    ///   database can't be reached, or where nobody knows whether it was done (``PostgresError/Code/commitOutcomeUnknown``).
    package nonisolated func submit(_ request: Work.Request) async throws -> Work.Answer {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = line.withLock { line in
                guard !line.isClosed, line.waiting.count < configuration.queueLimit else { return false }
                line.waiting.append(Waiting(request: request, since: .now, answer: continuation))
                metrics.waits(line.waiting.count)
                if line.runner == nil {
                    line.runner = Task { await self.run() }
                } else if line.watch == nil {
                    line.watch = Task { await self.giveUpLate() }
                }
                return true
            }
            if !isTaken { refuse(continuation) }
        }
    }

    /// Refuses new requests, finishes those that wait, and closes the connection.
    package nonisolated func close() async {
        let runner = line.withLock { line in
            line.isClosed = true
            return line.runner
        }
        await runner?.value
        line.withLock { $0.watch }?.cancel()
        await disconnect()
    }

    private func run() async {
        while let batch = nextBatch() {
            if !batch.isEmpty { await perform(batch) }
        }
    }

    /// Those whose turn it is; `nil` when nobody waits, which ends the runner.
    private func nextBatch() -> [Waiting]? {
        let taken: [Waiting]? = line.withLock { line in
            defer { metrics.waits(line.waiting.count) }
            guard line.waiting.count > configuration.batchLimit else {
                if line.waiting.isEmpty {
                    line.runner = nil
                    return nil
                }
                let all = line.waiting
                line.waiting = []
                return all
            }
            let taken = Array(line.waiting.prefix(configuration.batchLimit))
            line.waiting.removeFirst(taken.count)
            return taken
        }
        return taken?.filter { waiting in
            guard hasWaitedTooLong(waiting) else { return true }
            refuse(waiting.answer)
            return false
        }
    }

    /// Sends away those who have waited for too long, while anybody waits: a batch under way may take longer than they are to wait.
    private nonisolated func giveUpLate() async {
        while true {
            let (late, due) = line.withLock { line in
                let late = line.waiting.prefix { hasWaitedTooLong($0) }
                line.waiting.removeFirst(late.count)
                metrics.waits(line.waiting.count)
                if line.waiting.isEmpty { line.watch = nil }
                return (late, line.waiting.first.map { $0.since + configuration.waitLimit })
            }
            for waiting in late { refuse(waiting.answer) }
            guard let due, (try? await Task.sleep(until: due, clock: .continuous)) != nil else { return }
        }
    }

    private func perform(_ batch: [Waiting]) async {
        metrics.left(batch.count)
        var unknown: PostgresError?
        do {
            finish(batch, with: try await attemptPersistently(batch, unknown: &unknown))
        } catch let error as PostgresError
            where error.isOfConnection || error.sqlState == .readOnlyTransaction || unknown != nil && error.sqlState == .lockNotAvailable
        {
            // The last: the old transaction has not ended yet, and keeps what all of them need.
            fail(batch, with: error, unknown: unknown)
        } catch let error where batch.count == 1 && unknown == nil && !error.isWorthAnotherTry {
            fail(batch, with: error, unknown: unknown)
        } catch {
            await performOneByOne(batch, after: error, unknown: unknown)
        }
    }

    /// - Parameter unknown: why nobody knows whether they were done before.
    private func performOneByOne(_ batch: [Waiting], after error: any Error, unknown: PostgresError?) async {
        logger.warning(
            "A batch failed; trying its requests one by one.",
            metadata: ["requests": "\(batch.count)", "error": "\(String(reflecting: error))"]
        )
        var unreachable: PostgresError?
        for waiting in batch {
            if let unreachable {
                fail([waiting], with: unreachable, unknown: unknown)
                continue
            }
            // Who may have been served already is owed a look.
            guard unknown != nil || !hasWaitedTooLong(waiting) else {
                refuse(waiting.answer)
                continue
            }
            var unknown = unknown
            do {
                finish([waiting], with: try await attemptPersistently([waiting], unknown: &unknown))
            } catch {
                fail([waiting], with: error, unknown: unknown)
                unreachable = (error as? PostgresError).flatMap { $0.code == .connectionFailed ? $0 : nil }
            }
        }
    }

    /// Does the requests in one transaction, and where its connection is lost on the way, in a second or third one while they may wait.
    ///
    /// - Parameter unknown: set when a COMMIT gets no answer; what comes then is a repetition, which looks first what became of it.
    private func attemptPersistently(
        _ batch: [Waiting],
        unknown: inout PostgresError?
    ) async throws -> [Result<Work.Answer, any Error>] {
        let requests = batch.map(\.request)
        for _ in 1..<Self.tries {
            do {
                return try await attempt(requests, isRepetition: unknown != nil)
            } catch let error as PostgresError where error.isLoss && !batch.contains(where: hasWaitedTooLong) {
                // Before its COMMIT was sent, mostly while it was idle: nothing was done.
            } catch let error as PostgresError where error.code == .commitOutcomeUnknown {
                logger.warning("The end of a batch is unknown; looking.", metadata: ["requests": "\(requests.count)"])
                unknown = error
            }
        }
        return try await attempt(requests, isRepetition: unknown != nil)
    }

    private func fail(_ batch: [Waiting], with error: any Error, unknown: PostgresError?) {
        if unknown != nil {
            logger.error("What became of a batch stays unknown.", metadata: ["error": "\(String(reflecting: error))"])
        }
        finish(batch, with: batch.map { _ in .failure(unknown ?? error) })
    }

    private nonisolated func refuse(_ answer: CheckedContinuation<Work.Answer, any Error>) {
        metrics.refused()
        answer.resume(throwing: Refusal.busy)
    }

    private nonisolated func hasWaitedTooLong(_ waiting: Waiting) -> Bool {
        ContinuousClock.now - waiting.since > configuration.waitLimit
    }

    private func attempt(_ requests: [Work.Request], isRepetition: Bool) async throws -> [Result<Work.Answer, any Error>] {
        let connection = try await openConnection()
        do {
            let results = try await work.perform(requests, isRepetition: isRepetition, on: connection)
            guard results.count == requests.count else {
                // Told after the COMMIT, mostly: each of them may have been done.
                throw PostgresError(.commitOutcomeUnknown, "the work gave \(results.count) results for \(requests.count) requests")
            }
            return results
        } catch {
            metrics.failed()
            let underlying = (error as? PostgresPipelineError)?.underlying ?? error
            await tidy(connection, after: underlying)
            throw underlying
        }
    }

    /// A batch that failed mostly leaves a connection that can be used on: the server refused a statement, or what failed was asked of
    /// another connection. It goes when it is lost or can't be rolled back, and when its server no longer takes writes.
    private func tidy(_ connection: PostgresConnection, after error: any Error) async {
        await connection.rollBack()
        let isUseless = (error as? PostgresError)?.sqlState == .readOnlyTransaction
        if isUseless || connection.transactionStatus != .idle { await disconnect() }
    }

    private func openConnection() async throws -> PostgresConnection {
        if let connection { return connection }
        if pause > .zero { try? await Task.sleep(for: pause) }
        do {
            let opened = try await connect(thread)
            (connection, pause) = (opened, .zero)
            return opened
        } catch {
            pause = min(max(pause * 2, Self.firstPause), Self.longestPause)
            throw error
        }
    }

    private func disconnect() async {
        let closing = connection
        connection = nil
        await closing?.close()
    }

    private func finish(_ batch: [Waiting], with results: [Result<Work.Answer, any Error>]) {
        for (waiting, result) in zip(batch, results) {
            waiting.answer.resume(with: result)
        }
    }

    /// Of a transaction whose connection is lost.
    private static var tries: Int { 3 }
    private static var firstPause: Duration { .milliseconds(25) }
    private static var longestPause: Duration { .seconds(1) }
}

extension Error {
    /// Whether the same request may do better a moment later, as it only lost against somebody else.
    fileprivate var isWorthAnotherTry: Bool { (self as? PostgresError)?.isRetryable ?? false }
}

extension PostgresError {
    /// Whether it says nothing about the requests of a batch, which would meet it one by one too.
    fileprivate var isOfConnection: Bool { isLoss || [.connectionFailed, .commitOutcomeUnknown].contains(code) }

    /// Whether there is no connection any more, and what was begun was not carried out.
    fileprivate var isLoss: Bool { [.connectionLost, .closed].contains(code) }
}

/// The work gave more or fewer results than it had requests: a defect in it.
package struct LaneWorkMiscounted: Error {}

extension Refusal {
    /// Too much is asked for at once.
    package static let busy = Refusal(.unavailable(retryAfter: 1), "busy")
}
