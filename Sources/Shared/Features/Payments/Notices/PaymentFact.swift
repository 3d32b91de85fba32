package import FoundationEssentials

/// A verified statement of a gateway about a trade: from a notice whose signature is good, or from the answer to a question of ours.
///
/// This is the only proof of a payment. A client's word proves nothing.
package struct PaymentFact: Hashable, Sendable {
    /// The source of the fact.
    package enum Origin: Hashable, Sendable {
        /// The gateway posted it. The id stays the same when the gateway repeats the notice.
        case notice(id: String?)
        /// We asked.
        case query
        /// A clerk of the cinema took the money.
        case counter
    }

    /// Money that went back to the buyer.
    package struct RefundNews: Hashable, Sendable {
        /// The sum of all refunds of this trade so far, in fen.
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
    /// Set when the fact reports a refund. Then the fact never counts as a payment, whatever its status is.
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

    /// The sum of all refunds of the trade so far, in fen, if the fact contains it.
    package var refundedFen: Int64? { refund?.totalFen }
}

/// The state of a trade at the gateway.
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
