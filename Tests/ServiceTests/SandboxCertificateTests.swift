import AsyncHTTPClient
import Foundation
import Shared
import TestSupport
import Testing

@testable import AlipaySandbox

@Suite("The sandbox in certificate mode", .inTurn)
struct SandboxCertificateTests {
    /// The certificates of the fixture's keys, and another one of the gateway's key.
    private func papers() async throws -> (files: AlipayCertificates.Files, renewed: AlipayCertificates.Files) {
        let (app, alipay) = try SandboxFixture.keys.get()
        let root = try await TestCertificates.root()
        let ours = try await TestCertificates.issued(by: root, key: app.privateKeyPEM, serial: "1").pem
        let theirs = try await TestCertificates.issued(by: root, key: alipay.privateKeyPEM, serial: "2").pem
        let renewed = try await TestCertificates.issued(by: root, key: alipay.privateKeyPEM, serial: "3").pem
        return (
            AlipayCertificates.Files(app: ours, alipay: theirs, root: root.pem),
            AlipayCertificates.Files(app: ours, alipay: renewed, root: root.pem)
        )
    }

    @Test("Paying, asking, refunding and the bill work, for us and for python-alipay-sdk")
    func journey() async throws {
        let files = try await papers().files
        try await SandboxFixture.run(papers: files) { sandbox in
            let trade = sandbox.newTrade()
            _ = try await sandbox.open(trade)
            _ = try await sandbox.pay(trade)
            let notice = try #require(try await sandbox.notices(1).first)
            #expect(notice.contains { $0.name == "alipay_cert_sn" })
            #expect(try sandbox.gateway.notice(from: notice).status == .succeeded)
            let report = try await sandbox.gateway.query(trade.outTradeNo)
            guard case .found(let fact) = report else {
                Issue.record("\(report)")
                return
            }
            #expect(fact.status == .succeeded)
            let refund = RefundRequest(outTradeNo: trade.outTradeNo, requestNumber: .make(at: Date()), amountFen: 800, reason: "x")
            let refunded = try await sandbox.gateway.refund(refund)
            #expect(refunded == .refunded)
            let byPython = try await sandbox.queriedByPython(trade, papers: files)
            #expect(byPython["code"] == "10000" && byPython["total_amount"] == "88.00")
        }
    }

    @Test("Answers and notices under another certificate than ours are not believed, and requests under another are refused")
    func anotherCertificate() async throws {
        let (files, renewed) = try await papers()
        let (app, _) = try SandboxFixture.keys.get()
        try await SandboxFixture.run(papers: files) { sandbox in
            let trade = sandbox.newTrade()
            _ = try await sandbox.open(trade)
            _ = try await sandbox.pay(trade)
            let notice = try #require(try await sandbox.notices(1).first)
            func gateway(_ trust: AlipayConfiguration.Trust) throws -> AlipayGateway {
                let configuration = try AlipayConfiguration(
                    appID: "2021", sellerID: "2088", gatewayURL: sandbox.url + "/gateway.do", notifyURL: "http://127.0.0.1:1/",
                    appPrivateKey: app.privateKeyPEM, trust: trust
                )
                return AlipayGateway(configuration: configuration, http: .patient, timeout: Patience.limit)
            }
            let pinned = try gateway(.certificates(renewed))
            #expect(throws: NoticeRefusal.certificateUnknown) { try pinned.notice(from: notice) }
            let failure = await #expect(throws: GatewayFailure.self) { try await pinned.query(trade.outTradeNo) }
            guard case .untrusted = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            let plain = try gateway(.publicKey(try SandboxFixture.keys.get().alipay.publicKeyPEM))
            await #expect(throws: GatewayFailure.refused(code: "isv.invalid-app-cert-sn")) { try await plain.query(trade.outTradeNo) }
        }
    }
}
