package import FoundationEssentials

/// What a verified fact means for the payment that it names. The order in which facts arrive makes no difference.
package enum FactJudgement: Hashable, Sendable {
    /// The money came and we didn't know.
    case paid
    /// We knew it already.
    case alreadySettled
    /// The gateway names another amount than was asked for. Nothing is done; a person has to look.
    case amountMismatch
    /// The payment has succeeded with another trade of the gateway, or the trade belongs to another payment. Nothing is done; a person has to look.
    case tradeBoundElsewhere
    /// It tells of money that went back, whatever the status.
    case refundNoticed
    /// Nobody can pay it any more.
    case closed
    /// Nobody has paid yet.
    case notYet
}

extension Payment {
    /// Judges a fact that names this payment; whether the trade belongs to another payment is not known here.
    package func judgement(of fact: PaymentFact) -> FactJudgement {
        guard fact.gateway == gateway, fact.outTradeNo == outTradeNo else { return .tradeBoundElsewhere }
        if let wrongAmountFen, fact.amountFen == wrongAmountFen { return fact.refund == nil ? .alreadySettled : .refundNoticed }
        // Nor is the right amount believed once another one came and went back.
        guard fact.amountFen == amountFen, wrongAmountFen == nil else { return .amountMismatch }
        // Before the status: a partial refund is told under the status of a paid trade.
        if fact.refund != nil { return .refundNoticed }
        switch fact.status {
        case .waiting:
            return state == .succeeded ? .alreadySettled : .notYet
        case .closed:
            return state == .succeeded ? .alreadySettled : .closed
        case .succeeded, .finished:
            guard state == .succeeded else { return .paid }
            return tradeNo == fact.tradeNo ? .alreadySettled : .tradeBoundElsewhere
        }
    }
}

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
