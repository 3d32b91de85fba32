import Foundation
import Shared

/// The bill of a day, with the columns of the gateway's own.
struct SandboxBill: Sendable {
    private struct Line {
        var tradeNo: String
        var outTradeNo: String
        var subject: String
        var createdAt: Date
        var finishedAt: Date
        /// In fen, more than 0.
        var amountFen: Int64
        /// The number of the refund; `nil` for a payment.
        var requestNumber: String?
    }

    private static let columns = """
        支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,\
        集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注
        """

    private let day: String
    private var lines: [Line] = []

    /// The start of a day in Beijing; `nil` for anything but `YYYY-MM-DD` of a day that exists.
    static func start(of day: String) -> Date? {
        AlipayTimestamp.time(day + " 00:00:00")
    }

    /// - Parameters:
    ///   - trades: all trades. Movements of other days are left out.
    ///   - start: when the day begins.
    init(_ trades: [SandboxTrade], day: String, start: Date, differences: BillDifferences) {
        self.day = day
        let isThatDay = { (time: Date) in time >= start && time < start + 86_400 }
        for trade in trades {
            let line = Line(
                tradeNo: trade.tradeNo, outTradeNo: trade.terms.outTradeNo, subject: trade.terms.subject, createdAt: trade.createdAt,
                finishedAt: trade.paidAt ?? trade.createdAt, amountFen: trade.amountFen
            )
            if let paidAt = trade.paidAt, isThatDay(paidAt) { lines.append(line) }
            for refund in trade.refunds where isThatDay(refund.at) {
                var back = line
                (back.finishedAt, back.amountFen, back.requestNumber) = (refund.at, refund.amountFen, refund.requestNumber)
                lines.append(back)
            }
        }
        lines.removeAll { differences.omit.contains($0.requestNumber ?? $0.outTradeNo) }
        for index in lines.indices {
            if let amountFen = differences.amounts[lines[index].requestNumber ?? lines[index].outTradeNo] {
                lines[index].amountFen = amountFen
            }
        }
        lines += differences.extra.map { extra in
            Line(
                tradeNo: extra.tradeNo, outTradeNo: extra.outTradeNo, subject: "?", createdAt: start + 43_200, finishedAt: start + 43_200,
                amountFen: extra.amountFen, requestNumber: extra.requestNumber
            )
        }
        lines.sort { ($0.finishedAt, $0.outTradeNo) < ($1.finishedAt, $1.outTradeNo) }
    }

    /// The file in UTF-8; the gateway's own is GBK in a ZIP archive.
    var csv: String {
        let payments = lines.filter { $0.requestNumber == nil }
        let refunds = lines.filter { $0.requestNumber != nil }
        let head = ["#支付宝业务明细查询", "#日期：[\(day)]", "#-----业务明细列表-----", Self.columns]
        let foot = [
            "#-----业务明细列表结束-----",
            "#交易合计：\(payments.count)笔，共\(AlipayAmount.text(fen: payments.reduce(0) { $0 + $1.amountFen }))元",
            "#退款合计：\(refunds.count)笔，共-\(AlipayAmount.text(fen: refunds.reduce(0) { $0 + $1.amountFen }))元",
        ]
        return (head + lines.map(Self.row) + foot).joined(separator: "\n") + "\n"
    }

    private static func row(_ line: Line) -> String {
        let amount = (line.requestNumber == nil ? "" : "-") + AlipayAmount.text(fen: line.amountFen)
        // The gateway puts a tab after its numbers, so that spreadsheets don't read them as floating-point numbers.
        let cells = [
            line.tradeNo + "\t", line.outTradeNo + "\t", line.requestNumber == nil ? "交易" : "退款", line.subject,
            AlipayTimestamp.text(line.createdAt), AlipayTimestamp.text(line.finishedAt), "", "", "", "", "pia***@sandbox.com", amount,
            amount,
            "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00", line.requestNumber.map { $0 + "\t" } ?? "", "0.00", "0.00", "",
        ]
        return cells.map(cell).joined(separator: ",")
    }

    private static func cell(_ text: String) -> String {
        text.contains { ",\"\n\r".contains($0) } ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    }
}
