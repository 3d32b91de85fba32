/// The answer to a question about a trade's state.
package enum TradeReport: Hashable, Sendable {
    case found(PaymentFact)
    /// The gateway doesn't know the trade, because the buyer has not opened the payment page, or not yet.
    case neverOpened
}

/// The answer to a request to close an unpaid trade.
package enum TradeClosing: Hashable, Sendable {
    /// Nobody can pay it any more.
    case closed
    /// The gateway doesn't know the trade, so it has nothing to close. The page may still be opened until the trade's time is over.
    case neverOpened
    /// Too late: the trade is not open any more. A query tells whether it is paid or closed.
    case alreadyDecided
}

/// A refund as we request it at the gateway.
package struct RefundRequest: Hashable, Sendable {
    /// Our number of the trade.
    package let outTradeNo: TradeNumber
    /// The number by which the gateway recognises a repeated request.
    package let requestNumber: TradeNumber
    /// In fen.
    package let amountFen: Int64
    /// The text that the buyer reads.
    package let reason: String

    package init(outTradeNo: TradeNumber, requestNumber: TradeNumber, amountFen: Int64, reason: String) {
        self.outTradeNo = outTradeNo
        self.requestNumber = requestNumber
        self.amountFen = amountFen
        self.reason = reason
    }
}

/// The answer to a refund, or to a question about a refund's state.
package enum RefundReport: Hashable, Sendable {
    /// The money has gone back.
    case refunded
    /// Accepted, or unknown to the gateway. As far as is known, no money has gone back.
    case undecided
}
