import Callers
import Foundation
import Testing

@testable import Shared

@Suite("Holding seats for nothing, the rules")
struct SquattingDecisionTests {
    static let now = Date(timeIntervalSince1970: 1_790_000_000)
    /// Of 16 seats, 14 of which are sold online.
    let plan = SeatFixtures.plan(["SSSSSSSS", "LRLRSWHX"])
    static let here: Int64 = 2_130_706_433
    static let elsewhere: Int64 = 167_772_161
    /// Two networks of one site of version 6, 2001:db8:0:1::/64 and 2001:db8:0:2::/64.
    static let (neighbour, otherNeighbour): (Int64, Int64) = (0x2001_0DB8_0000_0001, 0x2001_0DB8_0000_0002)
    static let otherSite: Int64 = 0x2001_0DB8_0001_0001

    private func opening(
        _ seats: [Int64], account: Int64 = 1, from addressBlock: Int64? = Self.here, channel: OrderChannel = .online,
        challenge: CheckedChallenge? = nil, key: String? = nil
    ) throws -> OrderOpening {
        try OrderOpening(
            orderID: UUID(),
            by: Principal(accountID: account, realm: .client, merchantID: nil, permission: [.read, .write], sessionID: account * 10),
            channel: channel,
            plan: plan,
            seatIDs: seats,
            idempotency: key.map { IdempotentRequest(accountID: account, operation: "POST /v1/orders", key: $0, sha256: [1]) },
            addressBlock: addressBlock,
            challenge: challenge
        )
    }

    private func facts(_ change: (inout OpeningFacts) -> Void = { _ in }) -> OpeningFacts {
        var facts = OpeningFacts(now: Self.now)
        facts.showtimes[1] = OpeningFacts.Showtime(
            version: 1,
            window: SaleWindow(opensAt: nil, closesAt: nil, startsAt: Self.now.addingTimeInterval(3600)),
            seatLimit: 6,
            isMerchantVerified: true,
            isRightGranted: true
        )
        for account in 1...9 { facts.buyers[Int64(account) * 10] = .welcome }
        change(&facts)
        return facts
    }

    private func refusals(
        _ batch: [OrderOpening], _ facts: OpeningFacts, _ rules: SquattingConfiguration? = SquattingConfiguration(challengeShare: 100)
    ) -> [Refusal?] {
        OpeningDecision(batch, facts: facts, limits: OrderConfiguration(squatting: rules)).results.map { result in
            if case .failure(let error) = result { error as? Refusal } else { nil }
        }
    }

    private static func held(_ seats: Int, from addressBlock: Int64 = here) -> (inout OpeningFacts) -> Void {
        { facts in
            for block in NumberedBlock.all(of: addressBlock) {
                facts.heldSeats[OpeningFacts.AddressOfShowtime(addressBlock: block, showtimeID: 1), default: 0] += seats
            }
        }
    }

    // MARK: A contact

    @Test("A second unpaid order needs a proved contact; the first, and one after the first was paid, don't")
    func contact() throws {
        let rules = SquattingConfiguration(needsContact: true)
        let batch = [try opening([101]), try opening([102])]
        #expect(refusals(batch, facts(), rules) == [nil, .contactNeeded.about(seats: [102])])
        #expect(refusals(batch, facts { $0.provedAccountIDs = [1] }, rules) == [nil, nil])
        #expect(refusals(batch, facts { $0.provedAccountIDs = [2] }, rules) == [nil, .contactNeeded.about(seats: [102])])
        #expect(refusals(batch, facts(), SquattingConfiguration(needsContact: false)) == [nil, nil])
        #expect(refusals(batch, facts { $0.paidSeats[BuyerOfShowtime(accountID: 1, showtimeID: 1)] = 2 }, rules)[0] == nil)
        let counter = try [101, 102].map { try opening([$0], from: nil, channel: .counter) }
        #expect(refusals(counter, facts(), rules) == [nil, nil])
    }

    // MARK: The share

    @Test("A network holds half of the 14 seats that are sold, whoever asks, counting what the batch took before")
    func share() throws {
        let refusal = Refusal.addressShareReached(seats: 7, of: 14)
        #expect(refusals([try opening([101, 102])], facts(Self.held(5))) == [nil])
        #expect(refusals([try opening([101, 102])], facts(Self.held(6))) == [refusal.about(seats: [101, 102])])
        #expect(refusals([try opening([101])], facts(Self.held(6))) == [nil])
        #expect(refusals([try opening([101])], facts(Self.held(7, from: Self.elsewhere))) == [nil])
        let batch = [try opening([101, 102, 103, 104]), try opening([105, 106, 107], account: 2), try opening([108], account: 3)]
        #expect(refusals(batch, facts()) == [nil, nil, refusal.about(seats: [108])])
        let apart = try batch + [opening([204, 203], account: 4, from: Self.elsewhere)]
        #expect(refusals(apart, facts()) == [nil, nil, refusal.about(seats: [108]), nil])
    }

    @Test("The share is a setting; without the rules, and at the counter, there is none", arguments: [(1, 1), (15, 2), (50, 7), (100, 14)])
    func shareSetting(share: Int, seats: Int) throws {
        let rules = SquattingConfiguration(addressShare: share, challengeShare: 100)
        #expect(refusals([try opening([101])], facts(Self.held(seats - 1)), rules) == [nil])
        let refusal = Refusal.addressShareReached(seats: seats, of: 14).about(seats: [101])
        #expect(refusals([try opening([101])], facts(Self.held(seats)), rules) == [refusal])
        #expect(refusals([try opening([101], from: nil)], facts(Self.held(seats)), nil) == [nil])
        #expect(refusals([try opening([101], from: nil, channel: .counter)], facts(Self.held(seats)), rules) == [nil])
    }

    @Test(
        "A site of version 6 has sixteen networks' share, and no more than half of the 14 seats unless one network has",
        arguments: [(1, 7), (10, 7), (50, 7), (75, 10)])
    func siteShare(share: Int, seats: Int) throws {
        let rules = SquattingConfiguration(addressShare: share, challengeShare: 100)
        let refusal = Refusal.addressShareReached(seats: seats, of: 14).about(seats: [101])
        let next = [try opening([101], from: Self.otherNeighbour)]
        #expect(refusals(next, facts(Self.held(seats - 1, from: Self.neighbour)), rules) == [nil])
        #expect(refusals(next, facts(Self.held(seats, from: Self.neighbour)), rules) == [refusal])
        #expect(refusals([try opening([101], from: Self.otherSite)], facts(Self.held(seats, from: Self.neighbour)), rules) == [nil])
        #expect(refusal["limit"] == .number(Int64(seats)))
    }

    @Test("Seats that one network of a site takes in a batch count for the site's next network")
    func siteInBatch() throws {
        let batch = [
            try opening([101, 102, 103, 104], from: Self.neighbour), try opening([105, 106, 107], account: 2, from: Self.otherNeighbour),
            try opening([108], account: 3, from: Self.neighbour), try opening([108], account: 4, from: Self.otherSite),
        ]
        #expect(refusals(batch, facts()) == [nil, nil, .addressShareReached(seats: 7, of: 14).about(seats: [108]), nil])
    }

    // MARK: The challenge

    private static func solved(_ id: String = "a", for seconds: Double = 60) -> CheckedChallenge {
        .solved(id: id, expiresAt: now.addingTimeInterval(seconds))
    }

    @Test("Above a quarter of the seats a network needs a solved challenge; the first order of a network never does")
    func threshold() throws {
        let rules = SquattingConfiguration()
        #expect(refusals([try opening([101, 102])], facts(Self.held(1)), rules) == [nil])
        #expect(refusals([try opening([101, 102])], facts(Self.held(2)), rules) == [.challengeRequired.about(seats: [101, 102])])
        #expect(refusals([try opening([101, 102, 103, 104, 105, 106])], facts(), rules) == [nil])
        #expect(refusals([try opening([101, 102], challenge: Self.solved())], facts(Self.held(2)), rules) == [nil])
        #expect(refusals([try opening([101, 102])], facts(Self.held(2)), nil) == [nil])
    }

    @Test("So does a site of version 6 above a quarter, however little one network may hold without a challenge", arguments: [10, 25])
    func siteThreshold(share: Int) throws {
        let rules = SquattingConfiguration(challengeShare: share)
        let next = [try opening([101], from: Self.otherNeighbour)]
        #expect(refusals(next, facts(Self.held(2, from: Self.neighbour)), rules) == [nil])
        #expect(refusals(next, facts(Self.held(3, from: Self.neighbour)), rules) == [.challengeRequired.about(seats: [101])])
        let solved = [try opening([101], from: Self.otherNeighbour, challenge: Self.solved())]
        #expect(refusals(solved, facts(Self.held(3, from: Self.neighbour)), rules) == [nil])
        #expect(refusals([try opening([101], from: Self.otherSite)], facts(Self.held(3, from: Self.neighbour)), rules) == [nil])
    }

    @Test("A wrong answer, an old one, and one that has opened an order before count as none")
    func invalidChallenges() throws {
        let rules = SquattingConfiguration()
        let needed = Refusal.challengeRequired.about(seats: [101])
        func refusal(_ challenge: CheckedChallenge?, _ change: (inout OpeningFacts) -> Void = { _ in }) throws -> Refusal? {
            let facts = facts {
                Self.held(4)(&$0)
                change(&$0)
            }
            return refusals([try opening([101], challenge: challenge)], facts, rules)[0]
        }
        #expect(try refusal(nil) == needed)
        #expect(try refusal(.wrong) == needed)
        #expect(try refusal(Self.solved(for: 0)) == needed)
        #expect(try refusal(Self.solved(for: -1)) == needed)
        #expect(try refusal(Self.solved()) { $0.usedChallengeIDs = ["a"] } == needed)
        #expect(try refusal(Self.solved()) { $0.usedChallengeIDs = ["b"] } == nil)
    }

    @Test("A challenge opens one order, also when two come in one batch; where none is needed it isn't used up")
    func usedOnce() throws {
        let batch = [try opening([101], challenge: Self.solved()), try opening([102], account: 2, challenge: Self.solved())]
        let needed = OpeningDecision(batch, facts: facts(Self.held(4)), limits: OrderConfiguration(squatting: SquattingConfiguration()))
        #expect(needed.opened.map(\.challenge?.id) == ["a"])
        #expect(refusals(batch, facts(Self.held(4)), SquattingConfiguration()) == [nil, .challengeRequired.about(seats: [102])])
        let unneeded = OpeningDecision(batch, facts: facts(), limits: OrderConfiguration(squatting: SquattingConfiguration()))
        #expect(unneeded.opened.map(\.challenge?.id) == [nil, nil])
    }

    @Test("The challenge comes first, the share after it: a solved one doesn't lift the share and isn't used up by its refusal")
    func order() throws {
        let beyond = facts(Self.held(7))
        #expect(refusals([try opening([101])], beyond, SquattingConfiguration()) == [.challengeRequired.about(seats: [101])])
        let solved = try opening([101], challenge: Self.solved())
        #expect(refusals([solved], beyond, SquattingConfiguration()) == [.addressShareReached(seats: 7, of: 14).about(seats: [101])])
        #expect(OpeningDecision([solved], facts: beyond, limits: OrderConfiguration(squatting: SquattingConfiguration())).opened.isEmpty)
    }

    @Test("A request that was carried out before is answered again without a challenge")
    func repeated() throws {
        let answer = RecordedAnswer(status: 201, location: "/v1/orders/x", body: [1])
        let facts = facts {
            Self.held(14)(&$0)
            $0.records[IdempotencyRecordKey(accountID: 1, operation: "POST /v1/orders", key: "k")] = (sha256: [1], answer: answer)
            $0.lapsesOfAccounts[1] = Lapses(count: 9, last: Self.now)
        }
        let decision = OpeningDecision(
            [try opening([101], key: "k")], facts: facts, limits: OrderConfiguration(squatting: SquattingConfiguration(needsContact: true)))
        guard case .repeated(answer) = try decision.results[0].get() else {
            Issue.record("not repeated")
            return
        }
    }

    // MARK: Pauses

    @Test(
        "A person's pause doubles with each order that lapses, from the second on, up to a bound",
        arguments: [(1, 0), (2, 300), (3, 600), (4, 1200), (5, 2400), (8, 19_200), (9, 19_200), (50, 19_200)] as [(Int, Double)])
    func personPause(lapses: Int, seconds: Double) throws {
        try expectPause(of: seconds) { $0.lapsesOfAccounts[1] = Lapses(count: lapses, last: $1) }
    }

    @Test(
        "A network's does once so many have lapsed as may",
        arguments: [(1, 0), (20, 0), (21, 300), (22, 600), (25, 4800), (26, 4800), (50, 4800)] as [(Int, Double)])
    func networkPause(lapses: Int, seconds: Double) throws {
        let block = NumberedBlock(first: Self.here, clients: 1)
        try expectPause(of: seconds) { $0.lapsesOfAddressBlocks[block] = Lapses(count: lapses, last: $1) }
    }

    @Test(
        "A site's does once as many have lapsed as of sixteen networks may",
        arguments: [(320, 0), (321, 300), (322, 600), (800, 4800)] as [(Int, Double)])
    func sitePause(lapses: Int, seconds: Double) throws {
        let site = try #require(NumberedBlock.all(of: Self.neighbour).last)
        try expectPause(of: seconds, from: Self.otherNeighbour) { $0.lapsesOfAddressBlocks[site] = Lapses(count: lapses, last: $1) }
    }

    /// A pause lasts so long after the last lapse, to the second, and then it is over.
    private func expectPause(
        of seconds: Double, from addressBlock: Int64 = Self.here, _ set: (inout OpeningFacts, Date) -> Void
    ) throws {
        let batch = [try opening([101], from: addressBlock)]
        for (passed, left) in [(0, seconds), (seconds - 1, 1), (seconds - 0.25, 1), (seconds, 0), (seconds + 1, 0)] where passed >= 0 {
            let facts = facts { set(&$0, Self.now.addingTimeInterval(-passed)) }
            #expect(refusals(batch, facts) == [left > 0 ? .holdsPaused(seconds: Int(left)) : nil], "\(passed) s after the last")
        }
    }

    @Test("The longer of two pauses holds; other people, the counter, and an installation without pauses are free")
    func pauses() throws {
        let facts = facts {
            $0.lapsesOfAccounts[1] = Lapses(count: 2, last: Self.now)
            $0.lapsesOfAddressBlocks[NumberedBlock(first: Self.here, clients: 1)] = Lapses(count: 22, last: Self.now)
        }
        #expect(refusals([try opening([101])], facts) == [.holdsPaused(seconds: 600)])
        #expect(refusals([try opening([101], from: Self.elsewhere)], facts) == [.holdsPaused(seconds: 300)])
        #expect(refusals([try opening([101], account: 2)], facts) == [.holdsPaused(seconds: 600)])
        #expect(refusals([try opening([101], account: 2, from: Self.elsewhere)], facts) == [nil])
        #expect(refusals([try opening([101], from: nil, channel: .counter)], facts) == [nil])
        #expect(refusals([try opening([101])], facts, SquattingConfiguration(pause: .zero)) == [nil])
        #expect(refusals([try opening([101])], facts, nil) == [nil])
    }
}
