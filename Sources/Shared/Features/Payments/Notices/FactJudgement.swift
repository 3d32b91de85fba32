package import FoundationEssentials

/// The consequence of a verified fact for the payment that it names. The order in which facts arrive makes no difference.
package enum FactJudgement: Hashable, Sendable {
    /// The money came, and we didn't know it yet.
    case paid
    /// We knew it already.
    case alreadySettled
    /// The gateway names another amount than we asked for. Nothing is changed; a person has to look.
    case amountMismatch
    /// The payment has succeeded with another trade of the gateway, or the trade belongs to another payment. Nothing is changed; a person
    /// has to look.
    case tradeBoundElsewhere
    /// The gateway says that more went back than came. Nothing is changed; a person has to look.
    case refundExceedsPayment
    /// The fact reports money that went back, whatever its status is.
    case refundNoticed
    /// Nobody can pay it any more.
    case closed
    /// Nobody has paid yet.
    case notYet
}

extension Payment {
    /// Judges a fact that names this payment. It doesn't check whether the trade belongs to another payment.
    package func judgement(of fact: PaymentFact) -> FactJudgement {
        guard fact.gateway == gateway, fact.outTradeNo == outTradeNo else { return .tradeBoundElsewhere }
        if let refundedFen = fact.refundedFen, refundedFen > fact.amountFen { return .refundExceedsPayment }
        if let wrongAmountFen, fact.amountFen == wrongAmountFen { return fact.refund == nil ? .alreadySettled : .refundNoticed }
        // Once a wrong amount came and was sent back, the right amount isn't believed either.
        guard wrongAmountFen == nil else { return .amountMismatch }
        guard fact.amountFen == amountFen else {
            // A person has sent back money of a wrong amount, which nobody here has decided about.
            return fact.refund != nil && state != .succeeded ? .refundNoticed : .amountMismatch
        }
        // This comes before the status, because the notice of a partial refund has the status of a paid trade.
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

/// A payment with the fact that proves that its money came.
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
