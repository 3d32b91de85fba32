import AsyncHTTPClient
import Database
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport

/// The three services as processes of their own, spoken to as ``Platform`` speaks to its composition roots.
struct RunningPlatform: Sendable {
    let platform: Platform
    let services: [RunningService]
    private let transcript: Transcript

    /// The problems that were answered so far, heads and bodies.
    var problems: String { transcript.problems.withLock { $0 } }

    /// - Parameters:
    ///   - environment: all that each service is told, besides its port.
    ///   - administrator: the username of one that exists, whose password is ``Platform/password``.
    static func with<Result: Sendable>(
        _ environment: [String: String], pool: PostgresPool, administrator: String,
        _ test: @Sendable @escaping (RunningPlatform) async throws -> Result
    ) async throws -> Result {
        let transcript = Transcript()
        return try await RunningService.with(1, of: "ClientService", environment) { client in
            try await RunningService.with(1, of: "CinemaService", environment) { cinema in
                try await RunningService.with(1, of: "AdminService", environment) { admin in
                    let services = client + cinema + admin
                    return try await forwarder(to: services[0], transcript).test(.router) { client in
                        try await forwarder(to: services[1], transcript).test(.router) { cinema in
                            try await forwarder(to: services[2], transcript).test(.router) { admin in
                                let signedIn = try await admin.ask(
                                    .post, "/v1/sessions", json: #"{"login": "\#(administrator)", "password": "\#(Platform.password)"}"#)
                                let platform = Platform(
                                    pool: pool, client: client, cinema: cinema, admin: admin, administrator: signedIn["token"].text)
                                return try await test(RunningPlatform(platform: platform, services: services, transcript: transcript))
                            }
                        }
                    }
                }
            }
        }
    }

    /// Hands each request on to a running service.
    private static func forwarder(to service: RunningService, _ transcript: Transcript) -> some ApplicationProtocol {
        let responder = CallbackResponder<BasicRequestContext> { request, _ in
            var forwarded = HTTPClientRequest(url: "http://127.0.0.1:\(service.port)\(request.uri)")
            forwarded.method = HTTPMethod(rawValue: request.method.rawValue)
            for field in request.headers { forwarded.headers.add(name: field.name.rawName, value: field.value) }
            let body = try await request.body.collect(upTo: 1 << 20)
            if body.readableBytes > 0 { forwarded.body = .bytes(body) }
            let answer = try await HTTPClient.patient.execute(forwarded, timeout: .patient)
            var response = Response(status: .init(code: Int(answer.status.code)))
            for (name, value) in answer.headers {
                guard let name = HTTPField.Name(name), name != .contentLength, name != .transferEncoding else { continue }
                response.headers.append(.init(name: name, value: value))
            }
            let bytes = try await answer.body.collect(upTo: 1 << 20)
            response.body = ResponseBody(byteBuffer: bytes)
            if answer.status.code >= 400 {
                transcript.problems.withLock { $0 += "\(answer.status.code) \(answer.headers) \(String(buffer: bytes))\n" }
            }
            return response
        }
        return Application(responder: responder, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private final class Transcript: Sendable {
        let problems = Mutex("")
    }
}
