import Database
package import FoundationEssentials

/// Money that goes back to a buyer.
package struct Refund: Hashable, Sendable {
    package let id: Int64
    package let paymentID: Int64
    package let orderID: UUID
    /// What the gateway recognises a repeated request by; stored before it is first sent.
    package let requestNumber: TradeNumber
    /// In fen.
    package let amountFen: Int64
    package let reason: String
    package let state: RefundState
    package let requestedAt: Date
    package let succeededAt: Date?
    /// What the cinema keeps of the tickets' price, in fen.
    package let feeFen: Int64
    /// `nil` where no person asked: late and duplicate money.
    package let requestedByAccountID: Int64?
    /// Why, in the words of the person who asked.
    package internal(set) var note: String?
}

/// A wish to send money back.
package struct NewRefund: Hashable, Sendable {
    /// In fen, more than 0.
    package let amountFen: Int64
    /// What is kept, in fen.
    package let feeFen: Int64
    /// What the buyer reads, 1 to 64 characters.
    package let reason: String
    /// Who asked; `nil` where no person did.
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

/// How a refund stands.
package enum RefundState: String, CaseIterable, Sendable, PostgresCodable {
    /// It will be asked for at the gateway until that has done it.
    case requested
    /// The gateway has sent the money.
    case succeeded
}
