import Callers
package import Database
package import Logging
import Synchronization
import Waiting

/// Performs requests in batches, one transaction at a time: requests that arrive while a transaction is in flight form the next batch.
///
/// A lane owns one connection and has at most one transaction in flight. A lone request is never delayed: a batch of one leaves at once.
/// When it is unknown whether a COMMIT was carried out, the batch is performed again as a repetition, which first reads whether it was.
/// When a batch fails with a known error, its requests are tried again one by one, so that the error hits only the request that causes it.
/// A single request fails at once, unless it only lost against another transaction.
///
/// The lane lives on the thread of its connection, so that only the answers change threads.
package actor Lane<Work: LaneWork> {
    private struct Waiter: Sendable {
        let request: Work.Request
        let answer: CheckedContinuation<Work.Answer, any Error>
    }

    private typealias Place = WaitingLine<Waiter>.Place

    /// The state that callers and the lane share. A caller gets in line without waiting for the lane's thread.
    private struct Line {
        var waiting: WaitingLine<Waiter>
        var isClosed = false
        /// The task that performs batch after batch; `nil` when nobody waits.
        var runner: Task<Void, Never>?
        /// The task that refuses requests which wait too long while the runner is held up.
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
    private nonisolated let line: Mutex<Line>

    /// - Parameters:
    ///   - index: the number of this lane among those of its kind, for the metrics.
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
        line = Mutex(Line(waiting: WaitingLine(capacity: configuration.queueLimit, waitLimit: configuration.waitLimit)))
    }

    deinit { thread.stop() }

    /// How many requests wait for their turn.
    package nonisolated var waiting: Int { line.withLock { $0.waiting.count } }

    /// Waits for the request's turn and gives its answer.
    ///
    /// When the caller is cancelled, its request goes on, because it may be in flight already.
    ///
    /// - Throws: the work's refusal of the request; ``Refusal/busy`` when the queue is full or the wait too long; `PostgresError` when the
    ///   database can't be reached, or when it is unknown whether the request was done (``PostgresError/Code/commitOutcomeUnknown``).
    package nonisolated func submit(_ request: Work.Request) async throws -> Work.Answer {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = line.withLock { line in
                guard !line.isClosed, line.waiting.append(Waiter(request: request, answer: continuation)) else { return false }
                metrics.waits(line.waiting.count)
                if line.runner == nil {
                    line.runner = Task { await self.run() }
                } else if let due = line.waiting.beginWatch() {
                    line.watch = Task { await self.refuseLate(from: due) }
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

    /// The requests of the next batch; `nil` when nobody waits, which ends the runner.
    private func nextBatch() -> [Place]? {
        let taken: [Place]? = line.withLock { line in
            guard !line.waiting.isEmpty else {
                line.runner = nil
                return nil
            }
            let taken = line.waiting.removeFirst(configuration.batchLimit)
            metrics.waits(line.waiting.count)
            return taken
        }
        return taken?.filter { place in
            guard place.isLate() else { return true }
            refuse(place.element.answer)
            return false
        }
    }

    /// Refuses requests that have waited too long, while anybody waits. It is needed because a batch under way may take longer than a
    /// request may wait.
    private nonisolated func refuseLate(from first: ContinuousClock.Instant) async {
        await watchForLate(from: first) {
            let (late, next) = line.withLock { line in
                let found = line.waiting.removeLate()
                metrics.waits(line.waiting.count)
                return found
            }
            for waiter in late { refuse(waiter.answer) }
            return next
        }
    }

    private func perform(_ batch: [Place]) async {
        metrics.left(batch.count)
        var unknown: PostgresError?
        do {
            finish(batch, with: try await attemptPersistently(batch, unknown: &unknown))
        } catch let error as PostgresError
            where error.isOfConnection || error.sqlState == .readOnlyTransaction || unknown != nil && error.sqlState == .lockNotAvailable
        {
            // This was the last try. The old transaction has not ended yet, and holds the locks that all requests need.
            fail(batch, with: error, unknown: unknown)
        } catch let error where batch.count == 1 && unknown == nil && !error.isWorthAnotherTry {
            fail(batch, with: error, unknown: unknown)
        } catch {
            await performOneByOne(batch, after: error, unknown: unknown)
        }
    }

    /// - Parameter unknown: the error that left it unknown whether the requests were done before.
    private func performOneByOne(_ batch: [Place], after error: any Error, unknown: PostgresError?) async {
        logger.warning(
            "A batch failed; trying its requests one by one.",
            metadata: ["requests": "\(batch.count)", "error": "\(String(reflecting: error))"]
        )
        var unreachable: PostgresError?
        for place in batch {
            if let unreachable {
                fail([place], with: unreachable, unknown: unknown)
                continue
            }
            // A request that may have been done already has to be looked up, however long it has waited.
            guard unknown != nil || !place.isLate() else {
                refuse(place.element.answer)
                continue
            }
            var unknown = unknown
            do {
                finish([place], with: try await attemptPersistently([place], unknown: &unknown))
            } catch {
                fail([place], with: error, unknown: unknown)
                unreachable = (error as? PostgresError).flatMap { $0.code == .connectionFailed ? $0 : nil }
            }
        }
    }

    /// Performs the requests in one transaction. When the connection is lost on the way, it tries a second and a third one, while the
    /// requests may wait.
    ///
    /// - Parameter unknown: set when a COMMIT gets no answer. The next try is then a repetition, which first reads whether the COMMIT was
    ///   carried out.
    private func attemptPersistently(
        _ batch: [Place],
        unknown: inout PostgresError?
    ) async throws -> [Result<Work.Answer, any Error>] {
        let requests = batch.map(\.element.request)
        for _ in 1..<Self.tries {
            do {
                return try await attempt(requests, isRepetition: unknown != nil)
            } catch let error as PostgresError where error.isLoss && !batch.contains(where: { $0.isLate() }) {
                // The connection was lost before the COMMIT was sent, mostly while it was idle. Nothing was done.
            } catch let error as PostgresError where error.code == .commitOutcomeUnknown {
                logger.warning("The end of a batch is unknown; looking.", metadata: ["requests": "\(requests.count)"])
                unknown = error
            }
        }
        return try await attempt(requests, isRepetition: unknown != nil)
    }

    private func fail(_ batch: [Place], with error: any Error, unknown: PostgresError?) {
        if unknown != nil {
            logger.error("What became of a batch stays unknown.", metadata: ["error": "\(String(reflecting: error))"])
        }
        finish(batch, with: batch.map { _ in .failure(unknown ?? error) })
    }

    private nonisolated func refuse(_ answer: CheckedContinuation<Work.Answer, any Error>) {
        metrics.refused()
        answer.resume(throwing: Refusal.busy)
    }

    private func attempt(_ requests: [Work.Request], isRepetition: Bool) async throws -> [Result<Work.Answer, any Error>] {
        let connection = try await openConnection()
        do {
            let results = try await work.perform(requests, isRepetition: isRepetition, on: connection)
            guard results.count == requests.count else {
                // The defect mostly shows after the COMMIT, so each of the requests may have been done.
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

    /// Rolls back after a failed batch. Mostly the connection can still be used, because the server refused a statement or another
    /// connection failed. It is dropped when it is lost, can't be rolled back, or its server no longer accepts writes.
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

    private func finish(_ batch: [Place], with results: [Result<Work.Answer, any Error>]) {
        for (place, result) in zip(batch, results) {
            place.element.answer.resume(with: result)
        }
    }

    /// How often a transaction is tried when its connection is lost.
    private static var tries: Int { 3 }
    private static var firstPause: Duration { .milliseconds(25) }
    private static var longestPause: Duration { .seconds(1) }
}

extension Error {
    /// Whether the same request may succeed a moment later, because it only lost against another transaction.
    fileprivate var isWorthAnotherTry: Bool { (self as? PostgresError)?.isRetryable ?? false }
}

extension PostgresError {
    /// Whether the error is about the connection and not about a request, so that single requests would meet it too.
    fileprivate var isOfConnection: Bool { isLoss || [.connectionFailed, .commitOutcomeUnknown].contains(code) }

    /// Whether the connection is gone, and what was begun was not carried out.
    fileprivate var isLoss: Bool { [.connectionLost, .closed].contains(code) }
}

/// The work gave more or fewer results than it had requests: a defect in it.
package struct LaneWorkMiscounted: Error {}
