/// What goes back for one ticket.
package struct TicketRefund: Hashable, Sendable {
    package let ticketID: Int64
    package let seatID: Int64
    /// The ticket's price, in fen.
    package let priceFen: Int64
    /// The part of the service fee that goes back, in fen.
    package let serviceFeeFen: Int64
    /// What is kept of the price, in fen.
    package let feeFen: Int64

    /// In fen.
    package var amountFen: Int64 { priceFen + serviceFeeFen - feeFen }
}

/// A refund with the tickets that it is for; none for late and duplicate money.
package struct OrderRefund: Hashable, Sendable {
    package private(set) var refund: Refund
    package let ticketIDs: [Int64]

    /// The refund as the order's buyer may see it: what the staff noted for each other stays with them.
    package func shown(to buyerID: Int64) -> OrderRefund {
        var shown = self
        if refund.requestedByAccountID != buyerID { shown.refund.note = nil }
        return shown
    }
}

/// Who wants money back, which decides by whose rules.
package enum RefundRequester: Hashable, Sendable {
    /// By the policy that it agreed to.
    case buyer
    /// For a reason, without a fee, at any time.
    case cinema
    case platform

    /// What is recorded when some of an order's tickets go back, or all that it still had.
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
