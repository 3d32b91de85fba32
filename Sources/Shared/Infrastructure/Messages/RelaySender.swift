package import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Text

/// Passes messages to a relay over HTTP, by a JSON POST that is signed with a shared secret. The relay sends the SMS or the mail.
package struct RelaySender: MessageSender {
    private let url: String
    private let signature: RelaySignature
    private let http: HTTPClient
    private let timeout: Duration

    package init(url: String, secret: String, http: HTTPClient, timeout: Duration = .seconds(10)) {
        self.url = url
        signature = RelaySignature(secret: secret)
        self.http = http
        self.timeout = timeout
    }

    /// Redirections are not followed: they would carry the code to another place.
    package static var httpConfiguration: HTTPClient.Configuration {
        HTTPClient.Configuration(redirectConfiguration: .disallow)
    }

    package func send(_ message: Message) async throws {
        let body = try RelayBody(message).json()
        let timestamp = Int(Date().timeIntervalSince1970)
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Idempotency-Key", value: message.id)
        request.headers.add(name: "X-Piao-Timestamp", value: String(timestamp))
        request.headers.add(name: "X-Piao-Signature", value: signature.text(timestamp: timestamp, body: body))
        request.body = .bytes(ByteBuffer(bytes: body))
        let status: UInt
        do {
            status = try await http.execute(request, timeout: TimeAmount(timeout)).status.code
        } catch let cancellation as CancellationError {
            throw cancellation
        } catch {
            // The reason goes into logs, so it contains neither the URL nor the message.
            throw MessageUndelivered(reason: (error as? HTTPClientError)?.shortDescription ?? String(describing: type(of: error)))
        }
        switch status {
        case 200..<300: return
        // The relay asks us to wait, or has a problem of its own.
        case 408, 425, 429, 500...: throw MessageUndelivered(reason: "The relay answered with status \(status).")
        default: throw MessageRefused(reason: "The relay answered with status \(status).")
        }
    }
}
