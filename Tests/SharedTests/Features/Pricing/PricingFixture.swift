import Foundation
import Testing

@testable import Shared

extension [PricedTicket] {
    /// Tickets of the seats 1, 2, 3, …
    static func row(_ basesFen: [Int64], floorFen: Int64 = 0, zone: String = "A") -> [PricedTicket] {
        basesFen.enumerated().map { PricedTicket(seatID: Int64($0 + 1), zone: zone, baseFen: $1, floorFen: floorFen) }
    }
}

extension OfferTerms {
    static func paid(
        by payer: DiscountPayer, seats: Set<Int64>? = nil, leastSpendFen: Int64 = 0,
        source: PriceSource = .coupon(id: 1, templateID: 1, version: 1)
    ) -> OfferTerms {
        OfferTerms(source: source, payer: payer, covers: seats.map(OfferCoverage.seats) ?? .all, leastSpendFen: leastSpendFen)
    }
}

extension Quote {
    var pricesFen: [Int64] { lines.map(\.priceFen) }

    /// What each ticket got at a stage.
    func sharesFen(_ stage: PriceStage) -> [Int64] {
        lines.map { line in line.discounts.filter { $0.stage == stage }.reduce(0) { $0 + $1.amountFen } }
    }
}

/// What must hold whatever the offers are.
func expectInvariants(of quote: Quote, _ tickets: [PricedTicket], _ offers: PriceOffers, _ comment: Comment? = nil) {
    #expect(quote.lines.map(\.seatID) == tickets.map(\.seatID), comment)
    #expect(quote.ticketCoupons.map(\.source) == offers.ticketCoupons.map(\.terms.source), comment)
    let outcomes = [quote.memberPrice, quote.orderOffer, quote.points].compactMap(\.self) + quote.ticketCoupons
    #expect(outcomes.reduce(0) { $0 + $1.discountFen } == quote.discountFen, comment)
    #expect(outcomes.allSatisfy { ($0.discountFen == 0) == ($0.whyNothing != nil) && $0.discountFen >= 0 && $0.unusedFen >= 0 }, comment)
    #expect(quote.payableFen + quote.discountFen == tickets.reduce(0) { $0 + $1.baseFen }, comment)
    #expect(quote.memberPrice?.discountFen ?? 0 == quote.sharesFen(.member).reduce(0, +), comment)
    #expect(quote.orderOffer?.discountFen ?? 0 == quote.sharesFen(.order).reduce(0, +), comment)
    #expect(quote.pointsFen == quote.sharesFen(.points).reduce(0, +), comment)
    for (line, ticket) in zip(quote.lines, tickets) {
        var price = ticket.baseFen
        var merchantsFen: Int64 = 0
        #expect(line.baseFen == ticket.baseFen, comment)
        for discount in line.discounts {
            #expect(discount.amountFen > 0, comment)
            price -= discount.amountFen
            guard discount.payer == .merchant else { continue }
            merchantsFen += discount.amountFen
            let isExchange = offers.ticketCoupons.contains { $0.kind == .exchange && $0.terms.source == discount.source }
            #expect(price >= ticket.floorFen || (isExchange && price == 0), comment)
        }
        #expect(price == line.priceFen && 0...ticket.baseFen ~= price, comment)
        #expect(line.creditedFen == ticket.baseFen - merchantsFen, comment)
        let stages = line.discounts.compactMap { PriceStage.allCases.firstIndex(of: $0.stage) }
        #expect(zip(stages, stages.dropFirst()).allSatisfy { $0 < $1 }, comment)
    }
    if let order = offers.orderOffer, quote.unusedFen > 0 {
        for (line, ticket) in zip(quote.lines, tickets) where order.terms.covers.contains(ticket.seatID) {
            let beforePoints = line.discounts.filter { $0.stage != .points }.reduce(ticket.baseFen) { $0 - $1.amountFen }
            #expect(beforePoints == 0 || (order.terms.payer == .merchant && beforePoints <= ticket.floorFen), comment)
        }
    }
}
