import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("The race for a seat")
struct SeatRaceTests {
    @Test("Of 200 buyers for one seat, through two processes, exactly one gets an order and all others are refused")
    func oneSeat() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 200)
            let processes = [try BookingProcess(database), try BookingProcess(database)]
            let outcomes = await outcomes(world.buyers.enumerated()) { index, buyer in
                try await processes[index % 2].open([world.seatIDs[0]], of: world.showtimeIDs[0], by: buyer)
            }
            #expect(outcomes.opened == 1)
            #expect(Set(outcomes.refusals.keys) == [Refusal.seatTaken.code])
            #expect(outcomes.errors.isEmpty)
            #expect(try await count("SELECT count(*) FROM orders", in: database) == 1)
            #expect(try await count("SELECT count(*) FROM seat_claims", in: database) == 1)
        }
    }

    /// Each guard hides the race by itself, so all three go: no lane, no lock, no primary key. Otherwise the same reads, rules and writes.
    @Test("Control: without lane, lock and constraint the same buyers do sell one seat many times")
    func control() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 8)
            try await database.execute("ALTER TABLE seat_claims DROP CONSTRAINT seat_claims_pkey")
            let unguarded = UnguardedBooking(database: database, everybodyHasRead: Meeting(of: 8))
            let outcomes = await outcomes(world.buyers.enumerated()) { _, buyer in
                try await unguarded.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: buyer)
            }
            #expect(outcomes.opened == 8)
            #expect(try await count("SELECT count(*) FROM seat_claims", in: database) == 8)
        }
    }

    @Test("A person's limits hold under parallel requests for different showtimes through two processes")
    func limits() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, showtimes: 20)
            let processes = [try BookingProcess(database, lanes: 4), try BookingProcess(database, lanes: 4)]
            let outcomes = await outcomes(world.showtimeIDs.enumerated()) { index, showtimeID in
                try await processes[index % 2].open([world.seatIDs[0]], of: showtimeID, by: world.buyers[0])
            }
            #expect(outcomes.opened == 3)
            #expect(Set(outcomes.refusals.keys) == [Refusal.unpaidOrderLimitReached.code])
            #expect(outcomes.errors.isEmpty)
        }
    }

    @Test("A person's seats of one showtime never exceed the cinema's limit, however parallel the requests")
    func seatLimit() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, seatLimit: 3)
            let processes = [try BookingProcess(database), try BookingProcess(database)]
            let outcomes = await outcomes(world.seatIDs.prefix(20).enumerated()) { index, seatID in
                try await processes[index % 2].open([seatID], of: world.showtimeIDs[0], by: world.buyers[0])
            }
            #expect(outcomes.opened == 3)
            #expect(try await count("SELECT count(*) FROM seat_claims", in: database) == 3)
        }
    }

    @Test("50 identical parallel requests through two processes give one order and 50 equal answers")
    func idempotency() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 2)
            let processes = [try BookingProcess(database), try BookingProcess(database)]
            let ids = try await withThrowingTaskGroup(of: UUID.self) { group in
                for index in 0..<50 {
                    group.addTask {
                        try await processes[index % 2].open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0], key: "once")
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            let other = try await processes[0].open([world.seatIDs[1]], of: world.showtimeIDs[0], by: world.buyers[1], key: "once")
            #expect(!ids.contains(other))
        }
    }
}

/// What many parallel attempts came to.
struct Outcomes: Sendable {
    var opened = 0
    /// By code.
    var refusals: [String: Int] = [:]
    var errors: [String] = []
}

/// Runs an attempt for each element, all at once; who is told that too many are here tries again.
func outcomes<Element: Sendable>(
    _ elements: some Sequence<Element>,
    attempt: @escaping @Sendable (Element) async throws -> some Sendable
) async -> Outcomes {
    await withTaskGroup(of: Result<Void, any Error>.self) { group in
        for element in elements {
            group.addTask {
                do {
                    _ = try await askingAgain { try await attempt(element) }
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
        }
        return await group.reduce(into: Outcomes()) { outcomes, result in
            switch result {
            case .success: outcomes.opened += 1
            case .failure(let refusal as Refusal): outcomes.refusals[refusal.code, default: 0] += 1
            case .failure(let required as ChallengeRequired): outcomes.refusals[required.refusal.code, default: 0] += 1
            case .failure(let error): outcomes.errors.append(String(reflecting: error))
            }
        }
    }
}

func count(_ query: Query, in database: some PostgresSession) async throws -> Int {
    try await database.row(query) { try $0["count"] } ?? -1
}
