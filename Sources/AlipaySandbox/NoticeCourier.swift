import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Shared

/// Posts notices until they are answered with exactly `success`, at the gateway's documented intervals, divided by the time scale.
struct NoticeCourier: Service {
    /// The gateway's pauses between the eight attempts, in seconds: 4, 10 and 10 minutes, 1, 2, 6 and 15 hours.
    static let pauses: [Double] = [240, 600, 600, 3_600, 7_200, 21_600, 54_000]

    let deliveries: AsyncStream<NoticeDelivery>
    let sandbox: Sandbox
    let settings: SandboxSettings
    let http: HTTPClient
    let logger: Logger

    /// Works until the service shuts down. Notices that are under way then are lost.
    func run() async throws {
        await withDiscardingTaskGroup { group in
            for await delivery in deliveries.cancelOnGracefulShutdown() {
                group.addTask {
                    await deliver(delivery)
                    await sandbox.finishDelivery()
                }
            }
            group.cancelAll()
        }
    }

    private func deliver(_ delivery: NoticeDelivery) async {
        do {
            let charset = delivery.charset ?? settings.noticeCharset
            let form = try delivery.notice.form(signer: settings.signer, tampering: delivery.tampering, charset: charset)
            let contentType = delivery.contentType ?? settings.noticeContentType
            try await Task.sleep(for: delivery.delay)
            for attempt in 0...Self.pauses.count {
                if attempt > 0 { try await Task.sleep(for: .seconds(Self.pauses[attempt - 1] / settings.timeScale)) }
                let answer = attempt < delivery.losses ? "lost" : await post(form, as: contentType, to: delivery.url)
                await sandbox.record(NoticeAttempt(at: Date(), answer: answer), of: delivery.outTradeNo)
                logger.info("A notice was sent.", metadata: ["out_trade_no": "\(delivery.outTradeNo)", "answer": "\(answer)"])
                if answer == "success" { return }
            }
        } catch is CancellationError {
            return
        } catch {
            await sandbox.record(NoticeAttempt(at: Date(), answer: "not sent: \(error)"), of: delivery.outTradeNo)
        }
    }

    /// - Returns: the body of the answer, or the reason why there is none. When the status isn't 200, it stands before the body.
    private func post(_ form: String, as contentType: String, to url: String) async -> String {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        if !contentType.isEmpty { request.headers.add(name: "Content-Type", value: contentType) }
        request.body = .bytes(ByteBuffer(string: form))
        do {
            let response = try await http.execute(request, timeout: .seconds(Int64(settings.noticeTimeout)))
            let body = String(buffer: try await response.body.collect(upTo: 16 * 1024))
            return response.status == .ok ? String(body.prefix(200)) : "\(response.status.code) \(body.prefix(200))"
        } catch {
            return "unreachable: \(String(describing: error).prefix(200))"
        }
    }
}
