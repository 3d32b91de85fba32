package import Callers

/// What seats of a showtime cost: ``Pricing`` says it of the tickets, and the service fee, which no discount touches, is added. The server computes it;
/// nothing in a request can change it.
package struct OrderPrice: Hashable, Sendable {
    package let quote: Quote
    package let amount: OrderAmount

    /// - Parameters:
    ///   - plan: the showtime's, by which the seats have their prices.
    ///   - floorFen: the movie's minimum price.
    package init(of seats: [HallSeat], by plan: ShowtimePlan, floorFen: Int64 = 0, with offers: PriceOffers = PriceOffers()) {
        quote = Pricing.quote(
            seats.map { PricedTicket(seatID: $0.id, zone: $0.zone, baseFen: plan.pricesFen[$0.zone, default: 0], floorFen: floorFen) },
            with: offers)
        amount = OrderAmount(quote, serviceFeeFen: plan.serviceFeeFen)
    }

    /// The order's lines for these seats, in the same order.
    package func lines(for seats: [HallSeat]) -> [Order.Line] {
        zip(seats, quote.lines).map { seat, line in
            Order.Line(
                seatID: seat.id, label: seat.label, zone: seat.zone, priceFen: line.baseFen,
                discounts: line.discounts.map { OrderDiscount($0, companyID: 0) })
        }
    }
}

/// An order is refused because it costs something else than its buyer expects.
package struct PriceChanged: Error, Hashable {
    /// ``Refusal/priceChanged``, about the seats.
    package let refusal: Refusal
    package let price: OrderPrice
}
