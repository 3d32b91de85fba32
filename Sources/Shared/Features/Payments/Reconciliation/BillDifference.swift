import Database

/// In which way our books and a bill disagree.
package enum DifferenceKind: String, CaseIterable, Sendable, PostgresCodable {
    /// We have it, no bill does.
    case missingAtGateway = "missing_at_gateway"
    /// The bill has it, we don't.
    case missingHere = "missing_here"
    /// Both have it, with different amounts.
    case amountDiffers = "amount_differs"
    /// The money moved, and we think that it hasn't.
    case unexpectedState = "unexpected_state"
    /// The bills have it more often than once.
    case repeatedLine = "repeated_line"
}

/// Something on which our books and a bill disagree.
package struct BillDifference: Hashable, Sendable {
    package let kind: DifferenceKind
    /// Which movement of money it is about.
    package let line: BillLine.Kind
    package let outTradeNo: TradeNumber
    package let tradeNo: String?
    package let requestNumber: TradeNumber?
    /// The amount in our books.
    package let ourFen: Int64?
    /// The amount in the bill; of a repeated line, what it has too much.
    package let gatewayFen: Int64?

    package init(
        _ kind: DifferenceKind, line: BillLine.Kind, outTradeNo: TradeNumber, tradeNo: String?, requestNumber: TradeNumber?, ourFen: Int64?,
        gatewayFen: Int64?
    ) {
        self.kind = kind
        self.line = line
        self.outTradeNo = outTradeNo
        self.tradeNo = tradeNo
        self.requestNumber = requestNumber
        self.ourFen = ourFen
        self.gatewayFen = gatewayFen
    }
}

extension BillLine.Kind: PostgresCodable {}
