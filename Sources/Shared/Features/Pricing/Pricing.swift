/// A ticket before all discounts.
package struct PricedTicket: Hashable, Sendable {
    /// What a price may be, in fen. Endpoints and tables refuse others; here they count as the nearer bound, so that no sum can overflow.
    package static let pricesFen: ClosedRange<Int64> = 0...10_000_000

    package let seatID: Int64
    package let zone: String
    /// The list price, in fen.
    package let baseFen: Int64
    /// The movie's minimum price, in fen. It holds for what a merchant pays, exchange excepted; a base below it stays as it is.
    package let floorFen: Int64

    /// - Parameters:
    ///   - seatID: another one for each ticket of an order.
    ///   - baseFen: in ``pricesFen``.
    ///   - floorFen: likewise.
    package init(seatID: Int64, zone: String, baseFen: Int64, floorFen: Int64 = 0) {
        self.seatID = seatID
        self.zone = zone
        self.baseFen = min(max(baseFen, Self.pricesFen.lowerBound), Self.pricesFen.upperBound)
        self.floorFen = min(max(floorFen, Self.pricesFen.lowerBound), Self.pricesFen.upperBound)
    }
}

/// The one place where prices are computed: seat map, preview, order and refund ask here.
///
/// Four stages in a fixed order, each on what the one before left of the base:
///
/// 1. **member**: the member price, at most on so many tickets: those on which it saves most, ties by the order of the tickets.
/// 2. **ticket**: coupons, each on at most one ticket, on a ticket at most one; laid by ``CouponLaying``, so that most is saved.
/// 3. **order**: one coupon or campaign. Its amount is computed once for the tickets that it covers, and shared over them by ``DiscountShares``.
/// 4. **points**: up to a share of what all tickets cost by then, rounded down, shared likewise over all tickets.
///
/// A percentage is what is taken off, of what the stage before left; the discount is rounded down to the fen: for each ticket in the first two
/// stages, once for the sum in the third. For the n-th ticket, that sum is of the tickets that are to be cheaper: the covered ones are put in
/// the order of what they cost, dearest first, and the last of each full n counts.
///
/// What a merchant pays takes no ticket below its minimum price, but for an exchange; what others pay, none below 0. A ticket without room
/// leaves the discount to the others; what none can take is told as unused. No ticket becomes dearer. An offer that covers none of the
/// tickets, or whose least spend isn't reached by the bases of those that it covers, takes nothing and leaves nothing unused.
package enum Pricing {
    package static func quote(_ tickets: [PricedTicket], with offers: PriceOffers = PriceOffers()) -> Quote {
        var draft = QuoteDraft(tickets)
        let memberPrice = offers.memberPrice.map { draft.take($0) }
        let ticketCoupons = draft.take(offers.ticketCoupons)
        let orderOffer = offers.orderOffer.map { draft.take($0) }
        let points = offers.points.map { draft.take($0) }
        return Quote(
            lines: draft.lines, memberPrice: memberPrice, ticketCoupons: ticketCoupons, orderOffer: orderOffer, points: points
        )
    }
}

/// A quote while its stages run.
private struct QuoteDraft {
    private var prices: TicketPrices
    private var discounts: [[Quote.Discount]]

    init(_ tickets: [PricedTicket]) {
        prices = TicketPrices(tickets)
        discounts = Array(repeating: [], count: tickets.count)
    }

    var lines: [Quote.Line] {
        prices.tickets.indices.map { place in
            let ticket = prices.tickets[place]
            let ofOthers = discounts[place].reduce(0) { $1.payer == .merchant ? $0 : $0 + $1.amountFen }
            return Quote.Line(
                seatID: ticket.seatID,
                baseFen: ticket.baseFen,
                discounts: discounts[place],
                priceFen: prices.fen[place],
                creditedFen: prices.fen[place] + ofOthers
            )
        }
    }

    mutating func take(_ offer: MemberPrice) -> Quote.Outcome {
        let reach = offer.terms.reach(over: prices.tickets)
        let amounts = offer.discountsFen(on: prices, reach)
        for (place, amount) in amounts.enumerated() { take(amount, off: place, .member, offer.terms.payer, offer.terms.source) }
        return Quote.Outcome(source: offer.terms.source, discountFen: amounts.reduce(0, +), obstacle: reach.obstacle)
    }

    mutating func take(_ coupons: [TicketCoupon]) -> [Quote.Outcome] {
        guard !coupons.isEmpty else { return [] }
        let reaches = coupons.map { $0.terms.reach(over: prices.tickets) }
        let savings = zip(coupons, reaches).map { $0.savingsFen(on: prices, $1) }
        let laying = CouponLaying(savingsFen: savings)
        return coupons.indices.map { index in
            let terms = coupons[index].terms
            guard let place = laying.places[index] else {
                return Quote.Outcome(source: terms.source, discountFen: 0, obstacle: reaches[index].obstacle)
            }
            take(savings[index][place], off: place, .ticket, terms.payer, terms.source)
            return Quote.Outcome(source: terms.source, discountFen: savings[index][place], obstacle: nil)
        }
    }

    mutating func take(_ offer: OrderOffer) -> Quote.Outcome {
        let reach = offer.terms.reach(over: prices.tickets)
        let amounts = offer.amountsFen(on: prices, reach)
        share(amounts.taken, over: reach.places, .order, offer.terms.payer, offer.terms.source)
        return Quote.Outcome(
            source: offer.terms.source,
            discountFen: amounts.taken,
            unusedFen: amounts.wanted - amounts.taken,
            obstacle: reach.obstacle
        )
    }

    mutating func take(_ offer: PointsOffer) -> Quote.Outcome {
        let used = offer.usedFen(of: prices.sumFen)
        share(used, over: Array(prices.fen.indices), .points, .platform, .points)
        return Quote.Outcome(source: .points, discountFen: used, obstacle: prices.tickets.isEmpty ? .noTicketCovered : nil)
    }

    /// - Parameter amountFen: at most the rooms of these places.
    private mutating func share(
        _ amountFen: Int64, over places: [Int], _ stage: PriceStage, _ payer: DiscountPayer, _ source: PriceSource
    ) {
        let shares = DiscountShares.shares(
            of: amountFen, over: places.map { prices.fen[$0] }, roomsFen: places.map { prices.roomFen(of: $0, for: payer) }
        )
        for (place, share) in zip(places, shares) { take(share, off: place, stage, payer, source) }
    }

    private mutating func take(_ amountFen: Int64, off place: Int, _ stage: PriceStage, _ payer: DiscountPayer, _ source: PriceSource) {
        guard amountFen > 0 else { return }
        prices.take(amountFen, off: place)
        discounts[place].append(Quote.Discount(stage: stage, amountFen: amountFen, payer: payer, source: source))
    }
}
