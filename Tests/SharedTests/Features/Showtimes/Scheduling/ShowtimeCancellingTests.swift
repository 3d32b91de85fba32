import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("Cancelling a showtime")
struct ShowtimeCancellingTests {
    @Test("It is marked, its orders are ended in the same transaction, and its slot is free again")
    func cancels() async throws {
        try await withTestDatabase { pool in
            let calls = Journal<Int64>()
            let fixture = try await ScreeningFixture(pool) { id, _, transaction in
                await calls.note(id)
                // Written before, in the same transaction.
                let isMarked = try await transaction.row("SELECT cancelled_at IS NOT NULL AS marked FROM showtimes WHERE id = \(id)") {
                    row -> Bool in try row["marked"]
                }
                #expect(isMarked == true)
            }
            let showtime = try await fixture.schedule()
            try await fixture.cancel(showtime.id, version: 1)
            let cancelled = try await fixture.listing.showtime(showtime.id, in: pool)
            #expect(cancelled.state == .cancelled)
            #expect(cancelled.version == 2)
            #expect(await calls.entries == [showtime.id])
            // Again, with what the caller read since: nothing happens.
            try await fixture.cancel(showtime.id, version: 2)
            #expect(await calls.count == 1)
            #expect(try await fixture.listing.showtime(showtime.id, in: pool) == cancelled)
            try await fixture.schedule()
        }
    }

    @Test("With a stale copy, or when its orders can't be ended, it stays on")
    func stays() async throws {
        try await withTestDatabase { pool in
            struct Failure: Error {}
            let fixture = try await ScreeningFixture(pool) { _, _, _ in throw Failure() }
            let showtime = try await fixture.schedule()
            await #expect(throws: Refusal.stale) { try await fixture.cancel(showtime.id, version: 7) }
            await #expect(throws: Failure.self) { try await fixture.cancel(showtime.id, version: 1) }
            #expect(try await fixture.listing.showtime(showtime.id, in: pool) == showtime)
        }
    }

    @Test("Of many who cancel at the same moment one ends the orders")
    func race() async throws {
        try await withTestDatabase { pool in
            let calls = Journal<Int64>()
            let fixture = try await ScreeningFixture(pool) { id, _, _ in await calls.note(id) }
            let showtime = try await fixture.schedule()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 { group.addTask { try await fixture.cancel(showtime.id) } }
                try await group.waitForAll()
            }
            #expect(await calls.count == 1)
        }
    }
}
