import AsyncHTTPClient
import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import NIOHTTP1
import Shared
import TestSupport
import Testing
import Text

@testable import AlipaySandbox

@Suite("A day's bill of the gateway, fetched and compared by the services")
struct BillJourneyTests {
    @Test("An honest bill agrees with our books; planted differences of every kind are all found, and no others")
    func planted() async throws {
        try await Self.withSandbox { url, platform in
            let stage = try await platform.stage()
            let seats = try await platform.seats(stage.showtimeID)
            let house = House(url: url, platform: platform, stage: stage, seats: seats)
            let day = CalendarDay(inBeijingAt: Date())

            let good = try await house.pay("A1")
            let differs = try await house.pay("A2")
            let omitted = try await house.pay("A3")
            let twice = try await house.pay("A5")
            let refund = try await house.refund("A6")
            let lost = try await house.refund("A7")
            let honest = try await house.reconcile(day)
            #expect(honest["state"].text == "done", "\(honest.body)")
            #expect(honest["differences"].number == 0, "\(honest.body)")
            #expect(honest["ours"]["payments"].number == 6 && honest["ours"]["refunds"].number == 2)
            #expect(honest["ours"] == honest["gateways"])

            // The buyer has paid, and nobody told us.
            let untold = try await house.pay("A8", tell: false)
            let strange = """
                {"out_trade_no": "STRANGER1", "trade_no": "2026000000000001", "amount_fen": 700}, \
                {"out_trade_no": "\(good.number)", "trade_no": "\(good.tradeNo)", "amount_fen": 3, "request_number": "STRANGER2"}, \
                {"out_trade_no": "\(twice.number)", "trade_no": "\(twice.tradeNo)", "amount_fen": 4800}
                """
            let planted = try await house.send(
                .POST, "/sandbox/bills/\(day)/differences",
                body: """
                    {"omit": ["\(omitted.number)", "\(lost.request)"], "amounts": {"\(differs.number)": 4799, "\(refund.request)": 1}, \
                    "extra": [\(strange)]}
                    """
            )
            #expect((200...204).contains(planted.status), "\(planted.body)")
            let found = try await house.reconcile(day)
            #expect(found["state"].text == "done", "\(found.body)")
            let differences = try await platform.admin.ask(
                .get, "/v1/reconciliations/\(found["id"].number)/differences?limit=100&resolved=false", token: platform.administrator)
            let told = differences["items"].items.map { item in
                let name = item["request_number"].text.isEmpty ? item["out_trade_no"].text : item["request_number"].text
                return "\(item["kind"].text) \(item["line"].text) \(name) \(item["our_fen"].number) \(item["gateway_fen"].number)"
            }
            #expect(
                Set(told) == [
                    "amount_differs payment \(differs.number) 4800 4799", "amount_differs refund \(refund.request) 4800 1",
                    "missing_at_gateway payment \(omitted.number) 4800 -1", "missing_at_gateway refund \(lost.request) 4800 -1",
                    "missing_here payment STRANGER1 -1 700", "missing_here refund STRANGER2 -1 3",
                    "repeated_line payment \(twice.number) 4800 4800", "unexpected_state payment \(untold.number) 4800 4800",
                ])
            #expect(told.count == 8 && found["differences"].number == 8)
            let again = try await house.reconcile(day)
            #expect(again["differences"].number == 8 && again["unresolved_differences"].number == 8)
        }
    }

    /// A trade at the sandbox, and the number of its refund.
    private struct Trade: Sendable {
        let number: String
        let tradeNo: String
        var request = ""
    }

    private struct House: Sendable {
        let url: String
        let platform: Platform
        let stage: Platform.Stage
        let seats: [String: JSONValue]

        /// A seat is ordered and paid at the sandbox.
        ///
        /// - Parameters:
        ///   - tell: whether the gateway tells us.
        ///   - isLate: whether somebody else has the seat by then.
        func pay(_ label: String, tell: Bool = true, isLate: Bool = false) async throws -> Trade {
            let buyer = try await platform.moviegoer("buyer-\(label.lowercased())")
            let seat = try #require(seats[label])["id"].number
            let order = try await platform.order(buyer, stage.showtimeID, seats: [seat])
            #expect(order.status == 201, "\(order.body)")
            let payment = try await platform.startPayment(buyer, orderID: order["id"].text)
            let number = payment["out_trade_no"].text
            let page = payment["pay_url"].text
            #expect(try await send(.GET, String(page.dropFirst(url.count))).status == 200)
            let paid = try await send(.POST, "/sandbox/trades/\(number)/pay")
            #expect(paid.status == 200, "\(paid.body)")
            let tradeNo = try JSONParser.parse(paid.body)["trade_no"].text
            if isLate {
                try await platform.pool.execute(
                    "UPDATE orders SET expires_at = clock_timestamp() - INTERVAL '1 second' WHERE id = \(order["id"].text)::uuid")
                let rival = try await platform.moviegoer("rival-\(label.lowercased())")
                #expect(try await platform.order(rival, stage.showtimeID, seats: [seat]).status == 201)
            }
            if tell {
                let notice = Platform.notification(outTradeNo: number, amountFen: order["payable_fen"].number)
                    .map { $0.name == "trade_no" ? ($0.name, tradeNo) : $0 }
                #expect(try await platform.notify(notice) == "success")
            }
            return Trade(number: number, tradeNo: tradeNo)
        }

        /// Money that comes too late goes back through the outbox.
        func refund(_ label: String) async throws -> Trade {
            var trade = try await pay(label, isLate: true)
            let number = trade.number
            trade.request = try await eventually {
                try await platform.pool.row(
                    """
                    SELECT request_number
                    FROM refunds
                    JOIN payments ON payments.id = refunds.payment_id
                    WHERE payments.out_trade_no = \(number)
                        AND refunds.state = 'succeeded'
                    """
                ) { try $0["request_number"] as String }
            }
            return trade
        }

        /// Asks for a day and waits until it is compared.
        func reconcile(_ day: CalendarDay) async throws -> Asked {
            let asked = try await platform.admin.ask(
                .post, "/v1/reconciliations", token: platform.administrator, json: #"{"gateway": "alipay", "day": "\#(day)"}"#)
            #expect(asked.status == 202, "\(asked.body)")
            let path = "/v1/reconciliations/\(asked["id"].number)"
            return try await eventually {
                let shown = try await platform.admin.ask(.get, path, token: platform.administrator)
                return shown["state"].text == "requested" ? nil : shown
            }
        }

        func send(_ method: HTTPMethod, _ path: String, body: String = "") async throws -> (status: Int, body: String) {
            var request = HTTPClientRequest(url: url + path)
            request.method = method
            if method == .POST { request.body = .bytes(ByteBuffer(string: body)) }
            let response = try await HTTPClient.patient.execute(request, timeout: .patient)
            return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 20)))
        }
    }

    private static func withSandbox(_ body: @escaping @Sendable (String, Platform) async throws -> Void) async throws {
        let (app, alipay) = try Platform.keys.get()
        var settings = SandboxSettings(
            appID: Platform.appID, sellerID: Platform.sellerID, signer: alipay, verifier: try AlipayVerifier(publicKey: app.publicKeyPEM))
        settings.port = 0
        settings.timeScale = 100_000
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let sandbox = SandboxApplication(settings: settings, logger: logger).application(.shared)
        try await sandbox.test(.live) { client in
            let url = "http://127.0.0.1:\(try #require(client.port))"
            let environment = ["ALIPAY_GATEWAY_URL": "\(url)/gateway.do", "RECONCILIATION_SLACK_SECONDS": "0"]
            try await Platform.with(environment) { platform in try await body(url, platform) }
        }
    }
}
