import Callers
import Database
import Logging
import Shared
import Synchronization
import TestSupport
import Testing

@Suite("Lanes")
struct LaneTests {
    @Test("A lone request leaves at once, those that come meanwhile form the next batch")
    func batches() async throws {
        try await withLane { lane, work in
            for result in try await together(5, on: lane, work) { _ = try result.get() }
            #expect(work.batches.map(\.count) == [1, 5])
        }
    }

    @Test("A batch is no larger than its limit")
    func batchLimit() async throws {
        try await withLane(LaneConfiguration(batchLimit: 2)) { lane, work in
            for result in try await together(5, on: lane, work) { _ = try result.get() }
            #expect(work.batches.map(\.count) == [1, 2, 2, 1])
        }
    }

    @Test("A refused request doesn't fail its neighbours")
    func refusedNeighbour() async throws {
        try await withLane(refusing: 2) { lane, work in
            let answered = try await together(3, on: lane, work).compactMap { try? $0.get() }
            #expect(answered == [1, 3])
            #expect(work.batches.map(\.count) == [1, 3])
        }
    }

    @Test("A batch that fails is tried again one by one, and only the request that it is about fails")
    func failingBatch() async throws {
        try await withLane(breaking: 3) { lane, work in
            let answered = try await together(4, on: lane, work).compactMap { try? $0.get() }
            #expect(answered == [1, 2, 4])
            #expect(work.batches.map(\.count) == [1, 4, 1, 1, 1, 1])
        }
    }

    @Test("One alone that fails is not tried again")
    func failingAlone() async throws {
        try await withLane(breaking: 3) { lane, work in
            work.letGo.open()
            await #expect(throws: PostgresError.self) { try await lane.submit(3) }
            #expect(work.batches == [[3]])
        }
    }

    @Test("One alone that only lost against somebody else is tried once more")
    func losingAlone() async throws {
        try await withLane(deadlocking: 3) { lane, work in
            work.letGo.open()
            let answer = try await lane.submit(3)
            #expect(answer == 3)
            #expect(work.batches == [[3], [3]])
            #expect(work.repetitions == [false, false])
        }
    }

    @Test("When the work gives too few results, it is unknown what was done, so it is performed again as a repetition")
    func miscounting() async throws {
        try await withLane(miscounting: 2) { lane, work in
            let answered = try await together(3, on: lane, work).compactMap { try? $0.get() }
            #expect(answered == [1, 2, 3])
            #expect(work.batches.map(\.count) == [1, 3, 3])
            #expect(work.repetitions == [false, false, true])
        }
    }

    @Test("A batch with an unknown end is performed again as a repetition, once")
    func unknownEnd() async throws {
        try await withLane(unknown: 7) { lane, work in
            work.letGo.open()
            let answer = try await lane.submit(7)
            #expect(answer == 7)
            #expect(work.repetitions == [false, true])
        }
    }

    @Test("When one request fails a batch that may have been carried out, each is looked up alone, and only that one stays unknown")
    func unknownEndOfAFailingBatch() async throws {
        try await withLane(breaking: 3, unknown: 2) { lane, work in
            let answers = try await together(4, on: lane, work).map { result in
                switch result {
                case .success(let answer): "\(answer)"
                case .failure(let error): (error as? PostgresError)?.code.description ?? ""
                }
            }
            #expect(answers == ["1", "2", "commitOutcomeUnknown", "4"])
            #expect(work.batches.map(\.count) == [1, 4, 4, 1, 1, 1, 1])
            #expect(work.repetitions == [false, false, true, true, true, true, true])
        }
    }

    @Test("A request that loses the connection while a batch is tried one by one is tried once more, because nothing was done")
    func lostOneByOne() async throws {
        try await withLane(breaking: 3, losing: 2) { lane, work in
            let answered = try await together(3, on: lane, work).compactMap { try? $0.get() }
            #expect(answered == [1, 2])
            #expect(work.batches.map(\.count) == [1, 3, 1, 1, 1, 1])
            #expect(work.batches.count { $0 == [2] } == 2)
            #expect(!work.repetitions.contains(true))
        }
    }

    @Test("A failure that isn't the connection's costs no connection; a lost connection costs a second try of the whole batch")
    func connections() async throws {
        try await TestDatabase.with(.empty) { database in
            let work = StatementWork()
            let connection = database.pool.configuration.connection
            let opened = Mutex(0)
            let lane = Lane(
                work: work, configuration: LaneConfiguration(), logger: Logger(label: "lane") { _ in SwiftLogNoOpLogHandler() }
            ) { thread in
                opened.withLock { $0 += 1 }
                return try await PostgresConnection.connect(to: connection, on: thread)
            }
            let backend = try await lane.submit("SELECT pg_backend_pid()::bigint AS number")
            await #expect(throws: PostgresError.self) { try await lane.submit("SELECT 1 / 0 AS number") }
            let same = try await lane.submit("SELECT pg_backend_pid()::bigint AS number")
            #expect(same == backend)
            await #expect(throws: PostgresError.self) { try await lane.submit(StatementWork.elsewhere) }
            let still = try await lane.submit("SELECT pg_backend_pid()::bigint AS number")
            #expect(still == backend)
            #expect(opened.withLock { $0 } == 1)
            _ = try await database.pool.rows("SELECT pg_terminate_backend(\(backend)::integer, 5000) AS gone") { try $0["gone"] as Bool }
            let other = try await lane.submit("SELECT pg_backend_pid()::bigint AS number")
            #expect(other != backend)
            #expect(opened.withLock { $0 } == 2)
            await lane.close()
        }
    }

    @Test("While nobody answers, a lane doesn't knock incessantly, and goes on when it is let in")
    func backOff() async throws {
        try await TestDatabase.with(.empty) { database in
            let knocks = Mutex(0)
            let failures = 6
            let connection = database.pool.configuration.connection
            let lane = Lane(
                work: StatementWork(), configuration: LaneConfiguration(waitLimit: Patience.limit),
                logger: Logger(label: "lane") { _ in SwiftLogNoOpLogHandler() }
            ) { thread in
                let number = knocks.withLock { knocks in
                    knocks += 1
                    return knocks
                }
                guard number > failures else { throw PostgresError(.connectionFailed, "nobody answers") }
                return try await PostgresConnection.connect(to: connection, on: thread)
            }
            // 25, 50, 100, 200 and 400 ms lie between the six.
            let time = await elapsed {
                for _ in 0..<failures {
                    await #expect(throws: PostgresError.self) { try await lane.submit("SELECT 1::bigint AS number") }
                }
            }
            #expect(time >= .milliseconds(775))
            #expect(knocks.withLock { $0 } == failures)
            let answer = try await lane.submit("SELECT 1::bigint AS number")
            #expect(answer == 1)
            await lane.close()
        }
    }

    @Test("A full queue refuses at once, and so does a closed lane")
    func fullQueue() async throws {
        try await withLane(LaneConfiguration(queueLimit: 1, waitLimit: Patience.limit)) { lane, work in
            let first = Task { try await lane.submit(0) }
            await work.began.wait()
            let second = Task { try await lane.submit(1) }
            try await until { lane.waiting >= 1 }
            let overflow = await refusal { try await lane.submit(2) }
            work.letGo.open()
            let answers = [try await first.value, try await second.value]
            await lane.close()
            let closed = await refusal { try await lane.submit(3) }
            #expect([overflow, closed] == [.busy, .busy])
            #expect(answers == [0, 1])
        }
    }

    @Test("A request that has waited too long is refused without being tried")
    func waitLimit() async throws {
        try await withLane(LaneConfiguration(waitLimit: .zero)) { lane, work in
            let late = await refusal { try await lane.submit(1) }
            #expect(late == .busy)
            #expect(work.batches.isEmpty)
        }
    }

    @Test("A request that has waited too long is refused even while a batch before it takes longer")
    func waitLimitBehindABatch() async throws {
        try await withLane(LaneConfiguration(waitLimit: .seconds(2))) { lane, work in
            // The first may be late itself, as long as the lane has no connection.
            let first = Task { try await askingAgain { try await lane.submit(0) } }
            await work.began.wait()
            let late = await refusal { try await lane.submit(1) }
            #expect(late == .busy)
            #expect(work.batches == [[0]])
            #expect(lane.waiting == 0)
            work.letGo.open()
            let answer = try await first.value
            #expect(answer == 0)
        }
    }

    /// Brings the requests 1 to `count` to the lane while it is busy with the request 0.
    private func together(
        _ count: Int, on lane: Lane<RecordingWork>, _ work: RecordingWork
    ) async throws -> [Result<Int, any Error>] {
        let first = Task { try await lane.submit(0) }
        await work.began.wait()
        let others = (1...count).map { number in Task { try await lane.submit(number) } }
        // They are in the queue when the lane has nothing else to do than to take them.
        try await until { lane.waiting >= count }
        work.letGo.open()
        _ = try await first.value
        var results: [Result<Int, any Error>] = []
        for other in others { results.append(await other.result) }
        return results
    }

    private func refusal(_ body: () async throws -> Int) async -> Refusal? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? Refusal
        }
    }

    private func withLane(
        _ configuration: LaneConfiguration = LaneConfiguration(waitLimit: Patience.limit),
        refusing: Int? = nil, breaking: Int? = nil, unknown: Int? = nil, losing: Int? = nil, deadlocking: Int? = nil,
        miscounting: Int? = nil,
        _ body: (Lane<RecordingWork>, RecordingWork) async throws -> Void
    ) async throws {
        try await TestDatabase.with(.empty) { database in
            let work = RecordingWork(
                refusing: refusing, breaking: breaking, unknown: unknown, losing: losing, deadlocking: deadlocking, miscounting: miscounting
            )
            let connection = database.pool.configuration.connection
            let lane = Lane(
                work: work, configuration: configuration, logger: Logger(label: "lane") { _ in SwiftLogNoOpLogHandler() }
            ) { try await PostgresConnection.connect(to: connection, on: $0) }
            try await body(lane, work)
            await lane.close()
        }
    }
}

/// Answers each request with itself, and remembers how they came.
private final class RecordingWork: LaneWork {
    let began = Gate()
    /// Until it is opened, the first batch waits.
    let letGo = Gate()
    private let refusing: Int?
    private let breaking: Int?
    private let unknown: Int?
    /// Loses its connection once when it is alone.
    private let losing: Int?
    /// Loses against somebody else once when it is alone.
    private let deadlocking: Int?
    /// Gets no result unless it is repeated.
    private let miscounting: Int?
    private let record = Mutex<[(batch: [Int], isRepetition: Bool)]>([])

    init(refusing: Int?, breaking: Int?, unknown: Int?, losing: Int?, deadlocking: Int?, miscounting: Int?) {
        self.refusing = refusing
        self.breaking = breaking
        self.unknown = unknown
        self.losing = losing
        self.deadlocking = deadlocking
        self.miscounting = miscounting
    }

    var batches: [[Int]] { record.withLock { $0.map(\.batch) } }
    var repetitions: [Bool] { record.withLock { $0.map(\.isRepetition) } }

    func perform(_ batch: [Int], isRepetition: Bool, on connection: PostgresConnection) async throws -> [Result<Int, any Error>] {
        record.withLock { $0.append((batch, isRepetition)) }
        began.open()
        await letGo.wait()
        let isFirst = batches.count { $0 == batch } == 1
        if batch == [losing], isFirst { throw PostgresError(.connectionLost, "the wire was cut") }
        if batch == [deadlocking], isFirst { throw PostgresError(.server, "lost", sqlState: .deadlockDetected) }
        if let unknown, batch.contains(unknown), !isRepetition { throw PostgresError(.commitOutcomeUnknown, "the wire was cut") }
        if let breaking, batch.contains(breaking) { throw PostgresError(.server, "broken by \(breaking)") }
        let answered = isRepetition ? batch : batch.filter { $0 != miscounting }
        return answered.map { $0 == refusing ? .failure(Refusal.seatTaken) : .success($0) }
    }
}

/// Runs each request as a statement of its own transaction and answers with the number that it gives.
private struct StatementWork: LaneWork {
    /// In place of a statement: begins a transaction, and then needs another connection, which isn't to be had.
    static let elsewhere = "elsewhere"

    func perform(_ batch: [String], isRepetition: Bool, on connection: PostgresConnection) async throws -> [Result<Int64, any Error>] {
        var results: [Result<Int64, any Error>] = []
        for statement in batch {
            if statement == Self.elsewhere {
                _ = try await connection.pipeline(["BEGIN"])
                throw PostgresError(.leaseTimedOut, "no connection is free")
            }
            let rows = try await connection.pipeline(["BEGIN", Query(unsafeSQL: statement), "COMMIT"])
            results.append(Result { try rows[1].first?["number"] ?? 0 })
        }
        return results
    }
}
