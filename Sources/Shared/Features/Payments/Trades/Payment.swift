import Database
package import FoundationEssentials

/// An attempt to pay an order at a gateway.
package struct Payment: Hashable, Sendable {
    package let id: Int64
    /// What it pays; opaque here.
    package let orderID: UUID
    /// The name of the gateway.
    package let gateway: String
    package let method: PaymentMethod
    /// Our number of the trade.
    package let outTradeNo: TradeNumber
    /// In fen.
    package let amountFen: Int64
    package let state: PaymentState
    /// The gateway's number of the trade, once it succeeded.
    package let tradeNo: String?
    package let createdAt: Date
    /// After this moment the gateway takes no money for it: a whole second, not after the time that the order had for being paid.
    package let expiresAt: Date
    package let succeededAt: Date?
    package let closedAt: Date?
    /// What came instead of the amount and was sent back by somebody's decision, in fen. Nothing else counts for this payment any more.
    package let wrongAmountFen: Int64?

    /// Whether its money is in the ledger.
    package var isInTheBooks: Bool { state == .succeeded || wrongAmountFen != nil }

    /// The most that can go back, in fen.
    package var refundableFen: Int64 { wrongAmountFen ?? amountFen }
}

/// A payment that has just been started, with what the client does next.
package struct StartedPayment: Hashable, Sendable {
    package let payment: Payment
    package let instruction: PaymentInstruction
}

/// Who takes the money.
package enum PaymentChannel: Hashable, Sendable {
    /// A gateway, from the buyer itself.
    case online
    /// A clerk of the cinema, whose word counts.
    case counter
}

/// What the client does next in order to pay.
package enum PaymentInstruction: Hashable, Sendable {
    /// Open this address in a browser.
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

/// How an attempt to pay stands with us.
package enum PaymentState: String, CaseIterable, Sendable, PostgresCodable {
    /// The buyer has been told how to pay.
    case started
    /// The gateway has said that the money came.
    case succeeded
    /// The gateway takes no money for it any more. Should it say otherwise later, it is believed: closed becomes succeeded.
    case closed
}
