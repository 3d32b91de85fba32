import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("A booking lane that loses its connection")
struct LostLaneConnectionTests {
    /// Where a batch stands still for its connection to be ended there.
    enum Moment: String, CaseIterable, Sendable {
        case reading, writing, committing

        func hold(in stage: BatchStage) async throws -> HeldLock {
            let connection = stage.database.pool.configuration.connection
            switch self {
            case .reading:
                return try await HeldLock(showtimeID: stage.world.showtimeIDs[0], in: connection)
            case .writing:
                return try await HeldLock("LOCK TABLE order_events IN SHARE MODE", in: connection)
            case .committing:
                try await CommitBrake.install(in: stage.database.pool)
                return try await CommitBrake.hold(in: connection)
            }
        }

        /// Once its writes and its COMMIT are sent nobody knows what became of them.
        var attempts: [WatchedOpenings.Attempt] { [.init(size: 4), .init(size: 4, isRepetition: self != .reading)] }
    }

    @Test("Whenever the server ends it, each request of the batch is answered with its order, booked once", arguments: Moment.allCases)
    func inFlight(_ moment: Moment) async throws {
        try await BatchStage.with { stage in
            let openings = try await stage.openings(4)
            let lock = try await moment.hold(in: stage)
            async let outcomes = stage.together(openings)
            try await lock.endBlocked()
            await lock.release()
            #expect(try await outcomes == openings.map(\.ordered))
            #expect(stage.work.attempts == moment.attempts)
            try await expectOnlyOrders(of: openings, on: stage)
            #expect(stage.connections == 2)
        }
    }

    @Test("Between two batches nobody notices")
    func idle() async throws {
        try await BatchStage.with { stage in
            let openings = try await stage.openings(4)
            #expect(try await stage.together(openings) == openings.map(\.ordered))
            try await stage.endOtherConnections()
            try await expectOnlyOrders(of: openings, on: stage)
            #expect(stage.connections == 2)
        }
    }

    @Test(
        "A COMMIT without an answer, carried out or not, gives each request its order, booked once",
        arguments: [CuttingProxy.Cut.afterCommit, .beforeCommit])
    func unknownEnd(_ cut: CuttingProxy.Cut) async throws {
        try await withCutting(cut) { stage in
            let openings = try await stage.openings(4)
            #expect(try await stage.together(openings) == openings.map(\.ordered))
            #expect(stage.work.attempts == [.init(size: 4), .init(size: 4, isRepetition: true)])
            #expect(try await BookedRows.transactions(in: stage.database.pool) == 1)
            try await expectOnlyOrders(of: openings, on: stage)
            #expect(stage.connections == 2)
        }
    }

    @Test(
        "When nobody can look either, each request is told so, and repeated under its key it gets one order",
        arguments: [CuttingProxy.Cut.afterCommit, .beforeCommit])
    func unreachableAfterwards(_ cut: CuttingProxy.Cut) async throws {
        try await withCutting(cut, isReachable: { $0 != 2 }) { stage in
            let openings = try await stage.openings(4)
            #expect(try await stage.together(openings) == openings.map { _ in .failed(.commitOutcomeUnknown) })
            var repetitions: [OrderOpening] = []
            for (buyer, opening) in openings.enumerated() {
                repetitions.append(
                    try await stage.opening(buyer, [2 * buyer, 2 * buyer + 1], key: #require(opening.idempotency).key))
            }
            let booked = cut == .afterCommit ? openings : repetitions
            for (repetition, order) in zip(repetitions, booked) { #expect(await stage.alone(repetition) == order.ordered) }
            try await expectOnlyOrders(of: booked, on: stage)
        }
    }

    @Test("A COMMIT that the server still carries out is waited for, and then each request has its order, booked once")
    func stillCommitting() async throws {
        let cut = Gate()
        try await withCutting(upon: cut) { stage in
            let pool = stage.database.pool
            try await CommitBrake.install(in: pool)
            let brake = try await CommitBrake.hold(in: pool.configuration.connection)
            let openings = try await stage.openings(4)
            async let outcomes = stage.together(openings)
            let committing = try await brake.blocked()
            cut.open()
            _ = try await brake.waiter(for: committing)
            await brake.release()
            #expect(try await outcomes == openings.map(\.ordered))
            #expect(stage.work.attempts == [.init(size: 4), .init(size: 4, isRepetition: true)])
            #expect(try await BookedRows.transactions(in: pool) == 1)
            try await expectOnlyOrders(of: openings, on: stage)
        }
    }

    @Test("When it takes the server too long, all are told that nobody knows, at once, and repeated under their keys they get their orders")
    func committingForLong() async throws {
        let cut = Gate()
        try await withCutting(upon: cut, lockPatience: .milliseconds(100)) { stage in
            let pool = stage.database.pool
            try await CommitBrake.install(in: pool)
            let brake = try await CommitBrake.hold(in: pool.configuration.connection)
            let openings = try await stage.openings(4)
            async let outcomes = stage.together(openings)
            let committing = try await brake.blocked()
            cut.open()
            #expect(try await outcomes == openings.map { _ in .failed(.commitOutcomeUnknown) })
            // One look for all of them: nobody waits for the same lock again.
            #expect(stage.work.attempts == [.init(size: 4), .init(size: 4, isRepetition: true)])
            await brake.letGo()
            try await brake.waitForEnd(of: committing)
            await brake.release()
            for (buyer, opening) in openings.enumerated() {
                let repetition = try await stage.opening(
                    buyer, [2 * buyer, 2 * buyer + 1], key: #require(opening.idempotency).key)
                #expect(await stage.alone(repetition) == opening.ordered)
            }
            try await expectOnlyOrders(of: openings, on: stage)
        }
    }

    @Test("A batch whose connection is lost and can't be made anew books nothing, and the lane goes on when it can")
    func unreachable() async throws {
        try await BatchStage.with(url: { number, url in number == 2 ? try leadingNowhere(url) : url }) { stage in
            let openings = try await stage.openings(4)
            let lock = try await Moment.reading.hold(in: stage)
            async let outcomes = stage.together(openings)
            try await lock.endBlocked()
            await lock.release()
            #expect(try await outcomes == openings.map { _ in .failed(.connectionFailed) })
            #expect(try await BookedRows.total(in: stage.database.pool) == .none)
            for opening in openings { #expect(await stage.alone(opening) == opening.ordered) }
            try await expectOnlyOrders(of: openings, on: stage)
        }
    }

    /// The lane doesn't tell its work that it repeats, so the work doesn't look for its own orders first.
    @Test("Control: without looking for the batch's own orders buyers whose orders were committed are refused")
    func control() async throws {
        try await withCutting(.afterCommit, tellsRepetitions: false) { stage in
            // Without a key, under which the answer would be found.
            let openings = try await stage.openings(4)
            let keyless = try openings.map { try $0.withoutKey(on: stage) }
            #expect(try await stage.together(keyless) == keyless.map { _ in .refused("seats_held_by_you") })
            #expect(try await BookedRows.total(in: stage.database.pool).orders == 4)
        }
    }

    // MARK: What they have in common

    /// The orders of a batch are there, whole and nothing else; and the lane opens another one.
    private func expectOnlyOrders(of openings: [OrderOpening], on stage: BatchStage) async throws {
        let pool = stage.database.pool
        let whole = openings.map { BookedRows.all(of: $0) }
        #expect(try await BookedRows.of(openings, in: pool) == whole)
        #expect(try await BookedRows.total(in: pool) == whole.sum)
        let later = try await stage.opening(10, [30, 31])
        #expect(await stage.alone(later) == later.ordered)
        #expect(try await BookedRows(of: later, in: pool) == .all(of: later))
    }

    /// A lane whose first connection is cut.
    ///
    /// - Parameter isReachable: whether its connection of this number can be made.
    private func withCutting(
        _ cut: CuttingProxy.Cut? = nil,
        upon gate: Gate? = nil,
        tellsRepetitions: Bool = true,
        lockPatience: Duration = Patience.limit,
        isReachable: @escaping @Sendable (Int) -> Bool = { _ in true },
        _ body: (BatchStage) async throws -> Void
    ) async throws {
        let server = try #require(try TestDatabase.serverPort())
        try await CuttingProxy.with(cut, upon: gate, serverPort: server) { proxy in
            let url: @Sendable (Int, String) throws -> String = { number, url in
                guard isReachable(number) else { return try leadingNowhere(url) }
                return number == 1 ? try url.leading(toPort: proxy) : url
            }
            try await BatchStage.with(lockPatience: lockPatience, tellsRepetitions: tellsRepetitions, url: url, body)
        }
    }
}

/// The same database at a port at which nobody listens.
private func leadingNowhere(_ url: String) throws -> String {
    try url.leading(toPort: 9)
}

extension String {
    /// The same connection string with another port.
    fileprivate func leading(toPort port: Int) throws -> String {
        var components = try #require(URLComponents(string: self))
        components.port = port
        return try #require(components.string)
    }
}

extension BatchStage {
    /// Ends all server processes of the database except the pool's that does it.
    fileprivate func endOtherConnections() async throws {
        try await database.pool.execute(
            """
            SELECT pg_terminate_backend(pid, 10000)
            FROM pg_stat_activity
            WHERE datname = current_database()
                AND pid <> pg_backend_pid()
            """)
    }
}

extension OrderOpening {
    /// The same request without a key.
    fileprivate func withoutKey(on stage: BatchStage) throws -> OrderOpening {
        let buyer = try #require(stage.world.buyers.first { $0.accountID == accountID })
        return try OrderOpening(
            orderID: orderID, by: buyer, plan: plan, seatIDs: seats.map(\.id), idempotency: nil)
    }
}
