import Callers
import Foundation
import Testing

@testable import Shared

@Suite("What orders cost when they are opened")
struct OpeningPriceTests {
    let plan = SeatFixtures.plan(["SSSSSSSS", "LRLR"])

    private func opening(_ seats: [Int64], expecting expectedFen: Int64?, account: Int64 = 1) throws -> OrderOpening {
        try OrderOpening(
            orderID: UUID(),
            by: Principal(accountID: account, realm: .client, merchantID: nil, permission: [.read, .write], sessionID: account * 10),
            plan: plan, seatIDs: seats, idempotency: nil, expectedPayableFen: expectedFen)
    }

    private func decide(_ batch: [OrderOpening], claimed: [Int64] = []) -> OpeningDecision {
        var facts = OpeningFacts(now: OpeningDecisionTests.now)
        facts.showtimes[1] = OpeningFacts.Showtime(
            version: 1, window: SaleWindow(opensAt: nil, closesAt: nil, startsAt: OpeningDecisionTests.now.addingTimeInterval(3600)),
            seatLimit: 6, isMerchantVerified: true, isRightGranted: true)
        for account in 1...9 { facts.buyers[Int64(account) * 10] = .welcome }
        for seatID in claimed { facts.claims[SeatOfShowtime(showtimeID: 1, seatID: seatID)] = .init(orderID: UUID(), hasLapsed: false) }
        return OpeningDecision(batch, facts: facts, limits: OrderConfiguration())
    }

    @Test("A buyer who expects the right price gets the order, whoever expects another is told the price and holds nothing")
    func expected() throws {
        let batch = [
            try opening([101, 102], expecting: 9600), try opening([103], expecting: 4799, account: 2),
            try opening([103], expecting: nil, account: 3),
            try opening([104], expecting: 0, account: 4),
        ]
        let decision = decide(batch)
        #expect(decision.opened.map(\.order.accountID) == [1, 3])
        let changed = #expect(throws: PriceChanged.self) { try decision.results[1].get() }
        #expect(changed?.refusal == .priceChanged.about(seats: [103]))
        #expect(changed?.price.amount.payableFen == 4800)
        #expect(changed?.price.quote.lines.map(\.baseFen) == [4500] && changed?.price.quote.lines.map(\.priceFen) == [4500])
        #expect(throws: PriceChanged.self) { try decision.results[3].get() }
    }

    @Test("What else is wrong is said first")
    func order() throws {
        let decision = decide([try opening([101], expecting: 1)], claimed: [101])
        #expect(throws: Refusal.seatTaken.about(seats: [101])) { try decision.results[0].get() }
    }

    @Test("A preview, an order and the seat map have one price")
    func onePrice() throws {
        let request = try opening([101, 102], expecting: nil)
        let order = request.order(at: OpeningDecisionTests.now, holdTime: .seconds(900), refundPolicyID: nil)
        let price = OrderPrice(of: request.seats, by: plan)
        #expect(order.amount == price.amount && order.lines == price.lines(for: request.seats))
        #expect(price.quote.lines.map { Optional($0.baseFen) } == request.seats.map { plan.pricesFen[$0.zone] })
        #expect(price.quote.lines.allSatisfy { $0.baseFen == $0.priceFen && $0.discounts.isEmpty })
    }

    @Test("Shares of discounts become the order's, with its sums")
    func shares() throws {
        let request = try opening([101, 102, 103], expecting: nil)
        let coupon = TicketCoupon(
            .amount(fen: 1000), terms: OfferTerms(source: .coupon(id: 5, templateID: 2, version: 1), payer: .merchant))
        let offer = OrderOffer(.amount(fen: 600), terms: OfferTerms(source: .campaign(templateID: 3, version: 4), payer: .platform))
        let price = OrderPrice(
            of: request.seats, by: plan, floorFen: 4000, with: PriceOffers(ticketCoupons: [coupon], orderOffer: offer))
        let order = request.order(at: OpeningDecisionTests.now, holdTime: .seconds(900), refundPolicyID: nil, price: price)
        // The merchant's coupon stops at the minimum price.
        #expect(order.amount.discountFen == 500 + 600 && order.amount.payableFen == 13_500 - 1_100 + 900)
        #expect(order.lines.map(\.discountFen).reduce(0, +) == 1100 && order.lines.map(\.othersFen).reduce(0, +) == 600)
        #expect(order.lines.reduce(0) { $0 + $1.creditedFen } == 13_500 - 500)
        #expect(order.lines.map(\.priceFen) == [4500, 4500, 4500])
    }
}
