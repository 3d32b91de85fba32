/// What an order costs.
package struct OrderAmount: Hashable, Sendable {
    /// The tickets at their zones' prices, before discounts, in fen.
    package let ticketAmountFen: Int64
    /// The showtime's fee for each ticket, in fen.
    package let serviceFeeFen: Int64
    /// In fen.
    package let discountFen: Int64

    /// What the buyer pays, in fen.
    package var payableFen: Int64 { ticketAmountFen + serviceFeeFen - discountFen }

    package init(ticketAmountFen: Int64, serviceFeeFen: Int64, discountFen: Int64 = 0) {
        self.ticketAmountFen = ticketAmountFen
        self.serviceFeeFen = serviceFeeFen
        self.discountFen = discountFen
    }

    /// - Parameter serviceFeeFen: for one ticket.
    init(_ quote: Quote, serviceFeeFen: Int64) {
        self.init(
            ticketAmountFen: quote.payableFen + quote.discountFen,
            serviceFeeFen: serviceFeeFen * Int64(quote.lines.count),
            discountFen: quote.discountFen
        )
    }
}
