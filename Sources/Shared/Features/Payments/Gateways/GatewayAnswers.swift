/// The answer to the question how a trade stands.
package enum TradeReport: Hashable, Sendable {
    case found(PaymentFact)
    /// The gateway doesn't know it: the buyer has not opened the payment page, or not yet.
    case neverOpened
}

/// The answer to the wish to close a trade that nobody has paid.
package enum TradeClosing: Hashable, Sendable {
    /// Nobody can pay it any more.
    case closed
    /// The gateway doesn't know it: nothing to close, though the page may still be opened until the trade's time is over.
    case neverOpened
    /// Too late: it is not open any more. A query tells whether it is paid or closed.
    case alreadyDecided
}

/// A refund as the gateway is told of it.
package struct RefundRequest: Hashable, Sendable {
    /// Our number of the trade.
    package let outTradeNo: TradeNumber
    /// What the gateway recognises a repeated request by.
    package let requestNumber: TradeNumber
    /// In fen.
    package let amountFen: Int64
    /// What the buyer reads.
    package let reason: String

    package init(outTradeNo: TradeNumber, requestNumber: TradeNumber, amountFen: Int64, reason: String) {
        self.outTradeNo = outTradeNo
        self.requestNumber = requestNumber
        self.amountFen = amountFen
        self.reason = reason
    }
}

/// The answer to a refund, or to the question how one stands.
package enum RefundReport: Hashable, Sendable {
    /// The money has gone back.
    case refunded
    /// Accepted, or not heard of: not refunded as far as is known.
    case undecided
}
