import Database
package import FoundationEssentials

/// Money that goes back to a buyer.
package struct Refund: Hashable, Sendable {
    package let id: Int64
    package let paymentID: Int64
    package let orderID: UUID
    /// The number by which the gateway recognises a repeated request. It is stored before it is first sent.
    package let requestNumber: TradeNumber
    /// What it comes to, in fen.
    package let amountFen: Int64
    /// The part that went back without us, so that the gateway doesn't send it, in fen.
    package let foreignFen: Int64
    package let reason: String
    package let state: RefundState
    package let requestedAt: Date
    package let succeededAt: Date?
    /// The fee that the cinema keeps of the tickets' price, in fen.
    package let feeFen: Int64
    /// The account that asked; `nil` for late and duplicate money.
    package let requestedByAccountID: Int64?
    /// The reason that the person gave.
    package internal(set) var note: String?

    /// What the gateway sends for it, in fen.
    package var sentFen: Int64 { amountFen - foreignFen }
}

/// The sums over a payment's refunds.
struct RefundSums: Hashable, Sendable {
    /// What they come to, in fen.
    let amountFen: Int64
    /// What the gateway sends for them, or has sent, in fen.
    let sentFen: Int64
}

/// A refund to be requested.
package struct NewRefund: Hashable, Sendable {
    /// In fen; 0 for tickets that cost their buyer nothing.
    package let amountFen: Int64
    /// The fee that is kept, in fen.
    package let feeFen: Int64
    /// The text that the buyer reads, 1 to 64 characters.
    package let reason: String
    /// The account that asked; `nil` where no person did.
    package let requestedByAccountID: Int64?
    /// 1 to 200 characters.
    package let note: String?

    package init(amountFen: Int64, feeFen: Int64 = 0, reason: String, requestedByAccountID: Int64? = nil, note: String? = nil) {
        self.amountFen = amountFen
        self.feeFen = feeFen
        self.reason = reason
        self.requestedByAccountID = requestedByAccountID
        self.note = note
    }
}

/// The states of a refund.
package enum RefundState: String, CaseIterable, Sendable, PostgresCodable {
    /// The outbox repeats the request until the gateway has sent the money.
    case requested
    /// The gateway has sent the money, or there was none to send.
    case succeeded
}
