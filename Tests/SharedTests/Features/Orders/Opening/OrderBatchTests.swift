import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("A batch of orders")
struct OrderBatchTests {
    @Test("An order that wants one seat of an earlier one of its batch gets none of its seats; its neighbours get all of theirs")
    func allOrNothing() async throws {
        try await BatchStage.with { stage in
            let pool = stage.database.pool
            let openings = [
                try await stage.opening(0, [0, 1, 2]), try await stage.opening(1, [2, 3, 4]), try await stage.opening(2, [3, 4, 5, 6]),
            ]
            let outcomes = try await stage.together(openings)
            #expect(outcomes == [openings[0].ordered, .refused("seat_taken"), openings[2].ordered])
            #expect(stage.work.attempts == [.init(size: 3)])
            let whole = [BookedRows.all(of: openings[0]), .none, .all(of: openings[2])]
            #expect(try await BookedRows.of(openings, in: pool) == whole)
            #expect(try await BookedRows.total(in: pool) == whole.sum)
            #expect(try await BookedRows.transactions(in: pool) == 1)
        }
    }

    @Test("Every kind of refusal fails its own request alone; all others of the batch are committed as one transaction")
    func refusedNeighbours() async throws {
        try await BatchStage.with(showtimes: 5, buyers: 12, seatLimit: 2, limits: OrderConfiguration(unpaidOrders: 1)) { stage in
            let pool = stage.database.pool
            try await Self.spoilShowtimes(of: stage)
            let plan = try #require(try await stage.plans.plan(showtimeID: stage.world.showtimeIDs[0]))
            // In turn: a request that is fine, and one that is refused.
            let requests: [(OrderOpening, refusal: String?)] = [
                (try stage.opening(0, [0, 1], plan: plan, key: "first"), nil),
                (try stage.opening(1, [1, 2], plan: plan), "seat_taken"),
                (try stage.opening(2, [2, 3], plan: plan), nil),
                (try stage.opening(3, [10, 11, 12], plan: plan), "seat_limit_reached"),
                (try stage.opening(3, [10, 11], plan: plan), nil),
                (try await stage.opening(2, [20], showtime: 1), "unpaid_order_limit_reached"),
                (try await stage.opening(4, [20], showtime: 1), nil),
                (try stage.opening(0, [13], plan: plan, key: "first", fingerprint: 2), "idempotency_key_reused"),
                (try stage.opening(5, [13], plan: plan), nil),
                (try stage.opening(6, [20], plan: plan.movedToUnknownShowtime()), "showtime_unknown"),
                (try stage.opening(6, [20], plan: plan), nil),
                (try await stage.opening(7, [20], showtime: 2), "showtime_cancelled"),
                (try stage.opening(7, [21], plan: plan), nil),
                (try await stage.opening(8, [20], showtime: 3), "sale_closed"),
                (try await stage.opening(8, [20], showtime: 4), "sale_not_open"),
                (try stage.opening(8, [22], plan: plan), nil),
                (try stage.opening(9, [30], plan: plan), "account_restricted"),
                (try stage.opening(10, [30], plan: plan), "unauthenticated"),
                (try stage.opening(11, [30], plan: plan), nil),
            ]
            let openings = requests.map(\.0)
            let outcomes = try await stage.together(openings)
            #expect(outcomes == requests.map { opening, refusal in refusal.map { .refused($0) } ?? opening.ordered })
            #expect(stage.work.attempts == [.init(size: requests.count)])
            let whole = requests.map { opening, refusal in refusal == nil ? BookedRows.all(of: opening) : .none }
            #expect(try await BookedRows.of(openings, in: pool) == whole)
            #expect(try await BookedRows.total(in: pool) == whole.sum)
            #expect(try await BookedRows.transactions(in: pool) == 1)
        }
    }

    @Test("One key twice in a batch is one order with one answer")
    func repeatedKey() async throws {
        try await BatchStage.with { stage in
            let pool = stage.database.pool
            let openings = [
                try await stage.opening(0, [0, 1], key: "once"), try await stage.opening(1, [2]),
                try await stage.opening(0, [0, 1], key: "once"),
            ]
            let outcomes = try await stage.together(openings)
            #expect(outcomes == [openings[0].ordered, openings[1].ordered, openings[0].ordered])
            let whole = [BookedRows.all(of: openings[0]), .all(of: openings[1]), .none]
            #expect(try await BookedRows.of(openings, in: pool) == whole)
            #expect(try await BookedRows.total(in: pool) == whole.sum)
        }
    }

    @Test("Control: with a batch limit of one the same is written by as many transactions as there are orders")
    func control() async throws {
        try await BatchStage.with(batchLimit: 1) { stage in
            let openings = try await stage.openings(3)
            let outcomes = try await stage.together(openings)
            #expect(outcomes == openings.map(\.ordered))
            #expect(try await BookedRows.transactions(in: stage.database.pool) == 3)
        }
    }

    /// The third showtime is cancelled, the fourth's sale is over, the fifth's hasn't begun; the tenth buyer may only look, and the eleventh has
    /// signed out.
    private static func spoilShowtimes(of stage: BatchStage) async throws {
        let (world, pool) = (stage.world, stage.database.pool)
        let (restricted, gone) = (world.buyers[9], world.buyers[10])
        try await pool.execute("UPDATE showtimes SET cancelled_at = now() WHERE id = \(world.showtimeIDs[2])")
        try await pool.execute("UPDATE showtimes SET closed_at = now() WHERE id = \(world.showtimeIDs[3])")
        try await pool.execute("UPDATE showtimes SET sale_opens_at = now() + INTERVAL '1 hour' WHERE id = \(world.showtimeIDs[4])")
        try await pool.execute("UPDATE accounts SET permission = 1 WHERE id = \(restricted.accountID)")
        try await pool.execute("UPDATE sessions SET revoked_at = now() WHERE id = \(gone.sessionID)")
    }
}

extension ShowtimePlan {
    /// The same for a showtime that nobody has ever scheduled.
    fileprivate func movedToUnknownShowtime() -> ShowtimePlan {
        ShowtimePlan(
            showtimeID: .max, version: version, merchantID: merchantID, cinemaID: cinemaID, layout: layout, pricesFen: pricesFen,
            serviceFeeFen: serviceFeeFen, refusesOrphans: refusesOrphans)
    }
}
