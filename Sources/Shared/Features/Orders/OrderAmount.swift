/// What an order costs. The server computes it; nothing in a request can change it.
package struct OrderAmount: Hashable, Sendable {
    /// The tickets at their zones' prices, in fen.
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
    package init(lines: [Order.Line], serviceFeeFen: Int64) {
        self.init(
            ticketAmountFen: lines.reduce(0) { $0 + $1.priceFen },
            serviceFeeFen: serviceFeeFen * Int64(lines.count)
        )
    }
}
