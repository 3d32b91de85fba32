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
        // The parameters are signed, but prove nothing. A page that believed them would promise tickets that may never exist.
        router.get("/returned") { _, _ in SandboxAnswer.html(CashierPage.returned) }
        SandboxControls(sandbox: sandbox).addRoutes(to: router)
        return router
    }

    private func gateway(_ request: Request, desk: GatewayDesk) async throws -> Response {
        let body = try await request.body.collect(upTo: Self.largestBody)
        guard
            let inAddress = AlipayForm.decode(request.uri.query ?? ""),
            let inBody = AlipayForm.decode(String(buffer: body))
        else { return SandboxAnswer.problem(.badRequest, "malformed", "The request is not a form.") }
        switch try await desk.handle(inAddress + inBody, address: request.head.authority ?? "\(settings.host):\(settings.port)") {
        case .answer(let json): return SandboxAnswer.text("application/json;charset=utf-8", json)
        case .cashier(let trade): return SandboxAnswer.html(CashierPage.trade(trade))
        case .refusedPage(let subCode): return SandboxAnswer.html(CashierPage.refused(subCode), status: .badRequest)
        }
    }

    private func cashier(_ number: String, sandbox: Sandbox, desk: GatewayDesk) async throws -> Response {
        do {
            let trade = try await sandbox.pay(number, knobs: PayKnobs())
            guard let address = try desk.returnAddress(of: trade) else {
                return SandboxAnswer.html(CashierPage.trade(trade))
            }
            return Response(status: .seeOther, headers: [.location: address])
        } catch let refusal as TradeRefusal {
            return SandboxAnswer.html(CashierPage.refused(refusal.subCode), status: refusal == .notExist ? .notFound : .conflict)
        }
    }
}
