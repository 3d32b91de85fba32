import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Calls the gateway and believes only what it signed.
struct AlipayClient: Sendable {
    /// No answer of the interfaces that we call comes near it, in bytes.
    private static let largestAnswer = 256 * 1024
    /// A line of a bill has some 300 bytes.
    private static let largestFile = 64 * 1024 * 1024
    /// How long it may take to fetch one.
    private static let fileTimeout = Duration.seconds(120)

    let configuration: AlipayConfiguration
    let http: HTTPClient
    /// How long a call may take from beginning to end.
    let timeout: Duration

    /// - Throws: ``GatewayFailure``; also when the answer's signature is not Alipay's.
    func call(_ interface: String, content: [String: String]) async throws -> AlipayAnswer {
        let request = try AlipayRequest(interface, content: content, at: Date(), configuration: configuration)
        let envelope = try AlipayEnvelope(try await send(request), interface: interface)
        if let certificates = configuration.certificates, envelope.certificateSN != certificates.alipaySN {
            throw GatewayFailure.untrusted(reason: "The answer is signed under another certificate than the one that is known.")
        }
        guard configuration.verifier.accepts(envelope.signature, for: envelope.content) else {
            throw GatewayFailure.untrusted(reason: "The answer's signature is not the gateway's.")
        }
        return try AlipayAnswer(envelope.content)
    }

    /// Fetches a file from where a signed answer says that it is, which may be another host. Redirections are not followed: nobody signed those.
    ///
    /// - Throws: ``GatewayFailure``.
    func download(_ address: String) async throws -> [UInt8] {
        guard
            let url = URL(string: address), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false, url.user == nil
        else { throw GatewayFailure.untrusted(reason: "The file's address is not one of http or https.") }
        return try await send(HTTPClientRequest(url: address), upTo: Self.largestFile, within: max(timeout, Self.fileTimeout))
    }

    private func send(_ request: AlipayRequest) async throws -> [UInt8] {
        var message = HTTPClientRequest(url: configuration.gatewayURL + "?" + request.query)
        message.method = .POST
        message.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded;charset=utf-8")
        message.body = .bytes(ByteBuffer(string: request.body))
        return try await send(message, upTo: Self.largestAnswer, within: timeout)
    }

    private func send(_ message: HTTPClientRequest, upTo limit: Int, within timeout: Duration) async throws -> [UInt8] {
        do {
            return try await answer(to: message, upTo: limit, within: timeout)
        } catch let failure as GatewayFailure {
            throw failure
        } catch is NIOTooManyBytesError {
            throw GatewayFailure.untrusted(reason: "The answer is larger than \(limit) bytes.")
        } catch let cancellation as CancellationError {
            throw cancellation
        } catch {
            // Addresses and parameters stay out of it: it goes into logs.
            throw GatewayFailure.unreachable(reason: (error as? HTTPClientError)?.shortDescription ?? String(describing: type(of: error)))
        }
    }

    /// The client's own deadline ends with the head of the answer, so one clock runs beside the whole exchange.
    private func answer(to message: HTTPClientRequest, upTo limit: Int, within timeout: Duration) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8].self) { [http] exchange in
            exchange.addTask {
                let response = try await http.execute(message, timeout: TimeAmount(timeout))
                guard response.status == .ok else {
                    throw GatewayFailure.unreachable(reason: "The gateway answered with status \(response.status.code).")
                }
                return Array(buffer: try await response.body.collect(upTo: limit))
            }
            exchange.addTask {
                try await Task.sleep(for: timeout)
                throw GatewayFailure.unreachable(reason: "The gateway did not answer in time.")
            }
            defer { exchange.cancelAll() }
            guard let answer = try await exchange.next() else { throw CancellationError() }
            return answer
        }
    }
}
