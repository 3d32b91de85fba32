import Callers
import Database
import Foundation
import NIOHTTP1
import Shared
import TestSupport
import Testing
import Text

@testable import AlipaySandbox

@Suite("The sandbox's books", .inTurn)
struct SandboxBillTests {
    /// Beijing's day of now. A test that runs over midnight would ask for the wrong one, so it asks for both and joins them.
    private func days(_ start: Date) throws -> [CalendarDay] {
        try Set([start, Date()].map { String(AlipayTimestamp.text($0).prefix(10)) }).sorted().map { try #require(CalendarDay($0)) }
    }

    private func bill(_ sandbox: SandboxFixture, since start: Date) async throws -> [BillLine] {
        var lines: [BillLine] = []
        for day in try days(start) { lines += try await sandbox.gateway.bill(of: day) ?? [] }
        return lines
    }

    @Test("A day's bill has every payment and every refund, and nothing of what wasn't paid")
    func bill() async throws {
        let start = Date()
        try await SandboxFixture.run { sandbox in
            let (paid, refunded, unpaid) = (sandbox.newTrade(), sandbox.newTrade(), sandbox.newTrade())
            for trade in [paid, refunded, unpaid] { _ = try await sandbox.open(trade) }
            for trade in [paid, refunded] { _ = try await sandbox.pay(trade) }
            let numbers = [TradeNumber.make(at: start), .make(at: start)]
            for number in numbers {
                let order = RefundRequest(outTradeNo: refunded.outTradeNo, requestNumber: number, amountFen: 4_400, reason: "x")
                _ = try await sandbox.gateway.refund(order)
            }
            let lines = try await bill(sandbox, since: start)
            #expect(lines.count == 4)
            #expect(Set(lines.filter { $0.kind == .payment }.map(\.outTradeNo)) == [paid.outTradeNo, refunded.outTradeNo])
            #expect(lines.filter { $0.kind == .payment }.allSatisfy { $0.amountFen == 8_800 && $0.requestNumber == nil })
            let refunds = lines.filter { $0.kind == .refund }
            #expect(Set(refunds.compactMap(\.requestNumber)) == Set(numbers))
            #expect(refunds.allSatisfy { $0.amountFen == 4_400 && $0.outTradeNo == refunded.outTradeNo })
            #expect(lines.allSatisfy { $0.at >= start - 1 && $0.at <= Date() + 1 })
            guard case .found(let fact) = try await sandbox.gateway.query(paid.outTradeNo) else { throw NoSuchTrade() }
            #expect(lines.contains { $0.tradeNo == fact.tradeNo && $0.at == fact.paidAt })
        }
    }

    @Test("A day that hasn't come has no bill yet; one without business has an empty one")
    func otherDays() async throws {
        try await SandboxFixture.run { sandbox in
            let today = try #require(try days(Date()).last)
            await #expect(throws: GatewayFailure.notYet(code: "isp.bill_not_exist")) {
                try await sandbox.gateway.bill(of: today.adding(days: 2))
            }
            let quiet = try await sandbox.gateway.bill(of: today.adding(days: -2))
            #expect(quiet == [])
            #expect(try await sandbox.send(.GET, sandbox.url + "/sandbox/bills/2026-02-30.csv").status == 404)
            #expect(try await sandbox.send(.GET, sandbox.url + "/sandbox/bills/x.csv").status == 404)
        }
    }

    @Test("Planted differences stand in the bill and nowhere else")
    func differences() async throws {
        let start = Date()
        try await SandboxFixture.run { sandbox in
            let trades = [sandbox.newTrade(), sandbox.newTrade()]
            let number = TradeNumber.make(at: start)
            for trade in trades {
                _ = try await sandbox.open(trade)
                _ = try await sandbox.pay(trade)
            }
            _ = try await sandbox.gateway.refund(
                RefundRequest(outTradeNo: trades[1].outTradeNo, requestNumber: number, amountFen: 100, reason: "x"))
            func plant(_ differences: String) async throws -> UInt {
                var status: UInt = 0
                for day in try days(start) {
                    status = try await sandbox.send(.POST, sandbox.url + "/sandbox/bills/\(day)/differences", body: differences).status
                }
                return status
            }
            let planted = try await plant(
                """
                {"omit": ["\(trades[0].outTradeNo)"], "amounts": {"\(trades[1].outTradeNo)": 1, "\(number)": 99},
                 "extra": [{"out_trade_no": "EXTRA_1", "trade_no": "G1", "amount_fen": 500},
                           {"out_trade_no": "EXTRA_1", "trade_no": "G1", "amount_fen": 200, "request_number": "R1"}]}
                """)
            #expect(planted == 204)
            let lines = try await bill(sandbox, since: start)
            let found = Set(lines.map { "\($0.kind) \($0.outTradeNo) \($0.requestNumber?.rawValue ?? "") \($0.amountFen)" })
            #expect(
                found == [
                    "payment \(trades[1].outTradeNo)  1", "refund \(trades[1].outTradeNo) \(number) 99", "payment EXTRA_1  500",
                    "refund EXTRA_1 R1 200",
                ])
            guard case .found(let fact) = try await sandbox.gateway.query(trades[0].outTradeNo) else { throw NoSuchTrade() }
            #expect(fact.status == .succeeded)
            #expect(try await plant("{}") == 204)
            let right = try await bill(sandbox, since: start)
            #expect(right.count == 3)
            #expect(try await plant(#"{"missing": true}"#) == 204)
            await #expect(throws: GatewayFailure.notYet(code: "isp.bill_not_exist")) { try await bill(sandbox, since: start) }
            #expect(try await plant(#"{"lost": true}"#) == 422)
            #expect(try await plant(#"{"amounts": {"x": 0}}"#) == 422)
            #expect(try await plant("[]") == 400)
        }
    }

    @Test("All trades are shown page by page in the order in which they were opened")
    func trades() async throws {
        try await SandboxFixture.run { sandbox in
            var numbers: [String] = []
            for _ in 0..<5 {
                let trade = sandbox.newTrade()
                _ = try await sandbox.open(trade)
                numbers.append(trade.outTradeNo.rawValue)
            }
            struct Page: Decodable {
                struct Trade: Decodable {
                    let out_trade_no: String
                    let status: String
                }

                let trades: [Trade]
                let next: Int?
            }
            func page(_ query: String) async throws -> Page {
                let answer = try await sandbox.send(.GET, sandbox.url + "/sandbox/trades" + query)
                #expect(answer.status == 200)
                return try JSONDecoder().decode(Page.self, from: Data(answer.body.utf8))
            }
            let all = try await page("")
            #expect(all.trades.map(\.out_trade_no) == numbers && all.next == nil)
            #expect(all.trades.allSatisfy { $0.status == "WAIT_BUYER_PAY" })
            var (seen, after): ([String], Int?) = ([], 0)
            while let start = after {
                let page = try await page("?after=\(start)&limit=2")
                seen += page.trades.map(\.out_trade_no)
                after = page.next
            }
            #expect(seen == numbers)
            #expect(try await page("?after=99").trades.isEmpty)
            for query in ["?after=-1", "?limit=0", "?limit=x"] {
                #expect(try await sandbox.send(.GET, sandbox.url + "/sandbox/trades" + query).status == 422)
            }
        }
    }

    @Test("A page of a book that removes trades goes on where the last one ended")
    func removing() throws {
        func terms(_ number: Int) -> TradeTerms {
            TradeTerms(outTradeNo: "T_\(number)", subject: "x", amountFen: 100, expiresAt: nil, notifyURL: nil, returnURL: nil)
        }
        var book = TradeBook(limit: 3)
        for number in 1...4 { _ = try book.open(terms(number), at: Date()) }
        let first = book.page(after: 0, limit: 2, at: Date())
        #expect(first.trades.map(\.terms.outTradeNo) == ["T_2", "T_3"] && first.next == 3)
        _ = try book.open(terms(5), at: Date())
        let second = book.page(after: 3, limit: 2, at: Date())
        #expect(second.trades.map(\.terms.outTradeNo) == ["T_4", "T_5"] && second.next == nil)
        #expect(book.page(after: 1, limit: 1, at: Date()).trades.map(\.terms.outTradeNo) == ["T_3"])
    }

    private struct NoSuchTrade: Error {}
}
