import Database
package import FoundationEssentials
package import Text

/// A payment or refund of ours, as it is compared with a gateway's bill.
package struct BookLine: Hashable, Sendable {
    package let kind: BillLine.Kind
    /// The payment's or the refund's number.
    package let id: Int64
    /// Our number of the trade.
    package let outTradeNo: TradeNumber
    /// The gateway's number of the trade, where we know it.
    package let tradeNo: String?
    /// Our number of the refund; `nil` for a payment.
    package let requestNumber: TradeNumber?
    /// In fen.
    package let amountFen: Int64
    /// When the money moved, as we have it; `nil` as long as it hasn't.
    package let succeededAt: Date?
    /// The day whose bill has named it; `nil` when none has.
    package let billDay: CalendarDay?

    package init(
        kind: BillLine.Kind, id: Int64, outTradeNo: TradeNumber, tradeNo: String?, requestNumber: TradeNumber?, amountFen: Int64,
        succeededAt: Date?, billDay: CalendarDay?
    ) {
        self.kind = kind
        self.id = id
        self.outTradeNo = outTradeNo
        self.tradeNo = tradeNo
        self.requestNumber = requestNumber
        self.amountFen = amountFen
        self.succeededAt = succeededAt
        self.billDay = billDay
    }

    /// The numbers by which a line of a bill would name it.
    var movement: Movement {
        Movement(kind: kind, outTradeNo: outTradeNo, requestNumber: requestNumber)
    }
}

/// A movement of money by our own numbers.
struct Movement: Hashable, Sendable {
    let kind: BillLine.Kind
    let outTradeNo: TradeNumber
    let requestNumber: TradeNumber?
}

extension BillLine {
    /// The movement by our own numbers.
    var movement: Movement {
        Movement(kind: kind, outTradeNo: outTradeNo, requestNumber: requestNumber)
    }
}
