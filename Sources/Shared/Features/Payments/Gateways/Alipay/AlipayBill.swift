import FoundationEssentials

/// The gateway's bill of a day, which it calls the details of the business (业务明细): CSV, in which lines that begin with `#` are comments.
package struct AlipayBill: Sendable {
    /// The columns that we read; the gateway's have more.
    private static let (tradeNo, outTradeNo, kind) = ("支付宝交易号", "商户订单号", "业务类型")
    private static let (finishedAt, amount, requestNumber) = ("完成时间", "订单金额（元）", "退款批次号/请求号")

    package let lines: [BillLine]

    /// - Parameter bytes: CSV in UTF-8. Values may have blanks around them; the gateway puts a tab after its numbers.
    /// - Throws: ``GatewayFailure/untrusted(reason:)``, even when only one line can't be read: each line that were left out would become a
    ///   difference.
    package init(_ bytes: [UInt8]) throws {
        guard !bytes.starts(with: Array("PK".utf8)) else {
            throw GatewayFailure.untrusted(reason: "The bill is a ZIP archive, and only CSV in UTF-8 is read.")
        }
        let columns = [Self.tradeNo, Self.outTradeNo, Self.kind, Self.finishedAt, Self.amount, Self.requestNumber]
        let file: ImportedFile<BillLine>
        do {
            file = try CSVTable(Self.withoutComments(bytes), columns: columns).file(Self.line)
        } catch {
            throw GatewayFailure.untrusted(reason: "The bill can't be read: \(error.description).")
        }
        if let refusal = file.refusals.first {
            throw GatewayFailure.untrusted(reason: "The bill's line \(refusal.line) can't be read: \(refusal.reason).")
        }
        lines = file.rows.map(\.value)
    }

    private static func line(_ row: CSVTable.Row) throws(ImportFault) -> BillLine {
        let kind: BillLine.Kind
        switch row[Self.kind] {
        case "交易": kind = .payment
        case "退款": kind = .refund
        default: throw ImportFault("it is neither a payment nor a refund")
        }
        guard let outTradeNo = TradeNumber(rawValue: row[outTradeNo]) else { throw ImportFault("the trade's number has another form") }
        // The bill writes refunds as negative numbers.
        let amount = row[amount]
        guard let amountFen = AlipayAmount.fen(kind == .refund && amount.hasPrefix("-") ? String(amount.dropFirst()) : amount),
            amountFen > 0
        else { throw ImportFault("the amount has another form") }
        guard let at = AlipayTimestamp.time(row[finishedAt]) else { throw ImportFault("the time has another form") }
        return BillLine(
            kind: kind,
            outTradeNo: outTradeNo,
            tradeNo: row[tradeNo],
            // The number of a refund that a person made in the gateway's own console can have another form than our numbers.
            requestNumber: kind == .refund ? TradeNumber(rawValue: row[requestNumber]) : nil,
            amountFen: amountFen,
            at: at
        )
    }

    /// Comments become empty lines, so that the count of lines stays right.
    private static func withoutComments(_ bytes: [UInt8]) -> [UInt8] {
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        var kept: [UInt8] = []
        kept.reserveCapacity(content.count)
        var isComment = false
        var isStart = true
        for byte in content {
            let isEnd = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            if isStart { isComment = byte == UInt8(ascii: "#") }
            isStart = isEnd
            if isEnd || !isComment { kept.append(byte) }
        }
        return kept
    }
}
