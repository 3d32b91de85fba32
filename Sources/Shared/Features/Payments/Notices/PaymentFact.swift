package import FoundationEssentials

/// What a gateway has told us about a trade, verified: by a notice whose signature is good, or as the answer to a question of ours.
///
/// The only proof of payment; what a client says is none.
package struct PaymentFact: Hashable, Sendable {
    /// How we came to know.
    package enum Origin: Hashable, Sendable {
        /// The gateway posted it, under the id that it keeps when it repeats itself.
        case notice(id: String?)
        /// We asked.
        case query
        /// A clerk of the cinema took the money.
        case counter
    }

    /// Money that went back to the buyer.
    package struct RefundNews: Hashable, Sendable {
        /// All that has been refunded of this trade so far, in fen.
        package let totalFen: Int64?
        /// Our number of the refund that the news is about.
        package let requestNumber: TradeNumber?

        package init(totalFen: Int64?, requestNumber: TradeNumber?) {
            self.totalFen = totalFen
            self.requestNumber = requestNumber
        }
    }

    /// The name of the gateway.
    package let gateway: String
    package let origin: Origin
    /// Our number of the trade.
    package let outTradeNo: TradeNumber
    /// The gateway's number of the trade.
    package let tradeNo: String
    package let status: TradeStatus
    /// The price of the trade, in fen.
    package let amountFen: Int64
    /// Present when the news is that of a refund: then it never counts as a payment, whatever the status.
    package let refund: RefundNews?
    /// When the buyer paid.
    package let paidAt: Date?

    package init(
        gateway: String,
        origin: Origin,
        outTradeNo: TradeNumber,
        tradeNo: String,
        status: TradeStatus,
        amountFen: Int64,
        refund: RefundNews? = nil,
        paidAt: Date? = nil
    ) {
        self.gateway = gateway
        self.origin = origin
        self.outTradeNo = outTradeNo
        self.tradeNo = tradeNo
        self.status = status
        self.amountFen = amountFen
        self.refund = refund
        self.paidAt = paidAt
    }

    /// The gateway's id of the notice, for facts that came by one.
    package var notifyID: String? {
        if case .notice(let id) = origin { id } else { nil }
    }

    /// All that has been refunded of the trade so far, in fen, if the news says so.
    package var refundedFen: Int64? { refund?.totalFen }
}

/// How a trade stands at the gateway.
package enum TradeStatus: String, CaseIterable, Sendable {
    /// It exists and nobody has paid yet.
    case waiting
    /// Paid; can be refunded.
    case succeeded
    /// Paid, and too old to be refunded.
    case finished
    /// Never paid, or paid and refunded entirely.
    case closed
}
