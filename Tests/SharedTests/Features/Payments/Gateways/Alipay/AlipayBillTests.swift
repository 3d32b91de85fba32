import AsyncHTTPClient
import Database
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Shared
import TestSupport
import Testing
import Text

@Suite("The gateway's bill of a day")
struct AlipayBillTests {
    private static let columns = """
        支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,\
        集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注
        """

    private static func row(_ kind: String, amount: String, request: String = "", order: String = "T_1", at: String = "2026-11-22 20:03:04")
        -> String
    {
        """
        2026112222001400000000000001\t,\(order)\t,\(kind),"电影票, ""英雄"" 2",2026-11-22 20:02:59,\(at),,,,,buy***@example.com,\(amount),\
        \(amount),0.00,0.00,0.00,0.00,0.00,,0.00,0.00,\(request),-0.53,0.00,
        """
    }

    private static func file(_ rows: [String], lineEnd: String = "\n") -> [UInt8] {
        let head = [
            "#支付宝业务明细查询", "#账号：[20880000000000010156]", "#起始日期：[2026年11月22日 00:00:00]   终止日期：[2026年11月23日 00:00:00]",
            "#-----------------------------------------业务明细列表----------------------------------------", columns,
        ]
        let foot = [
            "#-----------------------------------------业务明细列表结束------------------------------------",
            "#交易合计：1笔，商家实收共88.00元，商家优惠共0.00元", "#导出时间：[2026年11月23日 09:00:00]",
        ]
        return Array((head + rows + foot).joined(separator: lineEnd).utf8) + Array(lineEnd.utf8)
    }

    @Test("Payments and refunds are read, with their padding, their signs and Beijing's time", arguments: ["\n", "\r\n"])
    func read(lineEnd: String) throws {
        let rows = [
            Self.row("交易", amount: " 88.00 "), Self.row("退款", amount: "-8.00", request: "R_1\t", at: "2026-11-22 23:59:59"),
            Self.row("退款", amount: "80.00", request: "20261122 by hand"),
        ]
        let lines = try AlipayBill(Self.file(rows, lineEnd: lineEnd)).lines
        #expect(lines.map(\.kind) == [.payment, .refund, .refund])
        #expect(lines.map(\.amountFen) == [8_800, 800, 8_000])
        #expect(lines.map(\.requestNumber?.rawValue) == [nil, "R_1", nil])
        #expect(lines.allSatisfy { $0.outTradeNo.rawValue == "T_1" && $0.tradeNo == "2026112222001400000000000001" })
        #expect(lines[0].at == (try Date("2026-11-22T12:03:04Z", strategy: .iso8601)))
        #expect(lines[1].at == (try Date("2026-11-22T15:59:59Z", strategy: .iso8601)))
    }

    @Test("A day without business has a bill without lines, with a byte order mark or without")
    func empty() throws {
        #expect(try AlipayBill(Self.file([])).lines.isEmpty)
        #expect(try AlipayBill([0xEF, 0xBB, 0xBF] + Self.file([Self.row("交易", amount: "0.01")])).lines.count == 1)
    }

    @Test(
        "A bill with one line that can't be read is none",
        arguments: [
            row("转账", amount: "1.00"), row("交易", amount: "-1.00"), row("交易", amount: "0.00"), row("交易", amount: ""),
            row("退款", amount: "--1.00"), row("交易", amount: "1.001"), row("交易", amount: "1e2"), row("交易", amount: "1.00", order: ""),
            row("交易", amount: "1.00", order: "a b"), row("交易", amount: "1.00", at: ""),
            row("交易", amount: "1.00", at: "2026-02-30 00:00:00"),
            "a,b,c", "\"never closed",
        ])
    func unreadable(row: String) {
        let failure = #expect(throws: GatewayFailure.self) { try AlipayBill(Self.file([Self.row("交易", amount: "1.00"), row])) }
        guard case .untrusted(let reason) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(reason.contains("line 7"))
    }

    @Test("An archive is named as what it is; other files are not bills")
    func otherFiles() {
        let archive = #expect(throws: GatewayFailure.self) { try AlipayBill(Array("PK\u{3}\u{4}…".utf8)) }
        guard case .untrusted(let reason) = archive else {
            Issue.record("\(String(describing: archive))")
            return
        }
        #expect(reason.contains("ZIP"))
        for text in ["", "#only comments\n", "<html></html>", "a,b,c\n1,2,3\n"] {
            #expect(throws: GatewayFailure.self) { try AlipayBill(Array(text.utf8)) }
        }
    }

    @Test("It is fetched from where the signed answer says, over HTTP only and without redirections")
    func fetched() async throws {
        var configuration = AlipayGateway.httpConfiguration
        configuration.timeout.connect = .patient
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await fetch(http))
        } catch {
            outcome = .failure(error)
        }
        try await http.shutdown()
        try outcome.get()
    }

    private func fetch(_ http: HTTPClient) async throws {
        let day = try #require(CalendarDay("2026-11-22"))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let files = Router()
        files.get("/good.csv") { _, _ in ByteBuffer(bytes: Self.file([Self.row("交易", amount: "88.00")])) }
        files.get("/moved.csv") { _, _ in Response(status: .found, headers: [.location: "/good.csv"]) }
        try await Application(router: files, logger: logger).test(.live) { fileServer in
            let host = "127.0.0.1:\(try #require(fileServer.port))"
            func bill(_ address: String?) async throws -> [BillLine]? {
                try await Self.answering(address) { url in
                    let fixture = try AlipayFixture.shared.get()
                    let configuration = try AlipayConfiguration(
                        appID: AlipayFixture.appID, sellerID: AlipayFixture.sellerID, gatewayURL: url, notifyURL: AlipayFixture.notifyURL,
                        appPrivateKey: fixture.app.privateKeyPEM, alipayPublicKey: fixture.alipay.publicKeyPEM
                    )
                    return try await AlipayGateway(configuration: configuration, http: http, timeout: Patience.limit).bill(of: day)
                }
            }
            let lines = try await bill("http://\(host)/good.csv")
            #expect(lines?.map(\.amountFen) == [8_800])
            for (name, status) in [("moved", 302), ("gone", 404)] {
                await #expect(throws: GatewayFailure.unreachable(reason: "The gateway answered with status \(status).")) {
                    try await bill("http://\(host)/\(name).csv")
                }
            }
            await #expect(throws: GatewayFailure.notYet(code: "isp.bill_not_exist")) { try await bill(nil) }
            for address in ["file:///etc/passwd", "ftp://\(host)/good.csv", "http://user@\(host)/good.csv", "good.csv", ""] {
                let failure = await #expect(throws: GatewayFailure.self) { try await bill(address) }
                guard case .untrusted = failure else {
                    Issue.record("\(address): \(String(describing: failure))")
                    continue
                }
            }
        }
    }

    /// A gateway that says of every bill that it is at this address, or that there is none.
    private static func answering<Value: Sendable>(
        _ address: String?, _ body: @Sendable @escaping (_ url: String) async throws -> Value
    ) async throws -> Value {
        let key = try AlipayFixture.shared.get().alipay
        let content =
            address.map { #"{"code":"10000","bill_download_url":"\#($0)"}"# } ?? #"{"code":"40004","sub_code":"isp.bill_not_exist"}"#
        let answer = #"{"alipay_data_dataservice_bill_downloadurl_query_response":\#(content),"sign":"\#(try key.sign(content))"}"#
        let router = Router()
        router.post("/gateway.do") { _, _ in answer }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try await Application(router: router, logger: logger).test(.live) { client in
            try await body("http://127.0.0.1:\(try #require(client.port))/gateway.do")
        }
    }
}
