import Database
package import FoundationEssentials
package import Text

/// The comparison of a day's bill with our books. The order of the lines makes no difference.
package struct BillComparison: Hashable, Sendable {
    /// Our payments and refunds that the bill names, whether or not they agree otherwise.
    package let named: [BookLine]
    /// Payments and refunds that an earlier bill of the same day named, and this one does not.
    package let dropped: [BookLine]
    /// In a stable order.
    package let differences: [BillDifference]
    package let ours: MoneyMoved
    package let gateways: MoneyMoved

    /// - Parameters:
    ///   - day: the bill's day.
    ///   - bill: all lines of the bill.
    ///   - books: our payments and refunds that the lines could name, and those that succeeded in the window.
    ///   - window: whatever succeeded in this time should have been named by a bill by now.
    package init(day: CalendarDay, bill: [BillLine], books: [BookLine], window: Range<Date>) {
        let groups = Dictionary(grouping: bill) { Trade(movement: $0.movement, tradeNo: $0.tradeNo) }
        let ours = Dictionary(books.map { ($0.movement, $0) }, uniquingKeysWith: { first, _ in first })
        var named: [Movement: BookLine] = [:]
        var differences: [BillDifference] = []
        for (trade, lines) in groups {
            let line = ours[trade.movement].flatMap { $0.tradeNo == nil || $0.tradeNo == trade.tradeNo ? $0 : nil }
            if let line { named[trade.movement] = line }
            differences += Self.differences(of: trade, amounts: lines.map(\.amountFen), from: line, day: day)
        }
        let unnamed = ours.values.filter { named[$0.movement] == nil && ($0.billDay ?? day) == day }
        let missing = unnamed.filter { line in line.succeededAt.map(window.contains) ?? false }
        differences += missing.map { line in
            BillDifference(
                .missingAtGateway, line: line.kind, outTradeNo: line.outTradeNo, tradeNo: line.tradeNo, requestNumber: line.requestNumber,
                ourFen: line.amountFen, gatewayFen: nil
            )
        }
        self.named = named.values.sorted { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }
        dropped = unnamed.filter { $0.billDay == day }.sorted { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }
        self.differences = differences.sorted { Self.sortKey($0).lexicographicallyPrecedes(Self.sortKey($1)) }
        let moved = named.values.filter { $0.succeededAt != nil && ($0.billDay ?? day) == day } + missing
        self.ours = MoneyMoved(moved.map { ($0.kind, $0.amountFen) })
        gateways = MoneyMoved(bill.map { ($0.kind, $0.amountFen) })
    }

    /// A trade of the gateway. When the gateway has two numbers for one of our trades, they count as two trades.
    private struct Trade: Hashable {
        let movement: Movement
        let tradeNo: String
    }

    /// The differences in the lines of one trade, at most two: one line is wrong, and there are too many lines.
    private static func differences(of trade: Trade, amounts: [Int64], from line: BookLine?, day: CalendarDay) -> [BillDifference] {
        func difference(_ kind: DifferenceKind, _ gatewayFen: Int64) -> BillDifference {
            BillDifference(
                kind, line: trade.movement.kind, outTradeNo: trade.movement.outTradeNo, tradeNo: trade.tradeNo,
                requestNumber: trade.movement.requestNumber, ourFen: line?.amountFen, gatewayFen: gatewayFen
            )
        }
        let total = amounts.reduce(0, +)
        // Another day's bill had named it, so every line of this bill is one too many.
        if let billDay = line?.billDay, billDay != day { return [difference(.repeatedLine, total)] }
        // Of several lines, the one that agrees with our books is taken as the right one.
        let agreeing = line.flatMap { line in amounts.contains(line.amountFen) ? line.amountFen : nil }
        guard let first = agreeing ?? amounts.min() else { return [] }
        var found: [BillDifference] = []
        if let line {
            if line.succeededAt == nil {
                found.append(difference(.unexpectedState, first))
            } else if line.amountFen != first {
                found.append(difference(.amountDiffers, first))
            }
        } else {
            found.append(difference(.missingHere, first))
        }
        if amounts.count > 1 { found.append(difference(.repeatedLine, total - first)) }
        return found
    }

    private static func sortKey(_ difference: BillDifference) -> [String] {
        [
            difference.line.rawValue, difference.outTradeNo.rawValue, difference.requestNumber?.rawValue ?? "", difference.tradeNo ?? "",
            difference.kind.rawValue,
        ]
    }
}

/// How much money moved in both directions.
package struct MoneyMoved: Hashable, Sendable {
    package let payments: Int64
    package let paymentsFen: Int64
    package let refunds: Int64
    package let refundsFen: Int64

    package init(payments: Int64, paymentsFen: Int64, refunds: Int64, refundsFen: Int64) {
        self.payments = payments
        self.paymentsFen = paymentsFen
        self.refunds = refunds
        self.refundsFen = refundsFen
    }

    init(_ movements: [(kind: BillLine.Kind, amountFen: Int64)]) {
        let (payments, refunds) = (movements.filter { $0.kind == .payment }, movements.filter { $0.kind == .refund })
        self.init(
            payments: Int64(payments.count), paymentsFen: payments.reduce(0) { $0 + $1.amountFen },
            refunds: Int64(refunds.count), refundsFen: refunds.reduce(0) { $0 + $1.amountFen }
        )
    }
}
