import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Waiting

/// Calls the gateway and believes only what it signed.
struct AlipayClient: Sendable {
    /// The largest answer that is read, in bytes. No real answer of the interfaces that we call is nearly as long.
    private static let largestAnswer = 256 * 1024
    /// The largest file that is read, in bytes. A line of a bill has about 300.
    private static let largestFile = 64 * 1024 * 1024
    /// How long a download of a file may take.
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

    /// Fetches a file from the URL that a signed answer named, which may be on another host. Redirections are not followed, because nobody
    /// signed them.
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
        } catch is TimeLimitExceeded {
            throw GatewayFailure.unreachable(reason: "The gateway did not answer in time.")
        } catch is NIOTooManyBytesError {
            throw GatewayFailure.untrusted(reason: "The answer is larger than \(limit) bytes.")
        } catch let cancellation as CancellationError {
            throw cancellation
        } catch {
            // The reason goes into logs, so it has no URLs and parameters.
            throw GatewayFailure.unreachable(reason: (error as? HTTPClientError)?.shortDescription ?? String(describing: type(of: error)))
        }
    }

    /// The client's own deadline covers only the head of the answer, so this clock limits the whole exchange.
    private func answer(to message: HTTPClientRequest, upTo limit: Int, within timeout: Duration) async throws -> [UInt8] {
        try await withTimeLimit(timeout) { [http] in
            let response = try await http.execute(message, timeout: TimeAmount(timeout))
            guard response.status == .ok else {
                throw GatewayFailure.unreachable(reason: "The gateway answered with status \(response.status.code).")
            }
            return Array(buffer: try await response.body.collect(upTo: limit))
        }
    }
}
