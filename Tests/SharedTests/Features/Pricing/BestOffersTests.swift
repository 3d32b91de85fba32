import Foundation
import Testing

@testable import Shared

@Suite("The best combination")
struct BestOffersTests {
    private static let all = Set(PriceStage.allCases)
    private static let tickets = [PricedTicket].row([4000, 5000])

    private func ticketCoupon(
        _ id: Int64, _ kind: TicketCoupon.Kind, expires: Double = 9, combinesWith: Set<PriceStage> = all, seats: Set<Int64>? = nil
    ) -> BestOffers.Coupon<TicketCoupon> {
        let terms = OfferTerms.paid(by: .platform, seats: seats, source: .coupon(id: id, templateID: 1, version: 1))
        return BestOffers.Coupon(
            id: id, expiresAt: Date(timeIntervalSince1970: expires), combinesWith: combinesWith, offer: TicketCoupon(kind, terms: terms)
        )
    }

    private func orderCoupon(
        _ id: Int64, _ kind: OrderOffer.Kind, expires: Double = 9, combinesWith: Set<PriceStage> = all, least: Int64 = 0
    ) -> BestOffers.Coupon<OrderOffer> {
        let terms = OfferTerms.paid(by: .platform, leastSpendFen: least, source: .coupon(id: id, templateID: 2, version: 1))
        return BestOffers.Coupon(
            id: id, expiresAt: Date(timeIntervalSince1970: expires), combinesWith: combinesWith, offer: OrderOffer(kind, terms: terms)
        )
    }

    private func best(_ candidates: BestOffers.Candidates, for tickets: [PricedTicket] = tickets) -> BestOffers {
        let best = BestOffers(for: tickets, among: candidates)
        #expect(Pricing.quote(tickets, with: best.offers).payableFen == best.payableFen)
        return best
    }

    @Test("With nothing to choose from it is the bases")
    func nothing() {
        #expect(best(.init()).payableFen == 9000)
        #expect(best(.init()).couponIDs.isEmpty && best(.init()).isComplete)
        #expect(best(.init(ticketCoupons: [ticketCoupon(1, .exchange)]), for: []).couponIDs.isEmpty)
    }

    @Test("It isn't greedy: two small coupons that combine beat the largest one that doesn't")
    func notGreedy() {
        let found = best(
            .init(
                ticketCoupons: [
                    ticketCoupon(1, .amount(fen: 1500), combinesWith: [.points]), ticketCoupon(2, .amount(fen: 800)),
                    ticketCoupon(3, .amount(fen: 800)),
                ],
                orderCoupons: [orderCoupon(4, .amount(fen: 1000), combinesWith: [.points])]
            ))
        #expect(found.couponIDs == [2, 3] && found.payableFen == 7400 && found.isComplete)
    }

    @Test("An offer that only one side lets combine is not combined")
    func oneSided() {
        let ticket = ticketCoupon(1, .amount(fen: 800))
        let order = orderCoupon(2, .amount(fen: 1000), combinesWith: [.points])
        #expect(best(.init(ticketCoupons: [ticket], orderCoupons: [order])).couponIDs == [2])
        let willing = orderCoupon(2, .amount(fen: 1000), combinesWith: [.ticket])
        #expect(best(.init(ticketCoupons: [ticket], orderCoupons: [willing])).couponIDs == [1, 2])
    }

    @Test("Of equals, fewer coupons; then what expires first; then the smaller id")
    func ties() {
        let (two, one) = (ticketCoupon(1, .amount(fen: 500), expires: 1), orderCoupon(3, .amount(fen: 1000), combinesWith: []))
        let half = ticketCoupon(2, .amount(fen: 500), expires: 1)
        #expect(best(.init(ticketCoupons: [two, half], orderCoupons: [one])).couponIDs == [3])
        let single = [PricedTicket].row([4000])
        let later = ticketCoupon(1, .amount(fen: 500), expires: 8)
        let sooner = ticketCoupon(2, .amount(fen: 500), expires: 7)
        #expect(best(.init(ticketCoupons: [later, sooner]), for: single).couponIDs == [2])
        let same = ticketCoupon(3, .amount(fen: 500), expires: 7)
        #expect(best(.init(ticketCoupons: [same, later, sooner]), for: single).couponIDs == [2])
        // Coupons that save nothing, or whose least spend isn't reached, are not proposed.
        let useless = orderCoupon(4, .amount(fen: 500), expires: 0, least: 4001)
        #expect(best(.init(ticketCoupons: [later], orderCoupons: [useless]), for: single).couponIDs == [1])
    }

    @Test("The campaign stands where no coupon is better, and gives way to one that excludes it")
    func campaign() {
        let campaign = BestOffers.Other(
            combinesWith: [.points],
            offer: OrderOffer(.amount(fen: 700), terms: .paid(by: .merchant, source: .campaign(templateID: 1, version: 1)))
        )
        let alone = best(.init(campaign: campaign))
        #expect(alone.usesCampaign && alone.couponIDs.isEmpty && alone.payableFen == 8300)
        let weaker = best(.init(ticketCoupons: [ticketCoupon(1, .amount(fen: 699))], campaign: campaign))
        #expect(weaker.usesCampaign && weaker.couponIDs.isEmpty)
        let stronger = best(.init(ticketCoupons: [ticketCoupon(1, .amount(fen: 701))], campaign: campaign))
        #expect(!stronger.usesCampaign && stronger.couponIDs == [1])
    }

    @Test("The member price is taken or left, the points always stand")
    func memberAndPoints() {
        let member = BestOffers.Other(combinesWith: [.order], offer: MemberPrice(.percentage(percent: 10), terms: .paid(by: .merchant)))
        let points = BestOffers.Other(combinesWith: [.ticket], offer: PointsOffer(worthFen: 1000, mostPercent: 50))
        #expect(best(.init(memberPrice: member)).payableFen == 8100)
        #expect(best(.init(memberPrice: member, points: points)).payableFen == 8000)
        let coupon = ticketCoupon(1, .amount(fen: 100))
        let both = best(
            .init(ticketCoupons: [coupon], orderCoupons: [orderCoupon(2, .amount(fen: 200))], memberPrice: member, points: points))
        #expect(both.couponIDs == [1] && both.offers.memberPrice == nil && both.payableFen == 7900)
        let order = best(.init(ticketCoupons: [coupon], orderCoupons: [orderCoupon(2, .amount(fen: 200))], memberPrice: member))
        #expect(order.couponIDs == [2] && order.offers.memberPrice != nil && order.payableFen == 7900)
    }

    @Test("The 20 of each level that expire first are looked at; beyond, it says so")
    func beyondTwenty() {
        let twenty = (1...20).map { ticketCoupon($0, .amount(fen: 100), expires: 2) }
        #expect(best(.init(ticketCoupons: twenty)).isComplete)
        let late = best(.init(ticketCoupons: [ticketCoupon(21, .exchange, expires: 3)] + twenty))
        #expect(!late.isComplete && late.couponIDs == [1, 2])
        let early = best(.init(ticketCoupons: twenty + [ticketCoupon(21, .exchange, expires: 1)]))
        #expect(!early.isComplete && early.couponIDs == [21, 1])
        let orders = (1...21).map { orderCoupon($0, .amount(fen: $0 * 10), expires: Double(100 - $0)) }
        #expect(best(.init(orderCoupons: orders)).couponIDs == [21] && !best(.init(orderCoupons: orders)).isComplete)
    }

    @Test(
        "20 coupons alike are few combinations, 20 different ones too many: then the laying that saves most is taken for each order offer")
    func tooMany() {
        let eight = [PricedTicket].row((1...8).map { 3000 + 100 * $0 })
        let alike = (1...20).map { ticketCoupon($0, .percentage(percent: 10)) }
        let few = best(.init(ticketCoupons: alike, orderCoupons: [orderCoupon(30, .amount(fen: 500))]), for: eight)
        #expect(few.isComplete && few.couponIDs == Array(1...8) + [30])
        let different = (1...20).map { ticketCoupon($0, .amount(fen: 100 + $0)) }
        let lone = ticketCoupon(0, .amount(fen: 150), combinesWith: [])
        let many = best(.init(ticketCoupons: [lone] + different.dropLast(), orderCoupons: [orderCoupon(30, .amount(fen: 500))]), for: eight)
        #expect(!many.isComplete && many.couponIDs == Array(12...19) + [30])
        let better = ticketCoupon(0, .exchange, combinesWith: [])
        #expect(best(.init(ticketCoupons: [better] + different.dropLast()), for: eight).couponIDs == [0])
    }

    @Test("However many coupons and tickets there are, the answer keeps to what combines and is no worse than without", arguments: 0..<20)
    func large(seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        let tickets = [PricedTicket].row((0..<20).map { _ in Int64.random(in: 1...9_000, using: &random) })
        func stages() -> Set<PriceStage> { Set(PriceStage.allCases.filter { _ in !random.one(in: 3) }) }
        let candidates = BestOffers.Candidates(
            ticketCoupons: (1...20).map {
                ticketCoupon($0, .amount(fen: Int64.random(in: 1...5_000, using: &random)), combinesWith: stages())
            },
            orderCoupons: (21...40).map {
                orderCoupon($0, .amount(fen: Int64.random(in: 1...50_000, using: &random)), combinesWith: stages())
            },
            memberPrice: .init(combinesWith: stages(), offer: MemberPrice(.percentage(percent: 3), terms: .paid(by: .merchant))),
            points: .init(combinesWith: stages(), offer: PointsOffer(worthFen: 100, mostPercent: 50))
        )
        let found = best(candidates, for: tickets)
        let without = Pricing.quote(tickets, with: PriceOffers(points: candidates.points?.offer)).payableFen
        #expect(found.payableFen <= without)
        let rules =
            (candidates.ticketCoupons.map { ($0.id, CombinationRule(stage: .ticket, combinesWith: $0.combinesWith)) }
            + candidates.orderCoupons.map { ($0.id, CombinationRule(stage: .order, combinesWith: $0.combinesWith)) })
            .filter { found.couponIDs.contains($0.0) }.map(\.1)
        let member = found.offers.memberPrice == nil ? nil : candidates.memberPrice?.combinesWith
        let given = [
            member.map { CombinationRule(stage: .member, combinesWith: $0) },
            candidates.points.map { CombinationRule(stage: .points, combinesWith: $0.combinesWith) },
        ].compactMap(\.self)
        #expect(rules.count == found.couponIDs.count && ExclusivePair(among: rules + given) == nil)
    }
}
