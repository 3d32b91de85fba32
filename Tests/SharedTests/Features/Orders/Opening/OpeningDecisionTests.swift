import Callers
import Foundation
import Testing

@testable import Shared

@Suite("Opening orders, the rules of a batch")
struct OpeningDecisionTests {
    static let now = Date(timeIntervalSince1970: 1_790_000_000)
    let plan = SeatFixtures.plan(["SSSSSSSS", "LRLR"])

    private func opening(
        _ seats: [Int64],
        account: Int64 = 1,
        plan: ShowtimePlan? = nil,
        key: String? = nil,
        asking: UInt8 = 1
    ) throws -> OrderOpening {
        try OrderOpening(
            orderID: UUID(),
            by: Principal(accountID: account, realm: .client, merchantID: nil, permission: [.read, .write], sessionID: account * 10),
            plan: plan ?? self.plan,
            seatIDs: seats,
            idempotency: key.map { IdempotentRequest(accountID: account, operation: "POST /v1/orders", key: $0, sha256: [asking]) }
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

    private func decide(_ batch: [OrderOpening], _ facts: OpeningFacts) -> OpeningDecision {
        OpeningDecision(batch, facts: facts, limits: OrderConfiguration())
    }

    private func refusals(_ decision: OpeningDecision) -> [Refusal?] {
        decision.results.map { result in
            if case .failure(let error) = result { error as? Refusal } else { nil }
        }
    }

    @Test("A free choice becomes an order priced by the server, held for fifteen minutes")
    func opened() throws {
        let decision = decide([try opening([101, 102])], facts())
        let order = try #require(decision.opened.first?.order)
        #expect(order.amount == OrderAmount(ticketAmountFen: 9000, serviceFeeFen: 600))
        #expect(order.amount.payableFen == 9600)
        #expect(order.expiresAt == Self.now.addingTimeInterval(900))
        #expect(order.lines.map(\.priceFen) == [4500, 4500])
        #expect(decision.touchedShowtimeIDs == [1])
    }

    @Test("A movie that has ended is sold no longer, with the reason, and only when nothing else stands in the way")
    func movieEnded() throws {
        let ended = facts { $0.showtimes[1]?.isMovieEnded = true }
        let refusal = Refusal.saleClosed.about(seats: [101]).because("movie_ended")
        #expect(refusals(decide([try opening([101])], ended)) == [refusal])
        let revoked = facts {
            $0.showtimes[1]?.isMovieEnded = true
            $0.showtimes[1]?.isRightGranted = false
        }
        #expect(refusals(decide([try opening([101])], revoked)).map { $0?.code } == ["screening_right_missing"])
    }

    @Test("Of two in a batch that want one seat the first gets all its seats, the second none; a third is untouched")
    func rivalsInABatch() throws {
        let decision = decide(
            [try opening([101, 102], account: 1), try opening([102, 103], account: 2), try opening([103, 104], account: 3)],
            facts()
        )
        #expect(refusals(decision) == [nil, .seatTaken.about(seats: [102]), nil])
        #expect(decision.opened.map { $0.order.lines.map(\.seatID) } == [[101, 102], [103, 104]])
    }

    @Test("A live claim refuses, a lapsed one gives way and its whole order is named to expire")
    func claims() throws {
        let lapsed = UUID()
        let facts = facts {
            $0.claims[SeatOfShowtime(showtimeID: 1, seatID: 101)] = .init(orderID: UUID(), hasLapsed: false)
            $0.claims[SeatOfShowtime(showtimeID: 1, seatID: 105)] = .init(orderID: lapsed, hasLapsed: true)
        }
        let decision = decide([try opening([101, 105]), try opening([105, 106])], facts)
        #expect(refusals(decision) == [.seatTaken.about(seats: [101]), nil])
        #expect(decision.lapsedOrderIDs == [lapsed])
    }

    @Test("One's own unpaid order is named where it alone stands in the way; else the seats that others have are")
    func ownSeats() throws {
        let (first, second) = (UUID(), UUID())
        let facts = facts {
            let claims: [(seatID: Int64, orderID: UUID, unpaidOf: Int64?)] = [
                (101, first, 1), (102, first, 1), (103, second, 1), (104, UUID(), 2),
                // Paid: perhaps the buyer's own, but nothing that it could pay or cancel.
                (105, UUID(), nil),
            ]
            for claim in claims {
                $0.claims[SeatOfShowtime(showtimeID: 1, seatID: claim.seatID)] = .init(
                    orderID: claim.orderID, hasLapsed: false, unpaidOf: claim.unpaidOf)
            }
        }
        func refusal(_ seats: [Int64], account: Int64 = 1) throws -> Refusal? {
            refusals(decide([try opening(seats, account: account)], facts))[0]
        }
        #expect(try refusal([102, 101, 106]) == .seatsHeldByYou.about(seats: [101, 102]).about(order: first))
        #expect(try refusal([102, 103]) == .seatsHeldByYou.about(seats: [102]).about(order: first))
        #expect(try refusal([101, 104]) == .seatTaken.about(seats: [104]))
        #expect(try refusal([101, 105]) == .seatTaken.about(seats: [105]))
        #expect(try refusal([101, 102], account: 2) == .seatTaken.about(seats: [101, 102]))
        // The second of a batch meets what the first has just taken.
        let twice = decide([try opening([107]), try opening([107, 108])], facts)
        let opened = try #require(twice.opened.first?.order.id)
        #expect(refusals(twice) == [nil, .seatsHeldByYou.about(seats: [107]).about(order: opened)])
    }

    @Test("A new order ends its buyer's lapsed ones for the same showtime, so that late money can't bring both")
    func ownLapsedOrders() throws {
        let (here, elsewhere) = (UUID(), UUID())
        let facts = facts {
            $0.lapsedOrders[BuyerOfShowtime(accountID: 1, showtimeID: 1)] = [here]
            $0.lapsedOrders[BuyerOfShowtime(accountID: 1, showtimeID: 2)] = [elsewhere]
        }
        #expect(decide([try opening([101])], facts).lapsedOrderIDs == [here])
        #expect(decide([try opening([101], account: 2)], facts).lapsedOrderIDs.isEmpty)
    }

    @Test("A refused request changes nothing: no lapsed order expires for it")
    func refusedChangesNothing() throws {
        let facts = facts {
            $0.claims[SeatOfShowtime(showtimeID: 1, seatID: 105)] = .init(orderID: UUID(), hasLapsed: true)
            $0.claims[SeatOfShowtime(showtimeID: 1, seatID: 106)] = .init(orderID: UUID(), hasLapsed: false)
        }
        let decision = decide([try opening([105, 106])], facts)
        #expect(decision.opened.isEmpty)
        #expect(decision.lapsedOrderIDs.isEmpty)
    }

    @Test("The seat limit counts unpaid and paid seats of the showtime, and those of the same batch")
    func seatLimit() throws {
        let facts = facts {
            $0.unpaidOrders[1] = [.init(id: UUID(), showtimeID: 1, seats: 2), .init(id: UUID(), showtimeID: 2, seats: 6)]
            $0.paidSeats[BuyerOfShowtime(accountID: 1, showtimeID: 1)] = 2
        }
        #expect(refusals(decide([try opening([101, 102])], facts)) == [nil])
        #expect(
            refusals(decide([try opening([101, 102, 103])], facts)) == [.seatLimitReached.about(limit: 6).about(seats: [101, 102, 103])])
        let two = decide([try opening([101, 102]), try opening([103])], facts)
        #expect(refusals(two) == [nil, .seatLimitReached.about(limit: 6).about(seats: [103])])
    }

    @Test("A fourth unpaid order is refused, also when the three before it are of the same batch")
    func unpaidLimit() throws {
        let batch = try [101, 102, 103, 104].map { try opening([$0]) }
        #expect(refusals(decide(batch, facts())) == [nil, nil, nil, .unpaidOrderLimitReached.about(limit: 3).about(seats: [104])])
    }

    @Test("One key twice in a batch folds into one order")
    func foldedKey() throws {
        let batch = [try opening([101], key: "k"), try opening([101], key: "k"), try opening([102], key: "k", asking: 2)]
        let decision = decide(batch, facts())
        #expect(decision.opened.count == 1)
        #expect(refusals(decision) == [nil, nil, .idempotencyKeyReused])
        guard case .opened(let order, nil) = try decision.results[0].get(), case .folded(let same) = try decision.results[1].get() else {
            Issue.record("not folded")
            return
        }
        #expect(order == same)
    }

    @Test("Somebody else's key of the same name is another key")
    func keysBelongToAccounts() throws {
        let decision = decide([try opening([101], account: 1, key: "k"), try opening([102], account: 2, key: "k")], facts())
        #expect(decision.opened.count == 2)
    }

    @Test("A recorded answer is given again, even when the sale has closed since")
    func recorded() throws {
        let answer = RecordedAnswer(status: 201, location: "/v1/orders/x", body: [1])
        let facts = facts {
            $0.records[IdempotencyRecordKey(accountID: 1, operation: "POST /v1/orders", key: "k")] = (sha256: [1], answer: answer)
            $0.showtimes[1]?.window = SaleWindow(opensAt: nil, closesAt: nil, startsAt: Self.now.addingTimeInterval(-1))
        }
        let decision = decide([try opening([101], key: "k")], facts)
        guard case .repeated(answer) = try decision.results[0].get() else {
            Issue.record("not repeated")
            return
        }
        #expect(decision.opened.isEmpty)
    }

    @Test("A revoked session is nobody, a blacklisted account is restricted")
    func buyers() throws {
        let facts = facts {
            $0.buyers[10] = .unknown
            $0.buyers[20] = .restricted
            $0.buyers[90] = nil
        }
        let decision = decide(try [1, 2, 9].map { try opening([101], account: $0) }, facts)
        #expect(refusals(decision) == [.unauthenticated, .lacking(.write, of: "orders"), .unauthenticated])
    }

    @Test(
        "The sale window decides to the moment",
        arguments: [
            (1.0, nil, nil, nil, Refusal.saleNotOpen(until: now.addingTimeInterval(1))), (0, nil, nil, nil, nil),
            (nil, 0.0, nil, nil, .saleClosed(since: now)),
            (nil, 1, nil, nil, nil), (nil, nil, 0.0, nil, .saleClosed(since: now)), (nil, nil, nil, 0.0, .showtimeCancelled),
        ] as [(Double?, Double?, Double?, Double?, Refusal?)]
    )
    func window(opens: Double?, closes: Double?, closed: Double?, cancelled: Double?, refusal: Refusal?) throws {
        func date(_ offset: Double?) -> Date? { offset.map(Self.now.addingTimeInterval) }
        let facts = facts {
            $0.showtimes[1]?.window = SaleWindow(
                opensAt: date(opens), closesAt: date(closes), startsAt: Self.now.addingTimeInterval(60),
                closedAt: date(closed), cancelledAt: date(cancelled))
        }
        #expect(refusals(decide([try opening([101])], facts)) == [refusal?.about(seats: [101])])
    }

    @Test("No right, no verified merchant, no showtime: no sale")
    func conditions() throws {
        let batch = [try opening([101])]
        #expect(refusals(decide(batch, facts { $0.showtimes[1]?.isRightGranted = false })) == [.screeningRightMissing.about(seats: [101])])
        #expect(refusals(decide(batch, facts { $0.showtimes[1]?.isMerchantVerified = false })) == [.saleClosed.about(seats: [101])])
        #expect(refusals(decide(batch, facts { $0.showtimes[1] = nil })) == [.showtimeUnknown])
        let neither = facts {
            $0.showtimes[1]?.window = SaleWindow(opensAt: Self.now + 1, closesAt: nil, startsAt: Self.now + 60)
            $0.showtimes[1]?.isMerchantVerified = false
        }
        #expect(refusals(decide(batch, neither)) == [.saleClosed.about(seats: [101])], "Nobody waits for a sale that won't come.")
    }

    @Test("Orphans are refused where the showtime says so, counting what the batch took before")
    func orphans() throws {
        let strict = SeatFixtures.plan(["SSSS"], refusesOrphans: true)
        let decision = decide([try opening([101, 102], account: 1, plan: strict), try opening([104], account: 2, plan: strict)], facts())
        #expect(refusals(decision) == [nil, .orphanSeatLeft.about(seats: [103])])
    }

    @Test("A repeated batch answers with the orders that are there")
    func repetition() throws {
        let request = try opening([101])
        let stored = request.order(at: Self.now, holdTime: .seconds(900), refundPolicyID: nil)
        let facts = facts {
            $0.existing[stored.id] = stored
            $0.claims[SeatOfShowtime(showtimeID: 1, seatID: 101)] = .init(orderID: stored.id, hasLapsed: false)
        }
        let decision = decide([request], facts)
        guard case .opened(let order, nil) = try decision.results[0].get() else {
            Issue.record("not answered as opened")
            return
        }
        #expect(order == stored)
        #expect(decision.opened.isEmpty)
    }

    @Test(
        "A repeated batch answers as it did when the order was opened, if that was recorded for the same request",
        arguments: [1, 2] as [UInt8])
    func recordedRepetition(asked: UInt8) throws {
        let request = try opening([101], key: "k")
        let stored = request.order(at: Self.now, holdTime: .seconds(900), refundPolicyID: nil)
        let recorded = RecordedAnswer(status: 201, location: "/v1/orders/x", body: [1])
        let facts = facts {
            $0.existing[stored.id] = stored
            $0.records[IdempotencyRecordKey(accountID: 1, operation: "POST /v1/orders", key: "k")] = (sha256: [asked], answer: recorded)
        }
        guard case .opened(stored, let answer) = try decide([request], facts).results[0].get() else {
            Issue.record("not answered as opened")
            return
        }
        #expect(answer == (asked == 1 ? recorded : nil))
    }
}
