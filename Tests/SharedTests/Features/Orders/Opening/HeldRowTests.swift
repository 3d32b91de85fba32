import Callers
import Database
import Shared
import TestSupport
import Testing

@Suite("Rows that somebody else keeps locked while a batch of orders wants them")
struct HeldRowTests {
    enum Row: String, CaseIterable, Sendable {
        case showtime, account

        /// Keeps the first showtime or the first buyer.
        func hold(in stage: BatchStage) async throws -> HeldLock {
            let connection = stage.database.pool.configuration.connection
            switch self {
            case .showtime: return try await HeldLock(showtimeID: stage.world.showtimeIDs[0], in: connection)
            case .account:
                let accountID = stage.world.buyers[0].accountID
                return try await HeldLock("SELECT FROM accounts WHERE id = \(accountID) FOR UPDATE", in: connection)
            }
        }
    }

    @Test("Only orders that need the locked rows are refused; the others are booked in the same batch", arguments: Row.allCases)
    func neighbours(_ row: Row) async throws {
        try await BatchStage.with(showtimes: 2, lockPatience: .milliseconds(100)) { stage in
            let lock = try await row.hold(in: stage)
            let openings = try await [
                stage.opening(0, [0, 1], showtime: 0), stage.opening(1, [0, 1], showtime: 1),
                stage.opening(0, [2, 3], showtime: 0), stage.opening(2, [4, 5], showtime: 1),
            ]
            let outcomes = try await stage.together(openings)
            #expect(outcomes == [.refused("busy"), openings[1].ordered, .refused("busy"), openings[3].ordered])
            #expect(stage.work.attempts == [.init(size: 4)])
            let booked = [openings[1], openings[3]].map { BookedRows.all(of: $0) }
            #expect(try await BookedRows.total(in: stage.database.pool) == booked.sum)
            await lock.release()
            #expect(await stage.alone(openings[0]) == openings[0].ordered)
            #expect(stage.connections == 1)
        }
    }

    @Test("A single order is refused too, so that the lane is free for others", arguments: Row.allCases)
    func alone(_ row: Row) async throws {
        try await BatchStage.with(showtimes: 2, lockPatience: .milliseconds(100)) { stage in
            stage.work.letGo.open()
            let lock = try await row.hold(in: stage)
            // The first is the doorstop, which is refused untouched.
            _ = await stage.alone(try await stage.opening(3, [0, 1]))
            #expect(await stage.alone(try await stage.opening(0, [0, 1])) == .refused("busy"))
            let other = try await stage.opening(1, [0, 1], showtime: 1)
            #expect(await stage.alone(other) == other.ordered)
            await lock.release()
        }
    }

    @Test("A row that is given back in time costs nobody its order", arguments: Row.allCases)
    func inTime(_ row: Row) async throws {
        try await BatchStage.with { stage in
            let lock = try await row.hold(in: stage)
            let openings = try await stage.openings(3)
            async let outcomes = stage.together(openings)
            _ = try await lock.blocked()
            await lock.release()
            #expect(try await outcomes == openings.map(\.ordered))
            #expect(stage.work.attempts == [.init(size: 3)])
        }
    }
}
