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
}

/// How a refund stands.
package enum RefundState: String, CaseIterable, Sendable, PostgresCodable {
    /// It will be asked for at the gateway until that has done it.
    case requested
    /// The gateway has sent the money.
    case succeeded
}
