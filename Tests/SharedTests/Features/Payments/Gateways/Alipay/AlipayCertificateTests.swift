import AsyncHTTPClient
import Foundation
import Shared
import TestSupport
import Testing

@Suite("Certificate mode, with certificates by openssl", .inTurn)
struct AlipayCertificateTests {
    /// A root, and the certificates of both parties' keys that it signed.
    struct Papers: Sendable {
        let root: TestCertificates.Certificate
        let app: TestCertificates.Certificate
        let alipay: TestCertificates.Certificate

        init() async throws {
            let fixture = try AlipayFixture.shared.get()
            root = try await TestCertificates.root()
            app = try await TestCertificates.issued(by: root, key: fixture.app.privateKeyPEM, serial: "1001")
            alipay = try await TestCertificates.issued(
                by: root, key: fixture.alipay.privateKeyPEM, serial: "0x7fb0a1c2d3e4f5061728394a5b6c7d8e9f000001")
        }

        func files(app: String? = nil, alipay: String? = nil, root: String? = nil) -> AlipayCertificates.Files {
            .init(app: app ?? self.app.pem, alipay: alipay ?? self.alipay.pem, root: root ?? self.root.pem)
        }
    }

    private func configuration(_ files: AlipayCertificates.Files, at now: Date = Date()) throws -> AlipayConfiguration {
        try AlipayConfiguration(
            appID: AlipayFixture.appID, sellerID: AlipayFixture.sellerID, gatewayURL: AlipayFixture.gatewayURL,
            notifyURL: AlipayFixture.notifyURL, appPrivateKey: try AlipayFixture.shared.get().app.privateKeyPEM,
            trust: .certificates(files), at: now
        )
    }

    private func fault(_ files: AlipayCertificates.Files, at now: Date = Date()) -> AlipayConfigurationError? {
        #expect(throws: AlipayConfigurationError.self) { try configuration(files, at: now) }
    }

    @Test("A certificate's number is what openssl and python-alipay-sdk make of it")
    func numbers() async throws {
        let roots = [
            try await TestCertificates.root(), try await TestCertificates.root("/C=CN/O=Test/OU=Trust/CN=Second", algorithm: "rsa:4096"),
            try await TestCertificates.root("/C=CN/O=Test/OU=Trust/CN=Curve", algorithm: "ec"),
        ]
        let serials = ["1", "128", "4711", "340282366920938463463374607431768211456", "0x7fffffffffffffffffffffffffffffffffffffff"]
        for serial in serials {
            let certificate = try await TestCertificates.issued(by: roots[0], serial: serial)
            let python = try await Self.pythonNumbers(certificate.pem, roots: roots.map(\.pem).joined(separator: "\n"))
            let ours = try AlipayCertificate.all(inPEM: certificate.pem)
            #expect(ours.map(\.sn) == [python.sn])
            let all = try AlipayCertificate.all(inPEM: roots.map(\.pem).joined())
            #expect(AlipayCertificate.sn(ofRoots: all) == python.root_sn)
            #expect(all.count == 3 && python.root_sn.split(separator: "_").count == 2)
        }
    }

    @Test(
        "An issuer's name is written as openssl writes it",
        arguments: [
            "/C=CN/O=Test/OU=Trust/CN=Root", "/CN=Only", "/C=CN/ST=Shanghai/L=Pudong/O=Test/CN=x",
            #"/C=CN/O=Comma, "quote" <angle>; back\\slash/OU=#hash/CN= space "#, "/DC=com/DC=example/UID=u1/CN=a=b",
        ])
    func names(subject: String) async throws {
        let root = try await TestCertificates.root(subject)
        let shown = try await Oracle.openssl(
            ["x509", "-in", "pem", "-noout", "-issuer", "-nameopt", "RFC2253"], files: ["pem": Data(root.pem.utf8)])
        let name = try #require(shown.text.split(separator: "\n").first?.dropFirst("issuer=".count))
        let certificate = try await TestCertificates.issued(by: root, serial: "4711")
        let digest = try await Oracle.openssl(["dgst", "-md5", "-r", "text"], files: ["text": Data("\(name)4711".utf8)])
        let ours = try AlipayCertificate.all(inPEM: certificate.pem)
        #expect(ours.map(\.sn) == [String(digest.text.prefix(32))], "\(name)")
    }

    @Test("A file may have text around its certificates and line ends of any kind; without one, or with a broken one, it is refused")
    func files() async throws {
        let root = try await TestCertificates.root()
        #expect(try AlipayCertificate.all(inPEM: "Some words\n\n" + root.pem + "\nmore\n" + root.pem).count == 2)
        #expect(try AlipayCertificate.all(inPEM: root.pem.replacing("\n", with: "\r\n")).count == 1)
        let body = root.pem.split(separator: "\n")
        let truncated = (body.prefix(3) + body.suffix(1)).joined(separator: "\n")
        for text in ["", "junk", root.key, truncated, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            #expect(throws: (any Error).self) { try AlipayCertificate.all(inPEM: text) }
        }
    }

    @Test("A root of SM2, as the gateway's own file has one beside those of RSA, is read, and counts for nothing")
    func chineseRoot() async throws {
        let papers = try await Papers()
        let chinese = try await TestCertificates.root("/C=CN/O=Test/OU=Trust/CN=SM2", algorithm: "sm2")
        let all = try AlipayCertificate.all(inPEM: chinese.pem + papers.root.pem)
        #expect(all.count == 2 && AlipayCertificate.sn(ofRoots: all) == all[1].sn)
        #expect(throws: Never.self) { try configuration(papers.files(root: chinese.pem + papers.root.pem)) }
        #expect(fault(papers.files(root: chinese.pem))?.setting == "ALIPAY_CERTIFICATE_FILE")
    }

    @Test("Requests name our certificate and the roots, and are rightly signed with them")
    func requests() async throws {
        let papers = try await Papers()
        let gateway = AlipayGateway(configuration: try configuration(papers.files()), http: .shared)
        let trade = NewTrade(outTradeNo: .make(at: Date()), amountFen: 1, subject: "x", expiresAt: Date() + 900)
        guard case .orderString(let text) = try gateway.start(trade, method: AlipayMethod.app.method) else {
            Issue.record("An order string is wanted.")
            return
        }
        let parameters = try #require(AlipayForm.decode(text))
        let numbers = try await Self.pythonNumbers(papers.app.pem, roots: papers.root.pem)
        #expect(parameters["app_cert_sn"] == numbers.sn && parameters["alipay_root_cert_sn"] == numbers.root_sn)
        for oracle in AlipayOracle.allCases {
            let good = try await oracle.accepts(requests: [text, text.replacing(numbers.sn, with: numbers.root_sn)])
            #expect(good == [true, false])
        }
    }

    @Test("A notification that names another certificate is refused, also when the key is the same; one that names none is the key's")
    func notifications() async throws {
        let papers = try await Papers()
        let fixture = try AlipayFixture.shared.get()
        let gateway = AlipayGateway(configuration: try configuration(papers.files()), http: .shared)
        let other = try await TestCertificates.issued(by: papers.root, key: fixture.alipay.privateKeyPEM, serial: "5")
        func numbered(_ pem: String) throws -> [String: String] {
            ["alipay_cert_sn": try AlipayCertificate.all(inPEM: pem)[0].sn]
        }
        for signed in [try numbered(papers.alipay.pem), [:]] {
            let form = try await fixture.signedByPython(AlipayFixture.paid.merging(signed) { $1 })
            #expect(throws: Never.self) { try gateway.notice(from: form) }
        }
        let form = try await fixture.signedByPython(AlipayFixture.paid.merging(try numbered(other.pem)) { $1 })
        #expect(throws: NoticeRefusal.certificateUnknown) { try gateway.notice(from: form) }
        let forged = try fixture.signed(AlipayFixture.paid.merging(try numbered(papers.alipay.pem)) { $1 }, key: fixture.app)
        #expect(throws: NoticeRefusal.signatureInvalid) { try gateway.notice(from: forged) }
    }

    @Test("Alipay's certificate must go back to a root, through others that may sign")
    func chains() async throws {
        let papers = try await Papers()
        let key = try AlipayFixture.shared.get().alipay.privateKeyPEM
        #expect(throws: Never.self) { try configuration(papers.files()) }
        let second = try await TestCertificates.root("/C=CN/O=Test/OU=Trust/CN=Second")
        #expect(throws: Never.self) { try configuration(papers.files(root: second.pem + papers.root.pem)) }
        #expect(fault(papers.files(root: second.pem))?.setting == "ALIPAY_CERTIFICATE_FILE")
        // Another key under the same name.
        let impostor = try await TestCertificates.root()
        #expect(fault(papers.files(root: impostor.pem))?.setting == "ALIPAY_CERTIFICATE_FILE")
        let alone = try await TestCertificates.root("/C=CN/O=Test/OU=Trust/CN=Alone")
        #expect(fault(papers.files(alipay: alone.pem))?.setting == "ALIPAY_CERTIFICATE_FILE")
        let between = try await TestCertificates.issued(by: papers.root, isAuthority: true, subject: "/C=CN/O=Test/CN=Between")
        let leaf = try await TestCertificates.issued(by: between, key: key)
        #expect(throws: Never.self) { try configuration(papers.files(alipay: leaf.pem + between.pem)) }
        #expect(fault(papers.files(alipay: leaf.pem))?.setting == "ALIPAY_CERTIFICATE_FILE")
        let powerless = try await TestCertificates.issued(by: papers.root, subject: "/C=CN/O=Test/CN=Powerless")
        let vain = try await TestCertificates.issued(by: powerless, key: key)
        #expect(fault(papers.files(alipay: vain.pem + powerless.pem))?.setting == "ALIPAY_CERTIFICATE_FILE")
        let weak = try await TestCertificates.issued(by: papers.root, key: key, digest: "-sha1")
        #expect(fault(papers.files(alipay: weak.pem))?.setting == "ALIPAY_CERTIFICATE_FILE")
    }

    @Test("Certificates must be valid at the start, ours must be of our key, and all must be certificates")
    func validity() async throws {
        let papers = try await Papers()
        let expired = try await TestCertificates.issued(by: papers.root, key: try AlipayFixture.shared.get().alipay.privateKeyPEM, days: 1)
        #expect(throws: Never.self) { try configuration(papers.files(alipay: expired.pem)) }
        #expect(fault(papers.files(alipay: expired.pem), at: Date() + 2 * 86_400)?.setting == "ALIPAY_CERTIFICATE_FILE")
        #expect(fault(papers.files(), at: Date() - 86_400)?.setting == "ALIPAY_APP_CERTIFICATE_FILE")
        #expect(fault(papers.files(), at: Date() + 400 * 86_400)?.setting == "ALIPAY_APP_CERTIFICATE_FILE")
        let strange = fault(papers.files(app: papers.alipay.pem))
        #expect(strange?.setting == "ALIPAY_APP_CERTIFICATE_FILE" && strange?.reason.contains("ALIPAY_APP_PRIVATE_KEY_FILE") == true)
        #expect(fault(papers.files(app: papers.app.key))?.setting == "ALIPAY_APP_CERTIFICATE_FILE")
        #expect(fault(papers.files(alipay: "x"))?.setting == "ALIPAY_CERTIFICATE_FILE")
        #expect(fault(papers.files(root: ""))?.setting == "ALIPAY_ROOT_CERTIFICATE_FILE")
        let curve = try await TestCertificates.root(algorithm: "ec")
        #expect(fault(papers.files(app: curve.pem))?.setting == "ALIPAY_APP_CERTIFICATE_FILE")
    }

    private static func pythonNumbers(_ certificate: String, roots: String) async throws -> Numbers {
        struct Order: Encodable {
            let `do` = "certificate_numbers"
            let certificate: String
            let roots: String
        }
        return try await Oracle.python("alipay_oracle.py", Order(certificate: certificate, roots: roots))
    }

    private struct Numbers: Decodable {
        let sn: String
        let root_sn: String
    }
}
