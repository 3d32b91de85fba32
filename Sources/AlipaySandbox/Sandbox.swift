import Foundation
import Shared

/// The gateway's state: the trades, and what became of their notices.
actor Sandbox {
    /// More than this are not kept of a trade.
    private static let mostAttempts = 200
    /// More notices than this are not under way at a time; what comes then is dropped, and recorded so.
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

    /// The trade that a request names by its own number or by the gateway's, which wins.
    ///
    /// - Throws: ``TradeRefusal``.
    func trade(namedBy content: [String: String]) throws -> SandboxTrade {
        let own = content["trade_no"].map { book.outTradeNo(ofTradeNo: $0) } ?? content["out_trade_no"]
        guard let own else { throw content["trade_no"] == nil ? TradeRefusal.invalidParameter : TradeRefusal.notExist }
        return try trade(own)
    }

    /// The buyer pays, and the notice is on its way.
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

    /// The application closes the trade; the gateway tells it so.
    ///
    /// - Throws: ``TradeRefusal``.
    func close(_ outTradeNo: String) throws -> SandboxTrade {
        let now = Date()
        let trade = try book.change(outTradeNo) { try $0.close(at: now) }
        deliver(Notice(trade, settings: settings, at: now), of: trade)
        return trade
    }

    /// The application refunds; the gateway tells of it at the payment's address.
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

    /// Somebody refunds in the gateway's own console, of which the application hears by the notice alone.
    ///
    /// - Parameter amountFen: `nil` for all that is left.
    /// - Throws: ``TradeRefusal``.
    func refundAtConsole(_ outTradeNo: String, amountFen: Int64?) throws -> SandboxTrade {
        let trade = try trade(outTradeNo)
        // Of another form than the application's numbers have.
        let number = "console-\(UUID().uuidString.lowercased())"
        let left = (trade.paidFen ?? 0) - trade.refundedFen
        return try refund(outTradeNo, requestNumber: number, amountFen: amountFen ?? left).trade
    }

    /// Trades in the order in which they were opened, with what became of their notices.
    func trades(after: Int, limit: Int) -> (trades: [TradeView], next: Int?) {
        let (trades, next) = book.page(after: after, limit: limit, at: Date())
        return (trades.map { TradeView($0, attempts: attempts(of: $0.terms.outTradeNo)) }, next)
    }

    /// The bill of a day of Beijing's, as far as it has gone when it is today.
    ///
    /// - Throws: ``TradeRefusal/billNotExist``.
    func bill(of day: String) throws -> SandboxBill {
        let planted = differences[day] ?? BillDifferences()
        guard let start = SandboxBill.start(of: day), start <= Date(), !planted.missing else { throw TradeRefusal.billNotExist }
        return SandboxBill(book.inOrder, day: day, start: start, differences: planted)
    }

    /// Makes a day's bill wrong from now on, in place of what was wrong with it before.
    ///
    /// - Throws: ``TradeRefusal/billNotExist`` when there is no such day.
    func plant(_ new: BillDifferences, inBillOf day: String) throws {
        guard SandboxBill.start(of: day) != nil else { throw TradeRefusal.billNotExist }
        differences[day] = new
    }

    /// What became of a trade's notices, in the order of the attempts.
    func attempts(of outTradeNo: String) -> [NoticeAttempt] {
        attempts[outTradeNo] ?? []
    }

    /// Keeps what came of an attempt to send a notice.
    func record(_ attempt: NoticeAttempt, of outTradeNo: String) {
        guard book.trades[outTradeNo] != nil, attempts[outTradeNo, default: []].count < Self.mostAttempts else { return }
        attempts[outTradeNo, default: []].append(attempt)
    }

    /// A notice has arrived, or was given up.
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
    /// `nil` for the usual one.
    let contentType: String?
    /// `nil` for the usual one.
    let charset: String?
}

/// One attempt to send a notice.
struct NoticeAttempt: Hashable, Sendable {
    let at: Date
    /// What the receiver answered, or why it didn't.
    let answer: String
}
