import TestSupport
import Testing

@testable import Shared

/// Compares random orders with the oracle, which computes the same rules plainly and with fractions.
@Suite("Prices beside an oracle")
struct PricingOracleTests {
    @Test("10,000 random orders cost what the oracle says, to the fen and the trace, and keep the invariants", arguments: 0..<10)
    func quotes(round: Int) async throws {
        var generator = SplitMix(state: UInt64(round + 1))
        let cases = (0..<1_000).map { _ in RandomOrder.order(using: &generator) }
        let answer: OracleAnswers = try await Oracle.python("pricing.py", OracleOrders(quotes: cases.map(QuoteForm.init), bests: []))
        #expect(answer.quotes.count == cases.count)
        var outcomes: Set<Quote.WhyNothing?> = []
        var withUnused = 0
        for (index, (order, expected)) in zip(cases, answer.quotes).enumerated() {
            let quote = Pricing.quote(order.tickets, with: order.offers)
            #expect(QuoteAnswer(quote, order.offers) == expected, "round \(round), case \(index): \(order)")
            expectInvariants(of: quote, order.tickets, order.offers, "round \(round), case \(index)")
            outcomes.formUnion([quote.memberPrice, quote.orderOffer].compactMap(\.self).map(\.whyNothing))
            outcomes.formUnion(quote.ticketCoupons.map(\.whyNothing))
            withUnused += quote.unusedFen > 0 ? 1 : 0
        }
        // All kinds of outcomes came up.
        #expect(outcomes.count == 4)
        #expect(withUnused > 50)
    }

    @Test("The best combination of 600 random choices is the best of all that the oracle tries", arguments: 0..<6)
    func bests(round: Int) async throws {
        var generator = SplitMix(state: UInt64(round + 101))
        let cases = (0..<100).map { _ in RandomOrder.choice(using: &generator) }
        let answer: OracleAnswers = try await Oracle.python("pricing.py", OracleOrders(quotes: [], bests: cases.map(BestForm.init)))
        #expect(answer.bests.count == cases.count)
        for (index, (choice, expected)) in zip(cases, answer.bests).enumerated() {
            let best = BestOffers(for: choice.tickets, among: choice.candidates)
            #expect(best.isComplete)
            #expect(BestAnswer(best) == expected, "round \(round), case \(index): \(choice)")
            #expect(Pricing.quote(choice.tickets, with: best.offers).payableFen == best.payableFen)
        }
        #expect(Set(answer.bests.map(\.couponIDs.count)).count > 3)
        #expect(Set(answer.bests.map(\.usesCampaign)).count == 2)
        #expect(Set(answer.bests.map(\.usesMember)).count == 2)
    }
}

/// Orders with prices and amounts that often are equal, at a bound, or of very different size.
enum RandomOrder {
    struct Order {
        let tickets: [PricedTicket]
        let offers: PriceOffers
    }

    struct Choice {
        let tickets: [PricedTicket]
        let candidates: BestOffers.Candidates
    }

    static func order(using random: inout SplitMix) -> Order {
        // Many tickets at times, then with few coupons, because the oracle tries all layings.
        let isLarge = random.one(in: 20)
        let tickets = tickets(random.one(in: 50) ? 0 : Int.random(in: 1...(isLarge ? 30 : 5), using: &random), &random)
        let coupons = random.one(in: 3) ? 0 : Int.random(in: 1...(isLarge ? 2 : 5), using: &random)
        let scale = tickets.map(\.baseFen).max() ?? 0
        let offers = PriceOffers(
            memberPrice: random.one(in: 2) ? member(tickets, &random) : nil,
            ticketCoupons: (0..<coupons).map { ticketCoupon(Int64($0), scale, tickets, &random) },
            orderOffer: random.one(in: 4) ? nil : orderOffer(100, scale, tickets, &random),
            points: random.one(in: 3) ? points(scale, &random) : nil
        )
        return Order(tickets: tickets, offers: offers)
    }

    static func choice(using random: inout SplitMix) -> Choice {
        let tickets = tickets(Int.random(in: 1...4, using: &random), &random)
        let scale = tickets.map(\.baseFen).max() ?? 0
        var ids = Array(Int64(1)...7).shuffled(using: &random)
        // Some coupons are the same but for their id and expiry.
        let kinds = (0..<2).map { ticketCoupon(Int64($0), scale, tickets, &random) }
        let classes = stages(&random)
        let ticketCoupons = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            let isAlike = random.one(in: 2)
            return BestOffers.Coupon(
                id: ids.removeLast(), expiresAt: .moment(&random), combinesWith: isAlike ? classes : stages(&random),
                offer: isAlike ? kinds[random.one(in: 2) ? 0 : 1] : ticketCoupon(9, scale, tickets, &random)
            )
        }
        let orderCoupons = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            BestOffers.Coupon(
                id: ids.removeLast(), expiresAt: .moment(&random), combinesWith: stages(&random),
                offer: orderOffer(20, scale, tickets, &random)
            )
        }
        let campaign = BestOffers.Other(combinesWith: stages(&random), offer: orderOffer(30, scale, tickets, &random))
        let card = BestOffers.Other(combinesWith: stages(&random), offer: member(tickets, &random))
        let spent = BestOffers.Other(combinesWith: stages(&random), offer: points(scale, &random))
        return Choice(
            tickets: tickets,
            candidates: BestOffers.Candidates(
                ticketCoupons: ticketCoupons,
                orderCoupons: orderCoupons,
                campaign: random.one(in: 2) ? campaign : nil,
                memberPrice: random.one(in: 2) ? card : nil,
                points: random.one(in: 3) ? spent : nil
            )
        )
    }

    private static func tickets(_ count: Int, _ random: inout SplitMix) -> [PricedTicket] {
        let palettes: [[Int64]] = [[3990, 3990, 4500], [1, 2, 3], [3333, 3334, 5000, 0], [10_000_000, 9_999_999, 1], [2000, 4000]]
        let palette = palettes.randomElement(using: &random) ?? []
        let largest: Int64 = random.one(in: 2) ? 20 : 10_000
        let isMixed = random.one(in: 3)
        return (0..<count).map { index in
            let base = isMixed ? Int64.random(in: 0...largest, using: &random) : palette.randomElement(using: &random) ?? 0
            let floors = [0, base / 2, base, base + 1, Int64.random(in: 0...max(1, base), using: &random), base * 7 / 8]
            return PricedTicket(
                seatID: Int64(index + 1),
                zone: random.one(in: 3) ? "B" : "A",
                baseFen: base,
                floorFen: floors.randomElement(using: &random) ?? 0
            )
        }
    }

    private static func terms(_ source: PriceSource, _ tickets: [PricedTicket], _ random: inout SplitMix) -> OfferTerms {
        let seats = Set(tickets.map(\.seatID).filter { _ in Bool.random(using: &random) } + [99])
        let isForAll = !random.one(in: 3)
        let spend = tickets.filter { isForAll || seats.contains($0.seatID) }.reduce(0) { $0 + $1.baseFen }
        let least = random.one(in: 4) ? max(0, spend + Int64.random(in: -1...1, using: &random)) : 0
        return OfferTerms(
            source: source,
            payer: DiscountPayer.allCases.randomElement(using: &random) ?? .platform,
            covers: isForAll ? .all : .seats(seats),
            leastSpendFen: least
        )
    }

    private static func fen(_ scale: Int64, _ random: inout SplitMix) -> Int64 {
        let all = [
            0, 1, scale / 2, scale, Int64.random(in: 0...(scale + 2), using: &random),
            Int64.random(in: 0...(scale / 8 + 3), using: &random),
        ]
        return random.one(in: 30) ? .max / 4 : all.randomElement(using: &random) ?? 0
    }

    private static func percent(_ random: inout SplitMix) -> Int {
        random.one(in: 3) ? [1, 10, 50, 99, 100].randomElement(using: &random) ?? 1 : Int.random(in: 1...100, using: &random)
    }

    private static func cap(_ scale: Int64, _ random: inout SplitMix) -> Int64? { random.one(in: 3) ? fen(scale, &random) : nil }

    private static func member(_ tickets: [PricedTicket], _ random: inout SplitMix) -> MemberPrice {
        let scale = tickets.map(\.baseFen).max() ?? 0
        let prices = random.one(in: 3) ? ["A": fen(scale, &random)] : ["A": fen(scale, &random), "B": fen(scale, &random)]
        let kinds: [MemberPrice.Kind] = [.percentage(percent: percent(&random)), .fixedPrice(pricesFen: prices)]
        return MemberPrice(
            kinds.randomElement(using: &random) ?? kinds[0],
            mostTickets: random.one(in: 2) ? Int.random(in: 0...3, using: &random) : nil,
            terms: terms(.card(id: 5), tickets, &random)
        )
    }

    private static func ticketCoupon(_ id: Int64, _ scale: Int64, _ tickets: [PricedTicket], _ random: inout SplitMix) -> TicketCoupon {
        let kinds: [TicketCoupon.Kind] = [
            .amount(fen: fen(scale, &random)), .percentage(percent: percent(&random), capFen: cap(scale, &random)),
            .fixedPrice(fen: fen(scale, &random)), .exchange,
        ]
        let source = PriceSource.coupon(id: id, templateID: 1, version: 1)
        return TicketCoupon(kinds.randomElement(using: &random) ?? .exchange, terms: terms(source, tickets, &random))
    }

    private static func orderOffer(_ id: Int64, _ scale: Int64, _ tickets: [PricedTicket], _ random: inout SplitMix) -> OrderOffer {
        let kinds: [OrderOffer.Kind] = [
            .amount(fen: fen(scale * 2, &random)), .percentage(percent: percent(&random), capFen: cap(scale, &random)),
            .nthTicket(n: Int.random(in: 1...4, using: &random), percent: percent(&random)),
        ]
        let source = PriceSource.coupon(id: id, templateID: 2, version: 1)
        return OrderOffer(kinds.randomElement(using: &random) ?? kinds[0], terms: terms(source, tickets, &random))
    }

    private static func points(_ scale: Int64, _ random: inout SplitMix) -> PointsOffer {
        PointsOffer(worthFen: fen(scale, &random), mostPercent: percent(&random))
    }

    private static func stages(_ random: inout SplitMix) -> Set<PriceStage> {
        random.one(in: 2) ? Set(PriceStage.allCases) : Set(PriceStage.allCases.filter { _ in !random.one(in: 4) })
    }
}

extension SplitMix {
    mutating func one(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}
