import Database
package import FoundationEssentials

/// An attempt to pay an order at a gateway.
package struct Payment: Hashable, Sendable {
    package let id: Int64
    /// The order that it pays; opaque in this feature.
    package let orderID: UUID
    /// The name of the gateway.
    package let gateway: String
    package let method: PaymentMethod
    /// Our number of the trade.
    package let outTradeNo: TradeNumber
    /// In fen; 0 for what costs nothing.
    package let amountFen: Int64
    package let state: PaymentState
    /// The gateway's number of the trade, once it succeeded.
    package let tradeNo: String?
    package let createdAt: Date
    /// After this moment the gateway takes no money for it. It is a whole second, and not later than the end of the order's time.
    package let expiresAt: Date
    package let succeededAt: Date?
    package let closedAt: Date?
    /// A wrong amount that came and was sent back by an administrator's decision, in fen. No other money counts for this payment any more.
    package let wrongAmountFen: Int64?
    /// What went back of it at the gateway though nobody here had asked for that, in fen. No refund can send it once more.
    package let foreignFen: Int64
    /// The highest sum of refunds that the gateway has told, in fen.
    package let toldRefundedFen: Int64
    /// Where the buyer's browser comes back to; `nil` for the page that the gateway's settings name.
    package let returnURL: String?

    /// Whether its money is in the ledger.
    package var isInTheBooks: Bool { state == .succeeded || wrongAmountFen != nil }

    /// The highest sum of refunds, in fen.
    package var refundableFen: Int64 { wrongAmountFen ?? amountFen }
}

/// A payment that has just been started, with the instruction for the client.
package struct StartedPayment: Hashable, Sendable {
    package let payment: Payment
    package let instruction: PaymentInstruction
}

/// Who takes the money.
package enum PaymentChannel: Hashable, Sendable {
    /// A gateway takes it from the buyer.
    case online
    /// A clerk of the cinema takes it, and the clerk's word counts.
    case counter
}

/// The client's next step in order to pay.
package enum PaymentInstruction: Hashable, Sendable {
    /// Open this URL in a browser.
    case payURL(String)
    /// Nothing: the money has been taken.
    case nothing
    /// Hand this text to the gateway's app on the phone.
    case orderString(String)
}

/// A way of paying that a client chooses, such as a page in the browser or an app on the phone; gateways declare theirs.
package struct PaymentMethod: RawRepresentable, Hashable, Sendable {
    /// The word in the interface and in the database, at most 32 characters.
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }
}

/// The states of a payment.
package enum PaymentState: String, CaseIterable, Sendable, PostgresCodable {
    /// The buyer has been told how to pay.
    case started
    /// The gateway has said that the money came.
    case succeeded
    /// The gateway takes no money for it any more. If it reports a payment later, it is believed: closed becomes succeeded.
    case closed
}
