import Testing

@testable import Shared

@Suite("Prices")
struct PricingTests {
    private static let threeTickets = [PricedTicket].row([3990, 3990, 4500], floorFen: 3500)

    private func quote(_ tickets: [PricedTicket], _ offers: PriceOffers) -> Quote {
        let quote = Pricing.quote(tickets, with: offers)
        expectInvariants(of: quote, tickets, offers)
        return quote
    }

    private func quote(_ tickets: [PricedTicket], member kind: MemberPrice.Kind, most: Int? = nil, _ terms: OfferTerms) -> Quote {
        quote(tickets, PriceOffers(memberPrice: MemberPrice(kind, mostTickets: most, terms: terms)))
    }

    private func quote(_ tickets: [PricedTicket], coupon kind: TicketCoupon.Kind, _ terms: OfferTerms) -> Quote {
        quote(tickets, PriceOffers(ticketCoupons: [TicketCoupon(kind, terms: terms)]))
    }

    private func quote(_ tickets: [PricedTicket], order kind: OrderOffer.Kind, _ terms: OfferTerms) -> Quote {
        quote(tickets, PriceOffers(orderOffer: OrderOffer(kind, terms: terms)))
    }

    // MARK: Base

    @Test("Without offers each ticket costs its base, also below the minimum price")
    func base() {
        let tickets = [PricedTicket].row([3000, 0], floorFen: 3500)
        let bare = quote(tickets, PriceOffers())
        #expect(bare.pricesFen == [3000, 0] && bare.payableFen == 3000 && bare.discountFen == 0 && bare.unusedFen == 0)
        #expect(bare.lines.map(\.creditedFen) == [3000, 0])
        #expect(bare.memberPrice == nil && bare.ticketCoupons.isEmpty && bare.orderOffer == nil && bare.points == nil)
        #expect(quote([], PriceOffers()).payableFen == 0)
        // Nothing makes it dearer, and a merchant has nothing to take off.
        #expect(quote(tickets, order: .amount(fen: 500), .paid(by: .merchant)).pricesFen == [3000, 0])
    }

    @Test("Prices out of bounds count as the nearer bound")
    func bounds() {
        let ticket = PricedTicket(seatID: 1, zone: "A", baseFen: .max, floorFen: .min)
        #expect(ticket.baseFen == 10_000_000 && ticket.floorFen == 0)
        #expect(PricedTicket(seatID: 1, zone: "A", baseFen: -1).baseFen == 0)
    }

    // MARK: Member price

    @Test("A member's percentage is rounded down for each ticket and stops at the minimum price")
    func memberPercentage() {
        #expect(quote(.row([3333, 99, 1]), member: .percentage(percent: 10), .paid(by: .platform)).pricesFen == [3000, 90, 1])
        #expect(quote(Self.threeTickets, member: .percentage(percent: 20), .paid(by: .merchant)).pricesFen == [3500, 3500, 3600])
        #expect(quote(.row([5]), member: .percentage(percent: 100), .paid(by: .platform)).pricesFen == [0])
    }

    @Test("A member's fixed price holds by zone, and never makes a ticket dearer")
    func memberFixedPrice() {
        let tickets = [
            PricedTicket(seatID: 1, zone: "A", baseFen: 4000), PricedTicket(seatID: 2, zone: "B", baseFen: 6000),
            PricedTicket(seatID: 3, zone: "C", baseFen: 5000), PricedTicket(seatID: 4, zone: "A", baseFen: 2500),
        ]
        let kind = MemberPrice.Kind.fixedPrice(pricesFen: ["A": 3000, "B": 7000])
        #expect(quote(tickets, member: kind, .paid(by: .platform)).pricesFen == [3000, 6000, 5000, 2500])
        let dear = quote(tickets, member: .fixedPrice(pricesFen: ["A": 9000]), .paid(by: .platform))
        #expect(dear.memberPrice?.whyNothing == .nothingSaved)
        #expect(quote(tickets, member: .fixedPrice(pricesFen: ["A": -1]), .paid(by: .platform)).pricesFen == [0, 6000, 5000, 0])
    }

    @Test("At most so many tickets get the member price: those on which it saves most, ties by their order")
    func memberLimit() {
        let tickets = [PricedTicket].row([3000, 5000, 5000, 4000])
        let half = MemberPrice.Kind.percentage(percent: 50)
        #expect(quote(tickets, member: half, most: 1, .paid(by: .platform)).pricesFen == [3000, 2500, 5000, 4000])
        #expect(quote(tickets, member: half, most: 3, .paid(by: .platform)).pricesFen == [3000, 2500, 2500, 2000])
        #expect(quote(tickets, member: half, most: 4, .paid(by: .platform)).discountFen == 8500)
        for none in [0, -1] { #expect(quote(tickets, member: half, most: none, .paid(by: .platform)).discountFen == 0) }
    }

    // MARK: Ticket coupons

    @Test("An amount stops at what the ticket costs, for a merchant at the minimum price")
    func couponAmount() {
        #expect(quote(.row([3990]), coupon: .amount(fen: 5000), .paid(by: .platform)).pricesFen == [0])
        #expect(quote(.row([3990], floorFen: 3500), coupon: .amount(fen: 5000), .paid(by: .merchant)).pricesFen == [3500])
        #expect(quote(.row([3990], floorFen: 3500), coupon: .amount(fen: 5000), .paid(by: .distributor)).pricesFen == [0])
        #expect(quote(.row([3990]), coupon: .amount(fen: .max / 4), .paid(by: .platform)).unusedFen == 0)
        for fen in [0, -5] as [Int64] {
            let nothing = quote(.row([3990]), coupon: .amount(fen: fen), .paid(by: .platform))
            #expect(nothing.pricesFen == [3990] && nothing.ticketCoupons[0].whyNothing == .nothingSaved)
        }
    }

    @Test("A coupon's percentage is rounded down and stops at its cap")
    func couponPercentage() {
        #expect(quote(.row([4500]), coupon: .percentage(percent: 10), .paid(by: .platform)).pricesFen == [4050])
        #expect(quote(.row([1999]), coupon: .percentage(percent: 1), .paid(by: .platform)).pricesFen == [1980])
        #expect(quote(.row([4500]), coupon: .percentage(percent: 10, capFen: 449), .paid(by: .platform)).pricesFen == [4051])
        #expect(quote(.row([4500]), coupon: .percentage(percent: 10, capFen: .max / 4), .paid(by: .platform)).pricesFen == [4050])
        #expect(quote(.row([4500]), coupon: .percentage(percent: 100), .paid(by: .platform)).pricesFen == [0])
        #expect(quote(.row([4500]), coupon: .percentage(percent: 1_000), .paid(by: .platform)).pricesFen == [0])
        #expect(quote(.row([4500]), coupon: .percentage(percent: -1), .paid(by: .platform)).pricesFen == [4500])
    }

    @Test("A fixed price above what the ticket costs gives nothing; a merchant's stops at the minimum price")
    func couponFixedPrice() {
        #expect(quote(.row([4500]), coupon: .fixedPrice(fen: 1990), .paid(by: .platform)).pricesFen == [1990])
        #expect(quote(.row([4500], floorFen: 3500), coupon: .fixedPrice(fen: 1990), .paid(by: .merchant)).pricesFen == [3500])
        for fen in [4500, 4501, .max] as [Int64] {
            #expect(quote(.row([4500]), coupon: .fixedPrice(fen: fen), .paid(by: .platform)).ticketCoupons[0].whyNothing == .nothingSaved)
        }
        #expect(quote(.row([4500]), coupon: .fixedPrice(fen: .min), .paid(by: .platform)).pricesFen == [0])
    }

    @Test("With an exchange the ticket costs nothing more, whatever its minimum price and whoever pays", arguments: DiscountPayer.allCases)
    func couponExchange(payer: DiscountPayer) {
        let free = quote(.row([3990, 4500], floorFen: 3500), coupon: .exchange, .paid(by: payer))
        #expect(free.pricesFen == [3990, 0])
        #expect(free.lines[1].creditedFen == (payer == .merchant ? 0 : 4500))
        #expect(quote(.row([0]), coupon: .exchange, .paid(by: payer)).ticketCoupons[0].whyNothing == .nothingSaved)
    }

    @Test("A ticket takes one coupon; of two that are too many, the one that saves more is laid")
    func tooManyCoupons() {
        let terms = OfferTerms.paid(by: .platform)
        let coupons = [TicketCoupon(.amount(fen: 500), terms: terms), TicketCoupon(.amount(fen: 700), terms: terms)]
        let one = quote(.row([3990]), PriceOffers(ticketCoupons: coupons))
        #expect(one.pricesFen == [3290])
        #expect(one.ticketCoupons.map(\.discountFen) == [0, 700])
        #expect(one.ticketCoupons.map(\.whyNothing) == [.nothingSaved, nil])
    }

    // MARK: Coverage and least spend

    @Test("Least spend counts the bases of the tickets covered, whatever they cost by then")
    func leastSpend() {
        let tickets = [PricedTicket].row([3000, 4000, 5000])
        func off(_ least: Int64, _ seats: Set<Int64>?, member: MemberPrice? = nil) -> Quote {
            let terms = OfferTerms.paid(by: .platform, seats: seats, leastSpendFen: least)
            return quote(tickets, PriceOffers(memberPrice: member, orderOffer: OrderOffer(.amount(fen: 1000), terms: terms)))
        }
        #expect(off(12_000, nil).discountFen == 1000)
        #expect(off(12_001, nil).orderOffer?.whyNothing == .leastSpendNotReached)
        #expect(off(12_001, nil).unusedFen == 0)
        #expect(off(7_000, [1, 2]).sharesFen(.order) == [429, 571, 0])
        #expect(off(7_001, [1, 2]).orderOffer?.whyNothing == .leastSpendNotReached)
        let half = MemberPrice(.percentage(percent: 50), terms: .paid(by: .platform))
        #expect(off(12_000, nil, member: half).orderOffer?.discountFen == 1000)
        let coupon = TicketCoupon(.exchange, terms: .paid(by: .platform, seats: [1], leastSpendFen: 3001))
        #expect(quote(tickets, PriceOffers(ticketCoupons: [coupon])).ticketCoupons[0].whyNothing == .leastSpendNotReached)
        let card = quote(tickets, member: .percentage(percent: 5), .paid(by: .platform, leastSpendFen: 12_001))
        #expect(card.memberPrice?.whyNothing == .leastSpendNotReached)
    }

    @Test("An offer acts on the tickets that it covers alone, and says when these are none")
    func coverage() {
        let tickets = [PricedTicket].row([3000, 3000])
        #expect(quote(tickets, order: .percentage(percent: 10), .paid(by: .platform, seats: [2, 9])).pricesFen == [3000, 2700])
        #expect(quote(tickets, coupon: .exchange, .paid(by: .platform, seats: [2])).pricesFen == [3000, 0])
        #expect(quote(tickets, member: .percentage(percent: 10), .paid(by: .platform, seats: [2])).pricesFen == [3000, 2700])
        let elsewhere = quote(tickets, order: .amount(fen: 100), .paid(by: .platform, seats: [9]))
        #expect(elsewhere.orderOffer?.whyNothing == .noTicketCovered && elsewhere.unusedFen == 0)
        #expect(quote([], order: .amount(fen: 100), .paid(by: .platform)).orderOffer?.whyNothing == .noTicketCovered)
        #expect(quote([], PriceOffers(points: PointsOffer(worthFen: 1, mostPercent: 100))).points?.whyNothing == .noTicketCovered)
    }

    // MARK: Order offers

    @Test("A merchant's amount stops at the minimum prices, the excess goes to the others, and the rest is unused")
    func orderAmount() {
        let some = quote(Self.threeTickets, order: .amount(fen: 1500), .paid(by: .merchant))
        #expect(some.sharesFen(.order) == [480, 479, 541] && some.unusedFen == 0)
        let more = quote(Self.threeTickets, order: .amount(fen: 2000), .paid(by: .merchant))
        #expect(more.sharesFen(.order) == [490, 490, 1000] && more.unusedFen == 20)
        #expect(more.lines.map(\.creditedFen) == [3500, 3500, 3500])
        let platform = quote(Self.threeTickets, order: .amount(fen: 2000), .paid(by: .platform))
        #expect(platform.sharesFen(.order) == [640, 639, 721] && platform.unusedFen == 0)
        #expect(platform.lines.map(\.creditedFen) == [3990, 3990, 4500])
        let all = quote(Self.threeTickets, order: .amount(fen: .max / 4), .paid(by: .distributor))
        #expect(all.payableFen == 0 && all.unusedFen == .max / 4 - 12_480)
    }

    @Test("A percentage of an order is rounded down once, for the sum")
    func orderPercentage() {
        #expect(quote(.row([99, 99, 99]), order: .percentage(percent: 1), .paid(by: .platform)).sharesFen(.order) == [1, 1, 0])
        #expect(quote(.row([99]), order: .percentage(percent: 1), .paid(by: .platform)).orderOffer?.whyNothing == .nothingSaved)
        let capped = quote(Self.threeTickets, order: .percentage(percent: 50, capFen: 1000), .paid(by: .platform))
        #expect(capped.sharesFen(.order) == [320, 320, 360])
        let floored = quote(Self.threeTickets, order: .percentage(percent: 50), .paid(by: .merchant))
        #expect(floored.discountFen == 1980 && floored.unusedFen == 6240 - 1980)
    }

    @Test("Of each full n tickets the cheapest is cheaper, dearest first; its discount is shared over all that are covered")
    func nthTicket() {
        let tickets = [PricedTicket].row([3000, 5000, 4000, 2000, 1000])
        func off(_ n: Int, _ percent: Int, _ seats: Set<Int64>? = nil) -> Int64 {
            quote(tickets, order: .nthTicket(n: n, percent: percent), .paid(by: .platform, seats: seats)).discountFen
        }
        #expect(off(2, 50) == (4000 + 2000) / 2)
        #expect(off(2, 100) == 6000)
        #expect(off(3, 100) == 3000)
        #expect(off(5, 100) == 1000)
        #expect(off(6, 100) == 0)
        #expect(off(1, 10) == 1500)
        #expect(off(.max, 100) == 0)
        for n in [0, -1, .min] { #expect(off(n, 10) == 1500) }
        #expect(off(2, 100, [1, 4, 5]) == 2000)
        let pair = quote(.row([3990, 3990]), order: .nthTicket(n: 2, percent: 50), .paid(by: .platform))
        #expect(pair.sharesFen(.order) == [998, 997])
    }

    // MARK: Points

    @Test("Points pay up to their share of what is left, rounded down; what is over isn't taken")
    func points() {
        func used(_ worth: Int64, _ percent: Int) -> Quote {
            let member = MemberPrice(.percentage(percent: 10), terms: .paid(by: .merchant))
            return quote(.row([1110, 2221]), PriceOffers(memberPrice: member, points: PointsOffer(worthFen: worth, mostPercent: percent)))
        }
        // 999 + 1999 are left; half of it is 1499.
        #expect(used(1499, 50).pointsFen == 1499)
        #expect(used(1500, 50).pointsFen == 1499)
        #expect(used(1500, 50).unusedFen == 0)
        #expect(used(100, 50).sharesFen(.points) == [33, 67])
        #expect(used(100, 50).lines.map(\.creditedFen) == [999, 1999])
        #expect(used(.max, 100).payableFen == 0)
        for nothing in [used(0, 50), used(-1, 50), used(5, 0), used(5, -1)] { #expect(nothing.points?.whyNothing == .nothingSaved) }
    }

    // MARK: Stages together

    @Test("The order's discount is shared by what the coupon left")
    func couponThenOrder() {
        let coupon = TicketCoupon(.percentage(percent: 10), terms: .paid(by: .platform, seats: [3]))
        let offers = PriceOffers(ticketCoupons: [coupon], orderOffer: OrderOffer(.amount(fen: 1000), terms: .paid(by: .platform)))
        #expect(quote(.row([3990, 3990, 4500]), offers).sharesFen(.order) == [332, 332, 336])
    }

    @Test("Each stage leaves its line on the ticket, in order, with payer and source")
    func trace() {
        let card = PriceSource.card(id: 7)
        let coupon = PriceSource.coupon(id: 8, templateID: 80, version: 2)
        let campaign = PriceSource.campaign(templateID: 90, version: 3)
        let offers = PriceOffers(
            memberPrice: MemberPrice(.percentage(percent: 10), terms: .paid(by: .merchant, source: card)),
            ticketCoupons: [TicketCoupon(.amount(fen: 500), terms: .paid(by: .platform, source: coupon))],
            orderOffer: OrderOffer(.percentage(percent: 10), terms: .paid(by: .distributor, source: campaign)),
            points: PointsOffer(worthFen: 279, mostPercent: 50)
        )
        let line = quote(.row([4000]), offers).lines[0]
        #expect(
            line.discounts == [
                Quote.Discount(stage: .member, amountFen: 400, payer: .merchant, source: card),
                Quote.Discount(stage: .ticket, amountFen: 500, payer: .platform, source: coupon),
                Quote.Discount(stage: .order, amountFen: 310, payer: .distributor, source: campaign),
                Quote.Discount(stage: .points, amountFen: 279, payer: .platform, source: .points),
            ])
        #expect(line.priceFen == 2511 && line.creditedFen == 3600)
    }

    @Test("What the platform took below the minimum price leaves a merchant nothing to take, and stays")
    func belowFloor() {
        let offers = PriceOffers(
            ticketCoupons: [TicketCoupon(.amount(fen: 1000), terms: .paid(by: .platform))],
            orderOffer: OrderOffer(.amount(fen: 800), terms: .paid(by: .merchant))
        )
        let both = quote(.row([4000, 4000], floorFen: 3500), offers)
        #expect(both.pricesFen == [3000, 3500] && both.unusedFen == 300)
    }

    @Test("The largest orders and amounts that can come in are computed without overflow")
    func extremes() {
        let tickets = [PricedTicket].row(Array(repeating: 10_000_000, count: 2_000))
        for fen in [Int64.max, .max / 4, 19_999_999_999, .min] {
            let offers = PriceOffers(
                memberPrice: MemberPrice(.percentage(percent: 1), terms: .paid(by: .merchant, leastSpendFen: 20_000_000_000)),
                ticketCoupons: [TicketCoupon(.percentage(percent: 3, capFen: fen), terms: .paid(by: .platform))],
                orderOffer: OrderOffer(.amount(fen: fen), terms: .paid(by: .platform)),
                points: PointsOffer(worthFen: fen, mostPercent: .max)
            )
            #expect(quote(tickets, offers).payableFen >= 0)
        }
    }
}
