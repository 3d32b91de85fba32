import API
import Assembly
import Callers
import HTTP
import Logging
import Shared
import TestSupport
import Testing

@Suite("The settings of selling")
struct SellingSettingsTests {
    private func selling(_ changes: [String: String]) throws -> SellingAssembly {
        let fixture = try AlipayFixture.shared.get()
        let good = [
            "DATABASE_URL": "postgresql://localhost/none", "ALIPAY_APP_ID": AlipayFixture.appID,
            "ALIPAY_SELLER_ID": AlipayFixture.sellerID, "ALIPAY_GATEWAY_URL": AlipayFixture.gatewayURL,
            "ALIPAY_NOTIFY_URL": AlipayFixture.notifyURL, "ALIPAY_APP_PRIVATE_KEY": fixture.app.privateKeyPEM,
            "ALIPAY_PUBLIC_KEY": fixture.alipay.publicKeyPEM, "TICKETS_SIGNING_KEY": TicketFixtures.privateKey,
        ]
        let settings = Settings(environment: good.merging(changes) { $1 })
        return try SellingAssembly(
            ServiceAssembly(
                realm: .client, settings: settings,
                configuration: ServiceConfiguration(settings, defaultPort: 8001),
                registry: PrometheusRegistry(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    }

    @Test("Seven of them are enough")
    func enough() throws {
        #expect(try !selling([:]).services.isEmpty)
        #expect(try !selling(["ALIPAY_RETURN_URL": ""]).services.isEmpty)
    }

    @Test(
        "One that is wrong is named, and its value is not told",
        arguments: [
            ("ORDERS_HOLD_SECONDS", "0"), ("ORDERS_HOLD_SECONDS", "soon"), ("ORDERS_HOLD_SECONDS", "86401"),
            ("ORDERS_CLAIM_GRACE_SECONDS", "-1"), ("ORDERS_CLAIM_GRACE_SECONDS", "3601"), ("ORDERS_UNPAID_LIMIT", "0"),
            ("ORDERS_UNPAID_LIMIT", "1.5"), ("ORDERS_SWEEP_SECONDS", "0"), ("ORDERS_SWEEP_SECONDS", "often"),
            ("RECONCILIATION_SLACK_SECONDS", "-1"), ("SQUATTING_ADDRESS_SHARE", "0"), ("SQUATTING_ADDRESS_SHARE", "101"),
            ("SQUATTING_CHALLENGE_SHARE", "-1"), ("SQUATTING_CHALLENGE_COST", "0"), ("SQUATTING_CHALLENGE_COST", "10001"),
            ("SQUATTING_CHALLENGE_SECONDS", "0"), ("SQUATTING_PAUSE_SECONDS", "86401"),
            ("SQUATTING_ADDRESS_LAPSES", "-1"), ("SQUATTING_ADDRESS_LAPSES", "41"),
            ("RECONCILIATION_SLACK_SECONDS", "43201"), ("LANES_COUNT", "zero"),
            ("LANES_COUNT", "0"), ("LANES_COUNT", "65"), ("LANES_BATCH_LIMIT", "0"), ("LANES_BATCH_LIMIT", "513"),
            ("LANES_QUEUE_LIMIT", "99999999999999999999"), ("LANES_WAIT_MILLISECONDS", "9"), ("LANES_WAIT_MILLISECONDS", "2s"),
            ("ALIPAY_APP_ID", "20210000-00000001"), ("ALIPAY_APP_ID", "202100000000000000000000000000001"),
            ("ALIPAY_SELLER_ID", "seller 1"), ("ALIPAY_GATEWAY_URL", "openapi.alipay.com"), ("ALIPAY_GATEWAY_URL", "ftp://localhost/x"),
            ("ALIPAY_GATEWAY_URL", "http://localhost/gateway.do?charset=utf-8"), ("ALIPAY_NOTIFY_URL", "http:///notifications"),
            ("ALIPAY_NOTIFY_URL", "http://localhost/#notifications"), ("ALIPAY_RETURN_URL", "javascript:alert(1)"),
            ("TICKETS_SIGNING_KEY", "c2hvcnQ="), ("TICKETS_SIGNING_KEY", "not base64!"), ("TICKETS_FORMER_PUBLIC_KEYS", "c2hvcnQ="),
        ]
    )
    func faults(name: String, value: String) {
        let fault = #expect(throws: SettingFault.self) { _ = try selling([name: value]) }
        #expect(fault?.name == name)
        #expect(fault?.description.contains(value) == false || value.count < 3)
    }

    @Test(
        "One that lacks is named",
        arguments: [
            "ALIPAY_APP_ID", "ALIPAY_SELLER_ID", "ALIPAY_GATEWAY_URL", "ALIPAY_NOTIFY_URL", "ALIPAY_APP_PRIVATE_KEY", "ALIPAY_PUBLIC_KEY",
            "TICKETS_SIGNING_KEY",
        ]
    )
    func missing(name: String) {
        let fault = #expect(throws: SettingFault.self) { _ = try selling([name: ""]) }
        #expect(fault?.name == name)
    }

    @Test("A key that is none, or the other half, is named and not told", arguments: ["ALIPAY_APP_PRIVATE_KEY", "ALIPAY_PUBLIC_KEY"])
    func keys(name: String) throws {
        let fixture = try AlipayFixture.shared.get()
        let otherHalf = name == "ALIPAY_PUBLIC_KEY" ? fixture.alipay.privateKeyPEM : fixture.app.publicKeyPEM
        for value in ["bm9uc2Vuc2U=", "not a key", otherHalf] {
            let fault = #expect(throws: SettingFault.self) { _ = try selling([name: value]) }
            // However the key was given, the file is where it belongs.
            #expect(fault?.name == "\(name)_FILE")
            #expect(fault?.description.contains(value) == false)
            #expect(fault?.description.contains("KEY-----") == false)
        }
    }

    @Test("A key's file that can't be read is named", arguments: ["ALIPAY_APP_PRIVATE_KEY", "ALIPAY_PUBLIC_KEY"])
    func keyFiles(name: String) {
        let fault = #expect(throws: SettingFault.self) { _ = try selling([name: "", "\(name)_FILE": "/nowhere"]) }
        #expect(fault?.name == "\(name)_FILE")
    }

    @Test("Certificates take the place of the public key: all three of them, and not both")
    func certificates() async throws {
        let papers = try await AlipayCertificateTests.Papers()
        let all = [
            "ALIPAY_PUBLIC_KEY": "", "ALIPAY_APP_CERTIFICATE": papers.app.pem, "ALIPAY_CERTIFICATE": papers.alipay.pem,
            "ALIPAY_ROOT_CERTIFICATE": papers.root.pem,
        ]
        #expect(throws: Never.self) { try selling(all) }
        for name in all.keys.filter({ $0 != "ALIPAY_PUBLIC_KEY" }) {
            let fault = #expect(throws: SettingFault.self) { _ = try selling(all.merging([name: ""]) { $1 }) }
            #expect(fault?.name == name)
        }
        var both = all
        both["ALIPAY_PUBLIC_KEY"] = nil
        #expect(throws: SettingFault.self) { _ = try selling(both) }
        let swapped = all.merging(["ALIPAY_APP_CERTIFICATE": papers.alipay.pem, "ALIPAY_CERTIFICATE": papers.app.pem]) { $1 }
        #expect(throws: SettingFault.self) { _ = try selling(swapped) }
    }
}
