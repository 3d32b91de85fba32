package import Database
package import Logging
import Synchronization

/// One at a time, many at once: requests that arrive while a transaction is in flight form the next batch.
///
/// A lane owns one connection and has at most one transaction in flight. A lone request is never delayed: a batch of one leaves at once.
/// When nobody knows whether a COMMIT was carried out, the batch is performed again as a repetition, which looks first.
/// A batch that fails with a known error is tried again one by one, so that it costs only the request that it is about.
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
    }

    private let thread = PinnedThread(name: "lane")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    private let work: Work
    private let configuration: LaneConfiguration
    private let connect: @Sendable (PinnedThread) async throws -> PostgresConnection
    private let logger: Logger
    private var connection: PostgresConnection?
    private nonisolated let line = Mutex(Line())

    /// - Parameter connect: makes a connection that lives on this thread.
    package init(
        work: Work,
        configuration: LaneConfiguration,
        logger: Logger,
        connect: @escaping @Sendable (PinnedThread) async throws -> PostgresConnection
    ) {
        self.work = work
        self.configuration = configuration
        self.logger = logger
        self.connect = connect
    }

    deinit { thread.stop() }

    /// How many requests wait for their turn.
    package nonisolated var waiting: Int { line.withLock { $0.waiting.count } }

    /// Waits for the request's turn and gives its answer.
    ///
    /// A caller that goes away doesn't take its request along: it may be in flight already.
    ///
    /// - Throws: what the work refused it with; ``Refusal/busy`` when the queue is full or the wait too long.
    package nonisolated func submit(_ request: Work.Request) async throws -> Work.Answer {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = line.withLock { line in
                guard !line.isClosed, line.waiting.count < configuration.queueLimit else { return false }
                line.waiting.append(Waiting(request: request, since: .now, answer: continuation))
                if line.runner == nil { line.runner = Task { await self.run() } }
                return true
            }
            if !isTaken { continuation.resume(throwing: Refusal.busy) }
        }
    }

    /// Refuses new requests, finishes those that wait, and closes the connection.
    package nonisolated func close() async {
        let runner = line.withLock { line in
            line.isClosed = true
            return line.runner
        }
        await runner?.value
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
            guard line.waiting.count > configuration.batchLimit else {
                defer { line.waiting = [] }
                if line.waiting.isEmpty {
                    line.runner = nil
                    return nil
                }
                return line.waiting
            }
            let taken = Array(line.waiting.prefix(configuration.batchLimit))
            line.waiting.removeFirst(taken.count)
            return taken
        }
        return taken?.filter { waiting in
            guard hasWaitedTooLong(waiting) else { return true }
            waiting.answer.resume(throwing: Refusal.busy)
            return false
        }
    }

    private func perform(_ batch: [Waiting]) async {
        var unknown: PostgresError?
        do {
            finish(batch, with: try await attemptPersistently(batch.map(\.request), unknown: &unknown))
        } catch let error as PostgresError where error.isOfConnection {
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
                waiting.answer.resume(throwing: Refusal.busy)
                continue
            }
            var unknown = unknown
            do {
                finish([waiting], with: try await attemptPersistently([waiting.request], unknown: &unknown))
            } catch {
                fail([waiting], with: error, unknown: unknown)
                unreachable = (error as? PostgresError).flatMap { $0.code == .connectionFailed ? $0 : nil }
            }
        }
    }

    /// Does the requests in one transaction, and where its connection is lost on the way, in a second or third one.
    ///
    /// - Parameter unknown: set when a COMMIT gets no answer; what comes then is a repetition, which looks first what became of it.
    private func attemptPersistently(
        _ requests: [Work.Request],
        unknown: inout PostgresError?
    ) async throws -> [Result<Work.Answer, any Error>] {
        for _ in 1..<Self.tries {
            do {
                return try await attempt(requests, isRepetition: unknown != nil)
            } catch let error as PostgresError where error.code == .connectionLost {
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

    private func hasWaitedTooLong(_ waiting: Waiting) -> Bool {
        ContinuousClock.now - waiting.since > configuration.waitLimit
    }

    private func attempt(_ requests: [Work.Request], isRepetition: Bool) async throws -> [Result<Work.Answer, any Error>] {
        let connection = try await openConnection()
        do {
            let results = try await work.perform(requests, isRepetition: isRepetition, on: connection)
            guard results.count == requests.count else { throw LaneWorkMiscounted() }
            return results
        } catch {
            let underlying = (error as? PostgresPipelineError)?.underlying ?? error
            await tidy(connection, after: underlying)
            throw underlying
        }
    }

    /// A statement that the server refused, such as one that waited for a lock too long, leaves a connection that can be used on; whatever else a
    /// failed batch left behind goes with its connection.
    private func tidy(_ connection: PostgresConnection, after error: any Error) async {
        let isRefusal = (error as? PostgresError)?.code == .server
        guard isRefusal, (try? await connection.rows("ROLLBACK")) != nil else { return await disconnect() }
    }

    private func openConnection() async throws -> PostgresConnection {
        if let connection { return connection }
        let opened = try await connect(thread)
        connection = opened
        return opened
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
}

extension PostgresError {
    /// Whether it says nothing about the requests of a batch, which would meet it one by one too.
    fileprivate var isOfConnection: Bool { [.connectionFailed, .connectionLost, .commitOutcomeUnknown].contains(code) }
}

/// The work gave more or fewer results than it had requests: a defect in it.
package struct LaneWorkMiscounted: Error {}

extension Refusal {
    /// Too much is asked for at once.
    package static let busy = Refusal(.unavailable(retryAfter: 1), "busy", "Too many bookings are under way. Try again in a moment.")
}
