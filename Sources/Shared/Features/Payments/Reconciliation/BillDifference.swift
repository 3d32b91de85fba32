import Database

/// The ways in which our books and a bill disagree.
package enum DifferenceKind: String, CaseIterable, Sendable, PostgresCodable {
    /// Our books have the movement, and no bill does.
    case missingAtGateway = "missing_at_gateway"
    /// The bill has the movement, and our books don't.
    case missingHere = "missing_here"
    /// Both have the movement, with different amounts.
    case amountDiffers = "amount_differs"
    /// The bill says that the money moved, and our books say that it hasn't.
    case unexpectedState = "unexpected_state"
    /// The bills have the movement more than once.
    case repeatedLine = "repeated_line"
}

/// A movement about which our books and a bill disagree.
package struct BillDifference: Hashable, Sendable {
    package let kind: DifferenceKind
    /// The kind of movement.
    package let line: BillLine.Kind
    package let outTradeNo: TradeNumber
    package let tradeNo: String?
    package let requestNumber: TradeNumber?
    /// The amount in our books.
    package let ourFen: Int64?
    /// The amount in the bill; for a repeated line, the amount that is too much.
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
