import Database
import Foundation
import Shared
import TestSupport
import Testing
import Text

@Suite("Holding a bill against our books")
struct BillComparisonTests {
    private static let day = CalendarDay(daysSince2001: 9_000)
    private static let noon = day.startInBeijing.addingTimeInterval(43_200)
    private static let window = day.startInBeijing..<day.endInBeijing

    private static func number(_ text: String) -> TradeNumber { TradeNumber(rawValue: text) ?? .make(at: noon) }

    private static func paid(_ name: String, _ fen: Int64 = 100, trade: String? = nil) -> BillLine {
        BillLine(kind: .payment, outTradeNo: number(name), tradeNo: trade ?? "T\(name)", requestNumber: nil, amountFen: fen, at: noon)
    }

    private static func refunded(_ name: String, _ request: String, _ fen: Int64 = 100) -> BillLine {
        BillLine(kind: .refund, outTradeNo: number(name), tradeNo: "T\(name)", requestNumber: number(request), amountFen: fen, at: noon)
    }

    private static func payment(
        _ id: Int64, _ name: String, _ fen: Int64 = 100, at: Date? = noon, trade: String? = nil, billDay: CalendarDay? = nil
    ) -> BookLine {
        BookLine(
            kind: .payment, id: id, outTradeNo: number(name), tradeNo: trade ?? (at == nil ? nil : "T\(name)"), requestNumber: nil,
            amountFen: fen, succeededAt: at, billDay: billDay
        )
    }

    private static func refund(_ id: Int64, _ name: String, _ request: String, _ fen: Int64 = 100, at: Date? = noon) -> BookLine {
        BookLine(
            kind: .refund, id: id, outTradeNo: number(name), tradeNo: "T\(name)", requestNumber: number(request), amountFen: fen,
            succeededAt: at, billDay: nil
        )
    }

    private static func compare(_ bill: [BillLine], _ books: [BookLine]) -> BillComparison {
        BillComparison(day: day, bill: bill, books: books, window: window)
    }

    private static func shown(_ comparison: BillComparison) -> [String] {
        comparison.differences.map {
            "\($0.kind.rawValue) \($0.line.rawValue) \($0.requestNumber ?? $0.outTradeNo) \($0.ourFen ?? 0) \($0.gatewayFen ?? 0)"
        }
    }

    @Test("Books that agree with the bill have no differences, and all of them are named")
    func agreement() {
        let comparison = Self.compare(
            [Self.paid("a"), Self.paid("b", 250), Self.refunded("b", "r1", 50), Self.refunded("b", "r2", 50)],
            [Self.payment(1, "a"), Self.payment(2, "b", 250), Self.refund(1, "b", "r1", 50), Self.refund(2, "b", "r2", 50)]
        )
        #expect(comparison.differences.isEmpty && comparison.dropped.isEmpty)
        #expect(comparison.named.map(\.id) == [1, 2, 1, 2])
        #expect(comparison.ours == MoneyMoved(payments: 2, paymentsFen: 350, refunds: 2, refundsFen: 100))
        #expect(comparison.ours == comparison.gateways)
    }

    @Test("Each kind of difference is told with both amounts")
    func kinds() {
        let comparison = Self.compare(
            [
                Self.paid("differs", 101), Self.paid("stranger"), Self.paid("waiting", 70), Self.paid("twice"), Self.paid("twice", 90),
                Self.refunded("x", "late", 5), Self.refunded("x", "unknown", 6),
            ],
            [
                Self.payment(1, "differs"), Self.payment(2, "waiting", 80, at: nil), Self.payment(3, "twice"), Self.payment(4, "silent"),
                Self.refund(1, "x", "late", 5, at: nil), Self.refund(2, "x", "silent2", 7),
            ]
        )
        #expect(
            Self.shown(comparison) == [
                "amount_differs payment differs 100 101", "missing_at_gateway payment silent 100 0", "missing_here payment stranger 0 100",
                "repeated_line payment twice 100 90", "unexpected_state payment waiting 80 70", "unexpected_state refund late 5 5",
                "missing_at_gateway refund silent2 7 0", "missing_here refund unknown 0 6",
            ])
    }

    @Test("Another number of the gateway is another trade")
    func otherTrade() {
        let comparison = Self.compare([Self.paid("a", trade: "other")], [Self.payment(1, "a")])
        #expect(Self.shown(comparison) == ["missing_at_gateway payment a 100 0", "missing_here payment a 0 100"])
        #expect(comparison.named.isEmpty)
        // Two trades that the buyer paid for one of ours, which we think is open.
        let both = Self.compare([Self.paid("b", trade: "1"), Self.paid("b", trade: "2")], [Self.payment(2, "b", at: nil)])
        #expect(both.differences.map(\.tradeNo) == ["1", "2"])
        #expect(both.differences.allSatisfy { $0.kind == .unexpectedState })
    }

    @Test("A line that another day's bill has named is repeated; a row that no bill has named is missing only within the window")
    func days() {
        let before = Self.day.adding(days: -1)
        let comparison = Self.compare(
            [Self.paid("again"), Self.paid("early")],
            [
                Self.payment(1, "again", billDay: before), Self.payment(2, "done", billDay: before),
                Self.payment(3, "early", at: Self.window.lowerBound.addingTimeInterval(-30)),
                Self.payment(4, "next", at: Self.window.upperBound),
                Self.payment(5, "first", at: Self.window.lowerBound),
                Self.payment(6, "dropped", at: Self.window.lowerBound.addingTimeInterval(-30), billDay: Self.day),
            ]
        )
        #expect(Self.shown(comparison) == ["repeated_line payment again 100 100", "missing_at_gateway payment first 100 0"])
        #expect(comparison.named.map(\.id) == [1, 3])
        #expect(comparison.dropped.map(\.id) == [6])
        #expect(comparison.ours == MoneyMoved(payments: 2, paymentsFen: 200, refunds: 0, refundsFen: 0))
    }

    @Test("A bill's length counts once: of so many lines each against each would be no end", .inTurn)
    func size() {
        let names = (0..<200_000).map { "t\($0)" }
        let bill = names.map { Self.paid($0) }
        let books = names.enumerated().map { Self.payment(Int64($0.offset), $0.element) }
        #expect(Self.compare(bill, books).differences.isEmpty)
    }

    /// Each kind by its definition, line by line against row by row.
    private static func naive(_ bill: [BillLine], _ books: [BookLine]) -> Set<String> {
        func isOf(_ line: BillLine, _ row: BookLine) -> Bool {
            line.kind == row.kind && line.outTradeNo == row.outTradeNo && line.requestNumber == row.requestNumber
                && (row.tradeNo == nil || row.tradeNo == line.tradeNo)
        }
        func isSame(_ one: BillLine, _ other: BillLine) -> Bool {
            one.kind == other.kind && one.outTradeNo == other.outTradeNo && one.requestNumber == other.requestNumber
                && one.tradeNo == other.tradeNo
        }
        func name(_ kind: DifferenceKind, _ line: BillLine) -> String {
            "\(kind.rawValue) \(line.kind) \(line.outTradeNo) \(line.requestNumber?.rawValue ?? "") \(line.tradeNo)"
        }
        var found: Set<String> = []
        for line in bill {
            let row = books.first { isOf(line, $0) }
            let same = bill.filter { isSame($0, line) }
            let isElsewhere = row?.billDay.map { $0 != day } ?? false
            if row == nil { found.insert(name(.missingHere, line)) }
            if let row, !isElsewhere, row.succeededAt == nil { found.insert(name(.unexpectedState, line)) }
            if let row, !isElsewhere, row.succeededAt != nil, !same.contains(where: { $0.amountFen == row.amountFen }) {
                found.insert(name(.amountDiffers, line))
            }
            if same.count > 1 || isElsewhere { found.insert(name(.repeatedLine, line)) }
        }
        for row in books where !bill.contains(where: { isOf($0, row) }) {
            guard let at = row.succeededAt, window.contains(at), row.billDay == nil || row.billDay == day else { continue }
            found.insert(
                "missing_at_gateway \(row.kind) \(row.outTradeNo) \(row.requestNumber?.rawValue ?? "") \(row.tradeNo ?? "")")
        }
        return found
    }

    @Test("For random bills and books the differences are of the right kinds and explain the sums, in any order of lines")
    func property() {
        var generator = Lehmer(seed: 41)
        for _ in 0..<600 {
            let names = ["a", "b", "c", "d"]
            let moments: [Date?] = [Self.noon, nil, Self.window.upperBound, Self.window.lowerBound]
            let days: [CalendarDay?] = [nil, nil, nil, Self.day, Self.day.adding(days: -1)]
            var books: [BookLine] = []
            for (index, name) in names.enumerated() where Bool.random(using: &generator) {
                let at = moments.randomElement(using: &generator) ?? nil
                let billDay = days.randomElement(using: &generator) ?? nil
                let amount = Int64.random(in: 1...3, using: &generator)
                books.append(Self.payment(Int64(index), name, amount, at: at, billDay: billDay))
                if Bool.random(using: &generator) {
                    let refundedAt = moments.randomElement(using: &generator) ?? nil
                    books.append(Self.refund(Int64(index), name, "r\(name)", amount, at: refundedAt))
                }
            }
            let bill = (0..<Int.random(in: 0...8, using: &generator)).map { _ -> BillLine in
                let name = names.randomElement(using: &generator) ?? "a"
                let amount = Int64.random(in: 1...3, using: &generator)
                if Bool.random(using: &generator) { return Self.refunded(name, "r\(name)", amount) }
                return Self.paid(name, amount, trade: Int.random(in: 0..<5, using: &generator) == 0 ? "other" : nil)
            }
            let comparison = Self.compare(bill, books)
            let found = comparison.differences.map {
                "\($0.kind.rawValue) \($0.line) \($0.outTradeNo) \($0.requestNumber?.rawValue ?? "") \($0.tradeNo ?? "")"
            }
            #expect(Set(found).count == found.count)
            #expect(Set(found) == Self.naive(bill, books))
            for kind in BillLine.Kind.allCases {
                let explained = comparison.differences.filter { $0.line == kind }.reduce(0) { $0 + Self.explains($1) }
                let gap = Self.fen(comparison.gateways, kind) - Self.fen(comparison.ours, kind)
                #expect(explained == gap)
            }
            #expect(Self.compare(bill.shuffled(using: &generator), books.shuffled(using: &generator)) == comparison)
        }
    }

    /// How much of the gap between both sums a difference explains.
    private static func explains(_ difference: BillDifference) -> Int64 {
        switch difference.kind {
        case .missingAtGateway: -(difference.ourFen ?? 0)
        case .amountDiffers: (difference.gatewayFen ?? 0) - (difference.ourFen ?? 0)
        case .missingHere, .unexpectedState, .repeatedLine: difference.gatewayFen ?? 0
        }
    }

    private static func fen(_ money: MoneyMoved, _ kind: BillLine.Kind) -> Int64 {
        kind == .payment ? money.paymentsFen : money.refundsFen
    }
}

/// Numbers that look random and are the same each time.
private struct Lehmer: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 32) ^ (state << 17)
    }
}

@Suite("Days of bills")
struct ReconciliationConfigurationTests {
    private func moment(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    @Test(
        "A day begins at midnight in Beijing",
        arguments: [
            ("2026-11-22T15:59:59Z", "2026-11-22"), ("2026-11-22T16:00:00Z", "2026-11-23"), ("2000-12-31T16:00:00Z", "2001-01-01"),
            ("2000-12-31T15:59:59Z", "2000-12-31"), ("2024-02-28T16:00:00Z", "2024-02-29"),
        ])
    func beijing(text: String, day: String) throws {
        let day = try #require(CalendarDay(day))
        let moment = try moment(text)
        #expect(CalendarDay(inBeijingAt: moment) == day)
        #expect(day.startInBeijing <= moment && moment < day.endInBeijing)
    }

    @Test("From ten in the morning on yesterday should be compared, and the six days before it")
    func days() throws {
        let early = ReconciliationConfiguration.days(asOf: try moment("2026-11-23T01:59:59Z"))
        #expect(early.map(\.description).last == "2026-11-21")
        let late = ReconciliationConfiguration.days(asOf: try moment("2026-11-23T02:00:00Z"))
        #expect(late.map(\.description) == (16...22).map { "2026-11-\($0)" })
    }

    @Test("The window is moved back by the slack, has no gap to the next day's, and ends where the bill was asked for")
    func window() throws {
        let rules = ReconciliationConfiguration(slack: .seconds(900))
        let day = try #require(CalendarDay("2026-11-22"))
        let later = try moment("2026-11-23T02:00:00Z")
        let window = rules.window(of: day, asked: later)
        #expect(window.lowerBound == (try moment("2026-11-21T15:45:00Z")))
        #expect(window.upperBound == (try moment("2026-11-22T15:45:00Z")))
        #expect(rules.window(of: day.adding(days: 1), asked: later + 86_400).lowerBound == window.upperBound)
        #expect(rules.window(of: day, asked: try moment("2026-11-22T04:00:00Z")).upperBound == (try moment("2026-11-22T03:45:00Z")))
        #expect(rules.window(of: day, asked: day.startInBeijing).isEmpty)
    }
}
