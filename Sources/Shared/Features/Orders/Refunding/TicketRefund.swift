/// The refund for one ticket.
package struct TicketRefund: Hashable, Sendable {
    package let ticketID: Int64
    package let seatID: Int64
    /// What the buyer paid for the ticket, in fen.
    package let priceFen: Int64
    /// What the merchant was credited for it, in fen, and is credited no more.
    package let creditedFen: Int64
    /// The part of the service fee that goes back, in fen.
    package let serviceFeeFen: Int64
    /// The fee that is kept of the price, in fen.
    package let feeFen: Int64

    init(_ ticket: Ticket, serviceFeeFen: Int64, feeFen: Int64) {
        ticketID = ticket.id
        seatID = ticket.seat.id
        priceFen = ticket.priceFen
        creditedFen = ticket.creditedFen
        self.serviceFeeFen = serviceFeeFen
        self.feeFen = feeFen
    }

    /// What goes back, in fen.
    package var amountFen: Int64 { priceFen + serviceFeeFen - feeFen }
}

/// A refund with its tickets. A refund of late or duplicate money has none.
package struct OrderRefund: Hashable, Sendable {
    package private(set) var refund: Refund
    package let ticketIDs: [Int64]

    /// The refund as the order's buyer may see it, without what the staff noted.
    package func shown(to buyerID: Int64) -> OrderRefund {
        var shown = self
        if refund.requestedByAccountID != buyerID { shown.refund.note = nil }
        return shown
    }
}

/// The one who asks for a refund, which decides which rules apply.
package enum RefundRequester: Hashable, Sendable {
    /// The buyer: the policy that it agreed to applies.
    case buyer
    /// The cinema: with a reason, without a fee, at any time.
    case cinema
    case platform

    /// The change that is recorded when some of an order's tickets go back (`isWhole` false), or all that it still had.
    func change(isWhole: Bool) -> OrderChange {
        switch self {
        case .buyer: isWhole ? .refundedByBuyer : .ticketsRefundedByBuyer
        case .cinema: isWhole ? .refundedByCinema : .ticketsRefundedByCinema
        case .platform: isWhole ? .refundedByPlatform : .ticketsRefundedByPlatform
        }
    }

    var reason: RefundReason {
        switch self {
        case .buyer: .requestedByBuyer
        case .cinema: .requestedByCinema
        case .platform: .requestedByPlatform
        }
    }
}
