package import FoundationEssentials

/// A payment whose money came, by a fact that was judged so.
package struct ProvenPayment: Hashable, Sendable {
    package let paymentID: Int64
    /// The gateway's number of the trade.
    package let tradeNo: String
    package let paidAt: Date?

    package init(_ payment: Payment, by fact: PaymentFact) {
        paymentID = payment.id
        tradeNo = fact.tradeNo
        paidAt = fact.paidAt
    }
}
