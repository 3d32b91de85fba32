import Foundation
import Shared

/// The gateway's state: the trades, and the attempts to send their notices.
actor Sandbox {
    /// The highest number of attempts that are kept for a trade.
    private static let mostAttempts = 200
    /// The highest number of notices under way at a time. Further ones are dropped, and recorded as dropped.
    private static let mostDeliveries = 10_000

    private let settings: SandboxSettings
    private let outbound: AsyncStream<NoticeDelivery>.Continuation
    private var book: TradeBook
    private var attempts: [String: [NoticeAttempt]] = [:]
    private var differences: [String: BillDifferences] = [:]
    private var underWay = 0

    init(settings: SandboxSettings, outbound: AsyncStream<NoticeDelivery>.Continuation) {
        self.settings = settings
        self.outbound = outbound
        book = TradeBook(limit: settings.trades)
    }

    /// The buyer opens the payment page.
    ///
    /// - Throws: ``TradeRefusal``.
    func open(_ terms: TradeTerms) throws -> SandboxTrade {
        let (trade, removed) = try book.open(terms, at: Date())
        if let removed { attempts[removed] = nil }
        return trade
    }

    /// - Throws: ``TradeRefusal/notExist``.
    func trade(_ outTradeNo: String) throws -> SandboxTrade {
        try book.trade(outTradeNo, at: Date())
    }

    /// The trade that a request names by our number or by the gateway's. The gateway's number takes precedence.
    ///
    /// - Throws: ``TradeRefusal``.
    func trade(namedBy content: [String: String]) throws -> SandboxTrade {
        let own = content["trade_no"].map { book.outTradeNo(ofTradeNo: $0) } ?? content["out_trade_no"]
        guard let own else { throw content["trade_no"] == nil ? TradeRefusal.invalidParameter : TradeRefusal.notExist }
        return try trade(own)
    }

    /// The buyer pays, and the notice is sent.
    ///
    /// - Throws: ``TradeRefusal``.
    func pay(_ outTradeNo: String, knobs: PayKnobs) throws -> SandboxTrade {
        let now = Date()
        let trade = try book.change(outTradeNo) { try $0.pay(amountFen: knobs.amountFen, late: knobs.late, at: now) }
        let losses = knobs.lost ? Int.max : knobs.loseFirst
        let notice = Notice(trade, settings: settings, at: now)
        for _ in 0...knobs.duplicates {
            deliver(notice, of: trade, delay: .milliseconds(knobs.delay), losses: losses, knobs: knobs)
        }
        if knobs.reorder {
            let older = Notice(trade, status: .waitBuyerPay, settings: settings, at: trade.createdAt)
            deliver(older, of: trade, delay: .milliseconds(knobs.delay + 300), losses: losses, knobs: knobs)
        }
        return trade
    }

    /// The application closes the trade, and the gateway sends a notice of that.
    ///
    /// - Throws: ``TradeRefusal``.
    func close(_ outTradeNo: String) throws -> SandboxTrade {
        let now = Date()
        let trade = try book.change(outTradeNo) { try $0.close(at: now) }
        deliver(Notice(trade, settings: settings, at: now), of: trade)
        return trade
    }

    /// The application refunds, and the gateway sends a notice to the payment's notify URL.
    ///
    /// - Throws: ``TradeRefusal``.
    func refund(_ outTradeNo: String, requestNumber: String, amountFen: Int64) throws -> (trade: SandboxTrade, moved: Bool) {
        let now = Date()
        var moved = false
        let trade = try book.change(outTradeNo) { moved = try $0.refund(requestNumber, amountFen: amountFen, at: now) }
        if moved, let refund = trade.refunds.last {
            deliver(Notice(trade, refund: refund, settings: settings, at: now), of: trade)
        }
        return (trade, moved)
    }

    /// Somebody refunds in the gateway's own console. The application learns of it only by the notice.
    ///
    /// - Parameter amountFen: `nil` for all that is left.
    /// - Throws: ``TradeRefusal``.
    func refundAtConsole(_ outTradeNo: String, amountFen: Int64?) throws -> SandboxTrade {
        let trade = try trade(outTradeNo)
        // This number has another form than the application's.
        let number = "console-\(UUID().uuidString.lowercased())"
        let left = (trade.paidFen ?? 0) - trade.refundedFen
        return try refund(outTradeNo, requestNumber: number, amountFen: amountFen ?? left).trade
    }

    /// Trades in the order in which they were opened, with the attempts to send their notices.
    func trades(after: Int, limit: Int) -> (trades: [TradeView], next: Int?) {
        let (trades, next) = book.page(after: after, limit: limit, at: Date())
        return (trades.map { TradeView($0, attempts: attempts(of: $0.terms.outTradeNo)) }, next)
    }

    /// The bill of a day in Beijing. Today's bill ends at the present moment.
    ///
    /// - Throws: ``TradeRefusal/billNotExist``.
    func bill(of day: String) throws -> SandboxBill {
        let planted = differences[day] ?? BillDifferences()
        guard let start = SandboxBill.start(of: day), start <= Date(), !planted.missing else { throw TradeRefusal.billNotExist }
        return SandboxBill(book.inOrder, day: day, start: start, differences: planted)
    }

    /// Puts errors into a day's bill from now on. They replace earlier ones.
    ///
    /// - Throws: ``TradeRefusal/billNotExist`` when there is no such day.
    func plant(_ new: BillDifferences, inBillOf day: String) throws {
        guard SandboxBill.start(of: day) != nil else { throw TradeRefusal.billNotExist }
        differences[day] = new
    }

    /// The attempts to send a trade's notices, in their order.
    func attempts(of outTradeNo: String) -> [NoticeAttempt] {
        attempts[outTradeNo] ?? []
    }

    /// Records an attempt to send a notice.
    func record(_ attempt: NoticeAttempt, of outTradeNo: String) {
        guard book.trades[outTradeNo] != nil, attempts[outTradeNo, default: []].count < Self.mostAttempts else { return }
        attempts[outTradeNo, default: []].append(attempt)
    }

    /// Records that a notice has arrived, or was given up.
    func finishDelivery() {
        underWay -= 1
    }

    private func deliver(
        _ notice: Notice, of trade: SandboxTrade, delay: Duration = .zero, losses: Int = 0, knobs: PayKnobs = PayKnobs()
    ) {
        guard let url = trade.terms.notifyURL else { return }
        guard underWay < Self.mostDeliveries else {
            return record(NoticeAttempt(at: Date(), answer: "dropped: too many notices are under way"), of: trade.terms.outTradeNo)
        }
        underWay += 1
        outbound.yield(
            NoticeDelivery(
                outTradeNo: trade.terms.outTradeNo, url: url, notice: notice, delay: delay, losses: losses, tampering: knobs.tampering,
                contentType: knobs.contentType, charset: knobs.charset)
        )
    }
}

/// A notice on its way.
struct NoticeDelivery: Sendable {
    let outTradeNo: String
    let url: String
    let notice: Notice
    let delay: Duration
    /// How many attempts are lost on the way.
    let losses: Int
    let tampering: Tampering?
    /// `nil` for the default.
    let contentType: String?
    /// `nil` for the default.
    let charset: String?
}

/// One attempt to send a notice.
struct NoticeAttempt: Hashable, Sendable {
    let at: Date
    /// The receiver's answer, or the reason why there was none.
    let answer: String
}
