import Callers
import Database
import Foundation
import Logging
import Shared
import Synchronization
import TestSupport

/// A lane of its own on a database of its own, with everything to book on it as one batch.
struct BatchStage: Sendable {
    let database: TestDatabase
    let world: BookingWorld
    let plans: ShowtimePlans
    let work: WatchedOpenings
    let lane: Lane<WatchedOpenings>
    private let connectionNumber: Counted

    /// How many connections the lane has asked for.
    var connections: Int { connectionNumber.count.withLock { $0 } }

    /// Gives a closure such a stage; the lane is closed afterwards.
    ///
    /// - Parameters:
    ///   - lockPatience: see `OrderOpeningWork`; a test that doesn't tell waits for as long as a slow machine needs.
    ///   - url: where the lane's connection of this number, from 1, leads to, given where the database is.
    ///   - beforeAttempt: see ``WatchedOpenings``.
    static func with(
        showtimes: Int = 1,
        buyers: Int = 12,
        seatLimit: Int = 6,
        limits: OrderConfiguration = OrderConfiguration(),
        batchLimit: Int = 64,
        lockPatience: Duration = Patience.limit,
        tellsRepetitions: Bool = true,
        url: @escaping @Sendable (Int, String) throws -> String = { $1 },
        beforeAttempt: @escaping @Sendable (Int) async throws -> Void = { _ in },
        _ body: (BatchStage) async throws -> Void
    ) async throws {
        try await TestDatabase.with { database in
            let plans = ShowtimePlans(pool: database.pool)
            let work = WatchedOpenings(
                OrderOpeningWork(plans: plans, limits: limits, policy: .bits, lockPatience: lockPatience, encode: answeredByItsID),
                tellsRepetitions: tellsRepetitions, beforeAttempt: beforeAttempt)
            let connectionNumber = Counted()
            let lane = Lane(
                work: work,
                configuration: LaneConfiguration(batchLimit: batchLimit, waitLimit: Patience.limit),
                logger: Logger(label: "lane") { _ in SwiftLogNoOpLogHandler() }
            ) { thread in
                let number = connectionNumber.next()
                var configuration = PostgresConnectionConfiguration(url: try url(number, database.url))
                // Tests let statements stand still; it is they who say for how long.
                configuration.statementTimeout = .seconds(60)
                return try await PostgresConnection.connect(to: configuration, on: thread)
            }
            let world = try await BookingWorld(in: database.pool, showtimes: showtimes, buyers: buyers, seatLimit: seatLimit)
            let stage = BatchStage(
                database: database, world: world, plans: plans, work: work, lane: lane, connectionNumber: connectionNumber)
            do {
                try await body(stage)
            } catch {
                await lane.close()
                throw error
            }
            await lane.close()
        }
    }

    /// A request under a key of its own.
    ///
    /// - Parameters:
    ///   - buyer: by its place among the world's.
    ///   - seats: by their places in the hall.
    ///   - showtime: by its place among the world's.
    func opening(
        _ buyer: Int, _ seats: [Int], showtime: Int = 0, key: String = UUID().uuidString, fingerprint: UInt8 = 1
    ) async throws -> OrderOpening {
        guard let plan = try await plans.plan(showtimeID: world.showtimeIDs[showtime]) else { throw Refusal.showtimeUnknown }
        return try opening(buyer, seats, plan: plan, key: key, fingerprint: fingerprint)
    }

    func opening(
        _ buyer: Int, _ seats: [Int], plan: ShowtimePlan, key: String = UUID().uuidString, fingerprint: UInt8 = 1
    ) throws -> OrderOpening {
        let buyer = world.buyers[buyer]
        return try OrderOpening(
            orderID: UUID(),
            by: buyer,
            plan: plan,
            seatIDs: seats.map { world.seatIDs[$0] },
            idempotency: IdempotentRequest(
                accountID: buyer.accountID, operation: "POST /v1/orders", key: key, sha256: Array(repeating: fingerprint, count: 32))
        )
    }

    /// Requests of one buyer each for two seats beside each other that nobody else wants.
    func openings(_ count: Int) async throws -> [OrderOpening] {
        var openings: [OrderOpening] = []
        for buyer in 0..<count { openings.append(try await opening(buyer, [2 * buyer, 2 * buyer + 1])) }
        return openings
    }

    /// Submits requests so that they are one batch, in this order. Once in the life of a stage.
    func together(_ openings: [OrderOpening]) async throws -> [Outcome] {
        guard let doorstop = openings.first else { return [] }
        async let stopped: Void = { _ = try? await lane.submit(doorstop) }()
        await work.firstCame.wait()
        var waiting: [Task<Outcome, Never>] = []
        for opening in openings {
            waiting.append(Task { await alone(opening) })
            try await until { lane.waiting >= waiting.count }
        }
        work.letGo.open()
        await stopped
        var outcomes: [Outcome] = []
        for request in waiting { outcomes.append(await request.value) }
        return outcomes
    }

    /// Submits one request.
    func alone(_ opening: OrderOpening) async -> Outcome {
        do {
            let opened = try await lane.submit(opening)
            return .ordered(String(decoding: opened.answer.body, as: UTF8.self))
        } catch let refusal as Refusal {
            return .refused(refusal.code)
        } catch let error as PostgresError {
            return .failed(error.code)
        } catch {
            return .broken("\(error)")
        }
    }

    /// What a request was answered.
    enum Outcome: Equatable, Sendable {
        /// With this order's id.
        case ordered(String)
        /// With this code.
        case refused(String)
        case failed(PostgresError.Code)
        case broken(String)
    }

    /// Counts across threads.
    private final class Counted: Sendable {
        let count = Mutex(0)

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }
}

extension OrderOpening {
    /// What its buyer is answered when it is carried out.
    var ordered: BatchStage.Outcome { .ordered(orderID.uuidString) }
}

/// How tests have an order answered: by its id alone.
@Sendable func answeredByItsID(_ order: DetailedOrder) -> RecordedAnswer {
    RecordedAnswer(status: 201, location: nil, body: Array(order.id.uuidString.utf8))
}
