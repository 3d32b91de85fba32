import Callers
import Database
import Foundation
import TestSupport
import Testing

@testable import Shared

@Suite("Holding seats for nothing")
struct SquattingTests {
    static let (here, elsewhere) = ("203.0.113.7", "2001:db8::7")

    /// 34 seats, and moviegoers of whom nothing is known.
    private func withHall(
        buyers: Int = 10, showtimes: Int = 1, _ rules: SquattingConfiguration? = SquattingConfiguration(),
        _ test: (PostgresPool, BookingWorld, [BookingProcess]) async throws -> Void
    ) async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, showtimes: showtimes, rows: 2, columns: 17, buyers: buyers)
            let limits = OrderConfiguration(squatting: rules)
            try await test(database, world, [try BookingProcess(database, limits: limits), try BookingProcess(database, limits: limits)])
        }
    }

    // MARK: The share

    /// Everybody asks for one seat after the other, all at once, and does the work that is asked for.
    ///
    /// - Parameter address: of a buyer, by its place among them.
    private func squat(
        _ world: BookingWorld, _ processes: [BookingProcess], from address: @escaping @Sendable (Int) -> String
    ) async -> Outcomes {
        let attempts = world.seatIDs.enumerated().flatMap { index, seatID in
            world.buyers.enumerated().filter { $0.offset % 5 == index % 5 }.map {
                (buyer: $0.element, seatID: seatID, process: $0.offset % 2, address: address($0.offset))
            }
        }
        return await outcomes(attempts) { attempt in
            let (showtimeID, process) = (world.showtimeIDs[0], processes[attempt.process])
            do {
                _ = try await process.open([attempt.seatID], of: showtimeID, by: attempt.buyer, from: attempt.address)
            } catch let required as ChallengeRequired {
                _ = try await process.open(
                    [attempt.seatID], of: showtimeID, by: attempt.buyer, from: attempt.address, solving: Self.answer(required.challenge))
            }
        }
    }

    static func answer(_ challenge: HoldChallenge) -> ChallengeAnswer {
        let solver = ChallengeSolver(
            nonce: challenge.nonce, salt: challenge.salt, cost: challenge.cost, keyPrefix: HoldChallenge.keyPrefix)
        return ChallengeAnswer(id: challenge.id, counter: solver.counter)
    }

    @Test("Ten fresh accounts of one address hold their share of 34 seats, however parallel, and no more; others get the rest")
    func share() async throws {
        try await withHall { database, world, processes in
            let outcomes = await squat(world, processes) { _ in Self.here }
            #expect(outcomes.errors.isEmpty)
            #expect(outcomes.opened == 17, "\(outcomes)")
            #expect(outcomes.refusals[Refusal.addressShareReached(seats: 17, of: 34).code] != nil)
            #expect(try await count("SELECT count(*) FROM seat_claims", in: database) == 17)
            let free = try await database.rows(
                "SELECT id FROM seats WHERE id NOT IN (SELECT seat_id FROM seat_claims) ORDER BY id"
            ) { try $0["id"] as Int64 }
            let family = try await BookingWorld.moviegoers(1, in: database)[0]
            _ = try await processes[0].open(Array(free.prefix(6)), of: world.showtimeIDs[0], by: family, from: Self.elsewhere)
        }
    }

    @Test("Ten fresh accounts of ten networks of one site hold half of the seats together; ten of ten sites aren't kept to that")
    func siteShare() async throws {
        for (isOneSite, most) in [(true, 17), (false, 30)] {
            try await withHall { database, world, processes in
                let outcomes = await squat(world, processes) { isOneSite ? "2001:db8:0:\($0)::7" : "2001:db8:\($0)::7" }
                #expect(outcomes.errors.isEmpty)
                #expect(outcomes.opened == most, "\(outcomes)")
                #expect((outcomes.refusals[Refusal.addressShareReached(seats: 17, of: 34).code] != nil) == isOneSite)
                let claimed = try await count("SELECT count(*) FROM seat_claims", in: database)
                #expect(claimed == most)
            }
        }
    }

    @Test("Control: without the rules the same accounts hold all that three orders each allow, and the rest is gone too")
    func control() async throws {
        try await withHall(buyers: 12, nil) { database, world, processes in
            let outcomes = await squat(world, processes) { _ in Self.here }
            #expect(outcomes.errors.isEmpty)
            #expect(outcomes.opened > 17, "\(outcomes)")
            let counted = try await count("SELECT count(*) FROM orders WHERE address_block IS NOT NULL", in: database)
            #expect(counted == 0)
        }
    }

    @Test("The lock is what keeps parallel orders within the share: control without it")
    func unlocked() async throws {
        try await withHall(buyers: 8, SquattingConfiguration(addressShare: 3, challengeShare: 100)) { database, world, _ in
            let unguarded = UnguardedBooking(
                database: database, everybodyHasRead: Meeting(of: 8),
                limits: OrderConfiguration(squatting: SquattingConfiguration(addressShare: 3, challengeShare: 100)), addressBlock: 1)
            let outcomes = await outcomes(world.buyers.enumerated()) { index, buyer in
                try await unguarded.open([world.seatIDs[index]], of: world.showtimeIDs[0], by: buyer)
            }
            // One seat of 34 is the share.
            #expect(outcomes.opened == 8)
        }
    }

    @Test("Paid seats, lapsed ones and those of other showtimes leave the share alone")
    func countedSeats() async throws {
        try await withHall(showtimes: 2, SquattingConfiguration(addressShare: 18, challengeShare: 100)) { database, world, processes in
            let (process, buyers, seats) = (processes[0], world.buyers, world.seatIDs)
            let refusal = Refusal.addressShareReached(seats: 6, of: 34)
            let first = try await process.open(Array(seats[0..<6]), of: world.showtimeIDs[0], by: buyers[0], from: Self.here)
            _ = try await process.open(Array(seats[0..<6]), of: world.showtimeIDs[1], by: buyers[0], from: Self.here)
            await #expect(throws: refusal.about(seats: [seats[6]])) {
                try await process.open([seats[6]], of: world.showtimeIDs[0], by: buyers[1], from: Self.here)
            }
            #expect(try await process.pay(first, by: buyers[0], in: database) == .paid)
            _ = try await process.open(Array(seats[6..<12]), of: world.showtimeIDs[0], by: buyers[1], from: Self.here)
            await #expect(throws: refusal.about(seats: [seats[12]])) {
                try await process.open([seats[12]], of: world.showtimeIDs[0], by: buyers[2], from: Self.here)
            }
            try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second' WHERE state = 'pending_payment'")
            _ = try await process.open([seats[12]], of: world.showtimeIDs[0], by: buyers[2], from: Self.here)
        }
    }

    // MARK: The challenge

    /// A showtime whose every further order from here needs a challenge.
    private func challenged(
        _ world: BookingWorld, _ process: BookingProcess, by buyer: Principal, seat: Int
    ) async throws -> HoldChallenge {
        do {
            _ = try await process.open([world.seatIDs[seat]], of: world.showtimeIDs[0], by: buyer, from: Self.here)
        } catch let required as ChallengeRequired {
            #expect(required.refusal == .challengeRequired.about(seats: [world.seatIDs[seat]]))
            return required.challenge
        }
        throw NotChallenged()
    }

    private struct NotChallenged: Error {}

    private static let strict = SquattingConfiguration(challengeShare: 0)

    @Test("A challenge opens one order of one account for one showtime, and is remembered until its end")
    func life() async throws {
        try await withHall(showtimes: 2, Self.strict) { database, world, processes in
            let (process, buyer, seats) = (processes[0], world.buyers[0], world.seatIDs)
            let showtimeID = world.showtimeIDs[0]
            _ = try await process.open([seats[0]], of: showtimeID, by: buyer, from: Self.here)
            let challenge = try await challenged(world, process, by: buyer, seat: 1)
            let answer = Self.answer(challenge)
            // For nobody else, and for no other showtime.
            _ = try await process.open([seats[0]], of: world.showtimeIDs[1], by: world.buyers[2], from: Self.here)
            for (account, showtime) in [(world.buyers[1], showtimeID), (buyer, world.showtimeIDs[1])] {
                await #expect { try await process.open([seats[1]], of: showtime, by: account, from: Self.here, solving: answer) } throws: {
                    $0 is ChallengeRequired
                }
            }
            _ = try await processes[1].open([seats[1]], of: showtimeID, by: buyer, from: Self.here, solving: answer)
            #expect(try await count("SELECT count(*) FROM used_challenges", in: database) == 1)
            await #expect { try await process.open([seats[2]], of: showtimeID, by: buyer, from: Self.here, solving: answer) } throws: {
                ($0 as? ChallengeRequired).map { $0.challenge.id != challenge.id } ?? false
            }
            try await process.sweeper.deleteOldRecords()
            #expect(try await count("SELECT count(*) FROM used_challenges", in: database) == 1)
            try await database.execute("UPDATE used_challenges SET expires_at = now() - INTERVAL '2 hours'")
            try await process.sweeper.deleteOldRecords()
            #expect(try await count("SELECT count(*) FROM used_challenges", in: database) == 0)
        }
    }

    @Test("Of parallel orders by one challenge, through two processes, one is opened")
    func race() async throws {
        try await withHall(Self.strict) { database, world, processes in
            let buyer = world.buyers[0]
            _ = try await processes[0].open([world.seatIDs[0]], of: world.showtimeIDs[0], by: buyer, from: Self.here)
            let answer = Self.answer(try await challenged(world, processes[0], by: buyer, seat: 1))
            let outcomes = await outcomes(1..<9) { seat in
                try await processes[seat % 2].open(
                    [world.seatIDs[seat]], of: world.showtimeIDs[0], by: buyer, from: Self.here, solving: answer)
            }
            #expect(outcomes.opened == 1)
            #expect(outcomes.refusals == [Refusal.challengeRequired.code: 7])
            #expect(outcomes.errors.isEmpty)
            #expect(try await count("SELECT count(*) FROM used_challenges", in: database) == 1)
        }
    }

    /// The primary key of used challenges would hide the race by itself, so it goes too.
    @Test("Control: without lane and lock one challenge opens all of them")
    func raceControl() async throws {
        try await withHall(Self.strict) { database, world, processes in
            let buyer = world.buyers[0]
            _ = try await processes[0].open([world.seatIDs[0]], of: world.showtimeIDs[0], by: buyer, from: Self.here)
            try await database.execute("ALTER TABLE used_challenges DROP CONSTRAINT used_challenges_pkey")
            let unguarded = UnguardedBooking(
                database: database, everybodyHasRead: Meeting(of: 2), limits: OrderConfiguration(squatting: Self.strict),
                addressBlock: AddressBlock.number(of: Self.here),
                challenge: .solved(id: String(repeating: "a", count: 32), expiresAt: Date(timeIntervalSinceNow: 600)))
            let outcomes = await outcomes(1..<3) { seat in
                try await unguarded.open([world.seatIDs[seat]], of: world.showtimeIDs[0], by: buyer)
            }
            #expect(outcomes.opened == 2, "\(outcomes)")
            #expect(try await count("SELECT count(*) FROM used_challenges", in: database) == 2)
        }
    }

    // MARK: Pauses

    private func lapse(_ id: UUID, _ process: BookingProcess, _ database: PostgresPool) async throws {
        try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second' WHERE id = \(id)")
        try await process.sweeper.sweep()
    }

    private func holders(_ database: PostgresPool) async throws -> [String] {
        try await database.rows("SELECT holder FROM lapsed_holds ORDER BY holder") { try $0["holder"] }
    }

    private func prove(_ phone: String?, _ email: String?, of buyer: Principal, in database: PostgresPool) async throws {
        try await database.execute(
            """
            UPDATE accounts
            SET phone = \(phone), email = \(email),
                phone_verified_at = CASE WHEN \(phone)::text IS NOT NULL THEN now() END,
                email_verified_at = CASE WHEN \(email)::text IS NOT NULL THEN now() END
            WHERE id = \(buyer.accountID)
            """)
    }

    @Test("An order that lapses is recorded under its account, its proved contacts and its network, for a day")
    func recording() async throws {
        try await withHall { database, world, processes in
            let (process, buyer) = (processes[0], world.buyers[0])
            try await prove("+8613800138000", "anna@example.org", of: buyer, in: database)
            let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: buyer, from: Self.here)
            try await lapse(id, process, database)
            let account = "account:\(buyer.accountID)"
            #expect(try await holders(database) == [account, "block:3405803783", "email:anna@example.org", "phone:+8613800138000"])
            // What isn't proved may be somebody else's.
            try await database.execute("DELETE FROM lapsed_holds")
            try await database.execute("UPDATE accounts SET phone_verified_at = NULL, email_verified_at = NULL")
            try await lapse(
                try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: buyer, from: Self.elsewhere), process, database)
            #expect(try await holders(database) == [account, "block:2306139568115548160", "block:2306139568115548160/48"])
            try await process.sweeper.deleteOldRecords()
            #expect(try await holders(database).count == 3)
            try await database.execute("UPDATE lapsed_holds SET lapsed_at = now() - INTERVAL '25 hours'")
            try await process.sweeper.deleteOldRecords()
            #expect(try await holders(database).isEmpty)
        }
    }

    @Test("Cancelling counts when most of the time is over; paying, the cinema's voiding and the counter don't")
    func whatCounts() async throws {
        try await withHall { database, world, processes in
            let (process, showtimeID) = (processes[0], world.showtimeIDs[0])
            func open(_ seat: Int, by buyer: Principal, from address: String? = Self.here) async throws -> UUID {
                try await process.open([world.seatIDs[seat]], of: showtimeID, by: buyer, from: address)
            }
            func cancel(_ id: UUID, by buyer: Principal) async throws {
                try await database.withTransaction { try await process.orders.cancel(id, by: buyer.accountID, in: $0) }
            }
            try await cancel(try await open(0, by: world.buyers[0]), by: world.buyers[0])
            #expect(try await process.pay(try await open(1, by: world.buyers[1]), by: world.buyers[1], in: database) == .paid)
            let clerk = try await CounterSaleTests.clerk(of: world, in: database)
            let sold = try await process.open([world.seatIDs[2]], of: showtimeID, by: clerk, channel: .counter, from: Self.here)
            try await lapse(sold, process, database)
            #expect(try await holders(database).isEmpty)
            let late = try await open(3, by: world.buyers[3])
            try await database.execute(
                "UPDATE orders SET created_at = now() - INTERVAL '10 minutes', expires_at = now() + INTERVAL '5 minutes' WHERE id = \(late)"
            )
            try await cancel(late, by: world.buyers[3])
            #expect(try await holders(database) == ["account:\(world.buyers[3].accountID)", "block:3405803783"])
        }
    }

    @Test("Cancelling and ordering anew again and again counts as letting orders lapse, except for two orders of a showtime in a day")
    func cancelling() async throws {
        try await withHall(showtimes: 2) { database, world, processes in
            let (process, buyer) = (processes[0], world.buyers[0])
            func holdAndCancel(_ showtime: Int, by buyer: Principal) async throws {
                let id = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[showtime], by: buyer, from: Self.here)
                try await database.withTransaction { try await process.orders.cancel(id, by: buyer.accountID, in: $0) }
            }
            for showtime in [0, 1, 0, 1] { try await holdAndCancel(showtime, by: buyer) }
            try await holdAndCancel(0, by: world.buyers[1])
            #expect(try await holders(database).isEmpty)
            for lapses in 1...2 {
                try await holdAndCancel(0, by: buyer)
                let recorded = try await count(
                    "SELECT count(*) FROM lapsed_holds WHERE holder = \("account:\(buyer.accountID)")", in: database)
                #expect(recorded == lapses)
            }
            await #expect { try await holdAndCancel(1, by: buyer) } throws: { ($0 as? Refusal)?.code == "holds_paused" }
            // What was long ago counts no longer.
            try await database.execute("DELETE FROM lapsed_holds")
            try await database.execute("UPDATE orders SET created_at = created_at - INTERVAL '25 hours' WHERE state = 'cancelled'")
            try await holdAndCancel(0, by: buyer)
            #expect(try await holders(database).isEmpty)
        }
    }

    @Test("Nothing is recorded of orders that were opened while the limits were off")
    func switchedOff() async throws {
        try await withHall(nil) { database, world, processes in
            let id = try await processes[0].open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0], from: Self.here)
            try await lapse(id, processes[0], database)
            #expect(try await holders(database).isEmpty)
        }
    }

    @Test("After the second lapse its buyer waits, however it comes, and is let in when the pause is over")
    func pausing() async throws {
        try await withHall { database, world, processes in
            let (process, buyer, showtimeID) = (processes[0], world.buyers[0], world.showtimeIDs[0])
            func seconds(_ account: Principal) async throws -> Int? {
                do {
                    try await lapse(
                        try await process.open([world.seatIDs[0]], of: showtimeID, by: account, from: Self.elsewhere), process, database)
                    return nil
                } catch let refusal as Refusal {
                    guard case .tooOften(let seconds) = refusal.kind else { throw refusal }
                    #expect(refusal.code == "holds_paused")
                    return seconds
                }
            }
            try await prove("+8613800138000", nil, of: buyer, in: database)
            #expect(try await seconds(buyer) == nil)
            #expect(try await seconds(buyer) == nil)
            let first = try #require(try await seconds(buyer))
            #expect((1...300).contains(first))
            // The number goes to another account, and the pause with it.
            try await prove(nil, nil, of: buyer, in: database)
            try await prove("+8613800138000", nil, of: world.buyers[1], in: database)
            #expect(try await seconds(world.buyers[1]) != nil)
            #expect(try await seconds(world.buyers[2]) == nil)
            // Over, and with one more lapse it is twice as long.
            try await database.execute("UPDATE lapsed_holds SET lapsed_at = lapsed_at - INTERVAL '300 seconds'")
            #expect(try await seconds(buyer) == nil)
            let second = try #require(try await seconds(buyer))
            #expect((301...600).contains(second))
            try await database.execute("UPDATE lapsed_holds SET lapsed_at = lapsed_at - INTERVAL '24 hours'")
            #expect(try await seconds(buyer) == nil)
        }
    }

    @Test("An order that has lapsed and that nobody has swept counts already")
    func unswept() async throws {
        try await withHall(showtimes: 3) { database, world, processes in
            let (process, buyer) = (processes[0], world.buyers[0])
            for showtimeID in world.showtimeIDs.prefix(2) {
                _ = try await process.open([world.seatIDs[0]], of: showtimeID, by: buyer, from: Self.here)
            }
            try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second'")
            await #expect { try await process.open([world.seatIDs[0]], of: world.showtimeIDs[2], by: buyer, from: Self.here) } throws: {
                ($0 as? Refusal)?.code == "holds_paused"
            }
        }
    }

    @Test("A network of which too many orders have lapsed is paused as a whole, and another one isn't")
    func network() async throws {
        try await withHall(SquattingConfiguration(addressLapses: 5)) { database, world, processes in
            let (process, showtimeID) = (processes[0], world.showtimeIDs[0])
            for index in 0..<6 {
                let id = try await process.open([world.seatIDs[index]], of: showtimeID, by: world.buyers[index], from: Self.here)
                try await lapse(id, process, database)
            }
            await #expect { try await process.open([world.seatIDs[7]], of: showtimeID, by: world.buyers[7], from: Self.here) } throws: {
                ($0 as? Refusal)?.code == "holds_paused"
            }
            _ = try await process.open([world.seatIDs[7]], of: showtimeID, by: world.buyers[7], from: Self.elsewhere)
        }
    }

    @Test("A lapse in one network of a site counts for the site, swept or not, and for no other site", arguments: [true, false])
    func site(isSwept: Bool) async throws {
        try await withHall(SquattingConfiguration(addressLapses: 0)) { database, world, processes in
            let (process, showtimeID) = (processes[0], world.showtimeIDs[0])
            func open(_ number: Int, from address: String) async throws -> UUID {
                try await process.open([world.seatIDs[number]], of: showtimeID, by: world.buyers[number], from: address)
            }
            let id = try await open(0, from: "2001:db8:0:1::1")
            try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second' WHERE id = \(id)")
            if isSwept { try await process.sweeper.sweep() }
            await #expect { try await open(1, from: "2001:db8:0:2::1") } throws: { ($0 as? Refusal)?.code == "holds_paused" }
            _ = try await open(1, from: "2001:db8:1::1")
        }
    }

    @Test("An order brings its network's number into its row, as it is counted")
    func row() async throws {
        try await withHall { database, world, processes in
            _ = try await processes[0].open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0], from: Self.here)
            _ = try await processes[0].open([world.seatIDs[1]], of: world.showtimeIDs[0], by: world.buyers[1])
            let blocks = try await database.rows("SELECT address_block FROM orders ORDER BY address_block") {
                try $0["address_block"] as Int64?
            }
            #expect(blocks == [-1, 3_405_803_783])
        }
    }
}
