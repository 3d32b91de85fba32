import Foundation
import HTTPTypes
import Hummingbird
import Shared

/// The endpoints for tests: they pay, show the sandbox's books, and put errors into bills.
struct SandboxControls: Sendable {
    private static let largestBody = 1 << 20
    private static let largestPage = 1_000

    let sandbox: Sandbox

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("/sandbox/trades") { request, _ in
            try await answeringRefusals { try await page(request) }
        }
        router.get("/sandbox/trades/{out_trade_no}") { _, context in
            let number = try context.parameters.require("out_trade_no")
            return try await answeringRefusals { try await view(try await sandbox.trade(number)) }
        }
        router.post("/sandbox/trades/{out_trade_no}/pay") { request, context in
            let number = try context.parameters.require("out_trade_no")
            return try await answeringRefusals {
                let knobs = try await body(of: request, or: PayKnobs())
                return try await view(try await sandbox.pay(number, knobs: knobs))
            }
        }
        router.post("/sandbox/trades/{out_trade_no}/refund") { request, context in
            let number = try context.parameters.require("out_trade_no")
            return try await answeringRefusals {
                let knobs = try await body(of: request, or: ConsoleRefund())
                return try await view(try await sandbox.refundAtConsole(number, amountFen: knobs.amountFen))
            }
        }
        router.get("/sandbox/bills/{day}.csv") { _, context in
            let day = try context.parameters.require("day")
            return try await answeringRefusals { SandboxAnswer.text("text/csv; charset=utf-8", try await sandbox.bill(of: day).csv) }
        }
        router.post("/sandbox/bills/{day}/differences") { request, context in
            let day = try context.parameters.require("day")
            return try await answeringRefusals {
                try await sandbox.plant(try await body(of: request, or: BillDifferences()), inBillOf: day)
                return Response(status: .noContent)
            }
        }
    }

    private func page(_ request: Request) async throws -> Response {
        func number(_ name: String, _ fallback: Int, _ range: ClosedRange<Int>) throws -> Int {
            guard let text = request.uri.queryParameters[name[...]] else { return fallback }
            guard let number = Int(text), range.contains(number) else { throw KnobInvalid(knob: name) }
            return number
        }
        let after = try number("after", 0, 0...Int.max)
        let limit = try number("limit", Self.largestPage, 1...Self.largestPage)
        let (trades, next) = await sandbox.trades(after: after, limit: limit)
        return SandboxAnswer.json(try SandboxAnswer.encoder.encode(TradePage(trades: trades, next: next)))
    }

    private func view(_ trade: SandboxTrade) async throws -> Response {
        let view = TradeView(trade, attempts: await sandbox.attempts(of: trade.terms.outTradeNo))
        return SandboxAnswer.json(try SandboxAnswer.encoder.encode(view))
    }

    private func body<Value: Decodable>(of request: Request, or fallback: Value) async throws -> Value {
        let body = try await request.body.collect(upTo: Self.largestBody)
        return body.readableBytes == 0 ? fallback : try JSONDecoder().decode(Value.self, from: Data(body.readableBytesView))
    }

    private func answeringRefusals(_ answer: () async throws -> Response) async throws -> Response {
        do {
            return try await answer()
        } catch let refusal as TradeRefusal {
            let isUnknown = refusal == .notExist || refusal == .billNotExist
            return SandboxAnswer.problem(isUnknown ? .notFound : .conflict, refusal.subCode, refusal.message)
        } catch let invalid as KnobInvalid {
            return SandboxAnswer.problem(
                .unprocessableContent, "knob_invalid", "There is no such knob, or it has no such position: \(invalid.knob)")
        } catch is DecodingError {
            return SandboxAnswer.problem(.badRequest, "malformed", "The body is not a JSON object of the wanted form.")
        }
    }
}
