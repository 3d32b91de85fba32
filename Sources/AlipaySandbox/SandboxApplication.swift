import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Shared
import UnixSignals

/// The sandbox as a server. Its routes:
///
/// | method | path | for |
/// | --- | --- | --- |
/// | GET, POST | /gateway.do | the application: the gateway's own methods; the buyer: the page that they lead to |
/// | POST | /cashier/{out_trade_no}/pay | the page's button |
/// | GET | /sandbox/trades/{out_trade_no} | tests: how a trade stands, and what became of its notices |
/// | POST | /sandbox/trades/{out_trade_no}/pay | tests: the buyer pays, with the knobs of ``PayKnobs`` |
/// | GET | /livez | whoever started it |
struct SandboxApplication {
    private static let largestBody = 64 * 1024

    let settings: SandboxSettings
    let logger: Logger

    /// Serves until SIGTERM or SIGINT.
    func run() async throws {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(3), read: .seconds(Int64(settings.noticeTimeout)))
        let http = HTTPClient(configuration: configuration)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await serve(http))
        } catch {
            outcome = .failure(error)
        }
        try? await http.shutdown()
        try outcome.get()
    }

    private func serve(_ http: HTTPClient) async throws {
        let application = application(http)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: application)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
            )
        )
        try await group.run()
    }

    /// The server with the courier of its notices.
    func application(_ http: HTTPClient) -> some ApplicationProtocol {
        let (deliveries, outbound) = AsyncStream.makeStream(of: NoticeDelivery.self, bufferingPolicy: .bufferingOldest(10_000))
        let sandbox = Sandbox(settings: settings, outbound: outbound)
        let desk = GatewayDesk(settings: settings, sandbox: sandbox)
        var application = Application(
            router: router(sandbox: sandbox, desk: desk),
            server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: .init(address: .hostname(settings.host, port: settings.port), serverName: "AlipaySandbox"),
            logger: logger
        )
        application.addServices(NoticeCourier(deliveries: deliveries, sandbox: sandbox, settings: settings, http: http, logger: logger))
        return application
    }

    private func router(sandbox: Sandbox, desk: GatewayDesk) -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/livez") { _, _ in "ok\n" }
        for method in [HTTPRequest.Method.get, .post] {
            router.on("/gateway.do", method: method) { request, _ in
                try await gateway(request, desk: desk)
            }
        }
        router.post("/cashier/{out_trade_no}/pay") { _, context in
            try await cashier(try context.parameters.require("out_trade_no"), sandbox: sandbox, desk: desk)
        }
        router.get("/sandbox/trades/{out_trade_no}") { _, context in
            let number = try context.parameters.require("out_trade_no")
            return try await refusalsAnswered { try await view(try await sandbox.trade(number), sandbox: sandbox) }
        }
        router.post("/sandbox/trades/{out_trade_no}/pay") { request, context in
            let number = try context.parameters.require("out_trade_no")
            let body = try await request.body.collect(upTo: Self.largestBody)
            return try await refusalsAnswered {
                let knobs =
                    body.readableBytes == 0 ? PayKnobs() : try JSONDecoder().decode(PayKnobs.self, from: Data(body.readableBytesView))
                return try await view(try await sandbox.pay(number, knobs: knobs), sandbox: sandbox)
            }
        }
        return router
    }

    private func gateway(_ request: Request, desk: GatewayDesk) async throws -> Response {
        let body = try await request.body.collect(upTo: Self.largestBody)
        guard
            let inAddress = AlipayForm.decode(request.uri.query ?? ""),
            let inBody = AlipayForm.decode(String(buffer: body))
        else { return Self.problem(.badRequest, "malformed", "The request is not a form.") }
        switch try await desk.handle(inAddress + inBody) {
        case .answer(let json): return Self.response(.ok, "application/json;charset=utf-8", json)
        case .cashier(let trade): return Self.response(.ok, "text/html; charset=utf-8", CashierPage.trade(trade))
        case .refusedPage(let subCode): return Self.response(.badRequest, "text/html; charset=utf-8", CashierPage.refused(subCode))
        }
    }

    private func cashier(_ number: String, sandbox: Sandbox, desk: GatewayDesk) async throws -> Response {
        do {
            let trade = try await sandbox.pay(number, knobs: PayKnobs())
            guard let address = try desk.returnAddress(of: trade) else {
                return Self.response(.ok, "text/html; charset=utf-8", CashierPage.trade(trade))
            }
            return Response(status: .seeOther, headers: [.location: address])
        } catch let refusal as TradeRefusal {
            return Self.response(
                refusal == .notExist ? .notFound : .conflict, "text/html; charset=utf-8", CashierPage.refused(refusal.subCode))
        }
    }

    private func view(_ trade: SandboxTrade, sandbox: Sandbox) async throws -> Response {
        let json = try TradeView(trade, attempts: await sandbox.attempts(of: trade.terms.outTradeNo)).json()
        return Self.response(.ok, "application/json", String(decoding: json, as: UTF8.self))
    }

    private func refusalsAnswered(_ answer: () async throws -> Response) async throws -> Response {
        do {
            return try await answer()
        } catch let refusal as TradeRefusal {
            return Self.problem(refusal == .notExist ? .notFound : .conflict, refusal.subCode, refusal.message)
        } catch let invalid as KnobInvalid {
            return Self.problem(.unprocessableContent, "knob_invalid", "There is no such knob, or it has no such position: \(invalid.knob)")
        } catch is DecodingError {
            return Self.problem(.badRequest, "malformed", "The body is not a JSON object.")
        }
    }

    private static func problem(_ status: HTTPResponse.Status, _ code: String, _ detail: String) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = (try? encoder.encode(["code": code, "detail": detail, "title": status.reasonPhrase])) ?? Data("{}".utf8)
        return response(status, "application/problem+json", String(decoding: json, as: UTF8.self))
    }

    private static func response(_ status: HTTPResponse.Status, _ type: String, _ text: String) -> Response {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
