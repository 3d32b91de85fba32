import AsyncHTTPClient
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOHTTP1
import Shared
import Synchronization
import TestSupport

@testable import AlipaySandbox

/// A sandbox on a port of its own, an application that talks to it, and a place where its notices arrive.
struct SandboxFixture: Sendable {
    let gateway: AlipayGateway
    let mailbox: NoticeMailbox
    let url: String

    /// The application's key pair and the gateway's, made once: keys take their time.
    static let keys = Result { (app: try AlipaySigner(), alipay: try AlipaySigner()) }

    /// Runs the body against a sandbox whose repetitions come a hundred thousand times faster than the real ones.
    ///
    /// - Parameters:
    ///   - answers: what the receiver answers to its first notices; to further ones, `success`.
    ///   - papers: the certificates of both parties' ``keys``, for certificate mode.
    ///   - returnPath: where the cashier leads back to, at the sandbox itself.
    static func run(
        answers: [String] = [], papers: AlipayCertificates.Files? = nil, returnPath: String = "/returned",
        _ body: @Sendable @escaping (SandboxFixture) async throws -> Void
    ) async throws {
        let (app, alipay) = try keys.get()
        let mailbox = NoticeMailbox(answers: answers)
        let receiver = Router()
        receiver.post("/notifications") { request, _ in
            mailbox.receive(String(buffer: try await request.body.collect(upTo: 65_536)), as: request.headers[.contentType])
        }
        var settings = SandboxSettings(
            appID: "2021", sellerID: "2088", signer: alipay, verifier: try AlipayVerifier(publicKey: app.publicKeyPEM))
        settings.certificates = try papers.map { try KeyFiles.certificates($0, of: alipay) }
        settings.port = 0
        settings.timeScale = 100_000
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let sandbox = SandboxApplication(settings: settings, logger: logger).application(.shared)
        try await Application(router: receiver, logger: logger).test(.live) { receiving in
            guard let receivingPort = receiving.port else { throw PortMissing() }
            try await sandbox.test(.live) { client in
                guard let port = client.port else { throw PortMissing() }
                let url = "http://127.0.0.1:\(port)"
                let configuration = try AlipayConfiguration(
                    appID: "2021", sellerID: "2088", gatewayURL: url + "/gateway.do",
                    notifyURL: "http://127.0.0.1:\(receivingPort)/notifications",
                    returnURL: url + returnPath, appPrivateKey: app.privateKeyPEM,
                    trust: papers.map { .certificates($0) } ?? .publicKey(alipay.publicKeyPEM)
                )
                try await body(
                    SandboxFixture(
                        gateway: AlipayGateway(configuration: configuration, http: .patient, timeout: Patience.limit), mailbox: mailbox,
                        url: url))
            }
        }
    }

    struct PortMissing: Error {}

    /// Asks python-alipay-sdk how a trade stands; it checks the sandbox's signature.
    func queriedByPython(_ trade: NewTrade, papers: AlipayCertificates.Files? = nil) async throws -> [String: String] {
        struct Order: Encodable {
            let `do` = "query"
            let app_id = "2021"
            let private_key: String
            let public_key: String
            let gateway: String
            let app_certificate: String?
            let alipay_certificate: String?
            let root_certificate: String?
            let out_trade_no: String
        }
        struct Answer: Decodable { let answer: [String: String] }
        let (app, alipay) = try Self.keys.get()
        let order = Order(
            private_key: app.privateKeyPEM, public_key: alipay.publicKeyPEM, gateway: url + "/gateway.do",
            app_certificate: papers?.app, alipay_certificate: papers?.alipay, root_certificate: papers?.root,
            out_trade_no: trade.outTradeNo.rawValue
        )
        return try await Oracle.python("alipay_oracle.py", order, as: Answer.self).answer
    }

    /// A new trade of 88.00 yuan, not opened yet.
    func newTrade(expiresIn seconds: Double = 900) -> NewTrade {
        NewTrade(outTradeNo: .make(at: Date()), amountFen: 8_800, subject: "电影票 & {\"🎬\"}", expiresAt: Date() + seconds)
    }

    /// The buyer opens the page.
    func open(_ trade: NewTrade, method: AlipayMethod = .page) async throws -> (status: UInt, body: String) {
        switch try gateway.start(trade, method: method.method) {
        case .payURL(let url): try await send(.GET, url)
        case .orderString(let form): try await send(.POST, url + "/gateway.do", body: form)
        case .nothing: throw GatewayFailure.refused(code: "nothing_to_open")
        }
    }

    /// The buyer pays.
    func pay(_ trade: NewTrade, knobs: String = "") async throws -> (status: UInt, body: String) {
        try await send(.POST, url + "/sandbox/trades/\(trade.outTradeNo)/pay", body: knobs)
    }

    /// The buyer presses the cashier's button.
    ///
    /// - Returns: what is answered, and where the browser is sent.
    func press(_ trade: NewTrade) async throws -> (status: UInt, location: String?) {
        var request = HTTPClientRequest(url: url + "/cashier/\(trade.outTradeNo)/pay")
        request.method = .POST
        let response = try await Self.stayingHere.execute(request, timeout: .patient)
        _ = try await response.body.collect(upTo: 1 << 20)
        return (response.status.code, response.headers.first(name: "Location"))
    }

    /// Follows nothing.
    private static let stayingHere: HTTPClient = {
        var configuration = HTTPClient.Configuration.patient
        configuration.redirectConfiguration = .disallow
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    func send(_ method: HTTPMethod, _ url: String, body: String = "") async throws -> (status: UInt, body: String) {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if method == .POST { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.patient.execute(request, timeout: .patient)
        return (response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    /// Waits until as many notices came.
    func notices(_ count: Int) async throws -> [[(name: String, value: String)]] {
        try await until { mailbox.forms.count >= count }
        return mailbox.forms.compactMap(AlipayForm.decode)
    }

    /// The same as they came.
    func posted(_ count: Int) async throws -> [PostedNotice] {
        _ = try await notices(count)
        return mailbox.posted
    }
}

/// Keeps the notices that came.
final class NoticeMailbox: Sendable {
    private let state: Mutex<(posted: [PostedNotice], answers: [String])>

    init(answers: [String]) {
        state = Mutex(([], answers))
    }

    var posted: [PostedNotice] { state.withLock { $0.posted } }
    var forms: [String] { posted.map { String(decoding: $0.body, as: UTF8.self) } }

    func receive(_ form: String, as contentType: String?) -> String {
        state.withLock { state in
            state.posted.append(PostedNotice(contentType: contentType, body: Array(form.utf8)))
            return state.answers.isEmpty ? "success" : state.answers.removeFirst()
        }
    }
}
