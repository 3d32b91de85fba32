import Foundation
import Text

/// All trades, as many as the limit allows; the oldest are removed first.
struct TradeBook: Sendable {
    private(set) var trades: [String: SandboxTrade] = [:]
    private var order: [String] = []
    private var opened = 0
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Opens a trade, or finds it when its page is opened again.
    ///
    /// - Throws: ``TradeRefusal`` when it exists with other terms, or its time was over before it began.
    mutating func open(_ terms: TradeTerms, at now: Date) throws -> (trade: SandboxTrade, removed: String?) {
        if var trade = trades[terms.outTradeNo] {
            guard trade.terms.agrees(with: terms) else { throw TradeRefusal.inconsistent }
            trade.lapse(at: now)
            trades[terms.outTradeNo] = trade
            return (trade, nil)
        }
        if let expiresAt = terms.expiresAt, now >= expiresAt { throw TradeRefusal.hasClose }
        opened += 1
        let trade = SandboxTrade(terms, tradeNo: Self.tradeNo(opened, at: now), at: now)
        var removed: String?
        if order.count == limit {
            let oldest = order.removeFirst()
            trades[oldest] = nil
            removed = oldest
        }
        order.append(terms.outTradeNo)
        trades[terms.outTradeNo] = trade
        return (trade, removed)
    }

    /// Reads a trade as it is now.
    ///
    /// - Throws: ``TradeRefusal/notExist``.
    mutating func trade(_ outTradeNo: String, at now: Date) throws -> SandboxTrade {
        try change(outTradeNo) { $0.lapse(at: now) }
    }

    /// Changes a trade; a change that throws leaves it as it was.
    ///
    /// - Throws: ``TradeRefusal/notExist``, and what the change throws.
    @discardableResult
    mutating func change(_ outTradeNo: String, _ change: (inout SandboxTrade) throws -> Void) throws -> SandboxTrade {
        guard var trade = trades[outTradeNo] else { throw TradeRefusal.notExist }
        try change(&trade)
        trades[outTradeNo] = trade
        return trade
    }

    /// All trades in the order in which they were opened.
    var inOrder: [SandboxTrade] { order.compactMap { trades[$0] } }

    /// Trades in the order in which they were opened, after the first `after` ones.
    ///
    /// - Returns: as many trades as the limit allows, in their present state, and the value of `after` for the next page; `nil` when none
    ///   follows.
    mutating func page(after: Int, limit: Int, at now: Date) -> (trades: [SandboxTrade], next: Int?) {
        let removed = opened - order.count
        let start = min(max(after - removed, 0), order.count)
        let end = min(start + limit, order.count)
        let page = order[start..<end].compactMap { try? trade($0, at: now) }
        return (page, end < order.count ? removed + end : nil)
    }

    /// The application's number of the trade with this number of the gateway; `nil` when there is none.
    func outTradeNo(ofTradeNo tradeNo: String) -> String? {
        trades.first { $0.value.tradeNo == tradeNo }?.key
    }

    /// A number of 28 digits, like the real gateway's: the second of the opening, and a count.
    private static func tradeNo(_ count: Int, at now: Date) -> String {
        let second = String(Int(now.timeIntervalSince1970))
        return second + String(count, width: 28 - second.count)
    }
}
