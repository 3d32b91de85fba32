import AsyncHTTPClient
import Database
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("Messages to people")
struct MessageTests {
    private static let secret = "a secret of at least thirty-two characters"
    private static let message = Message(
        id: "one-time-code-7", channel: .sms, recipient: "+8613800138000", purpose: "sign_in", code: "012345",
        expiresAt: Date(timeIntervalSinceNow: 300)
    )

    /// A relay that keeps what it gets and answers with a status.
    private static func withRelay(
        status: HTTPResponse.Status, _ body: @Sendable @escaping (RelaySender) async throws -> Void
    ) async throws -> [(body: String, timestamp: String, signature: String, key: String)] {
        let received = Received()
        let router = Router()
        router.post("/messages") { request, context in
            let text = String(buffer: try await request.body.collect(upTo: 10_000))
            func header(_ name: String) -> String { HTTPField.Name(name).flatMap { request.headers[$0] } ?? "" }
            await received.add((text, header("X-Piao-Timestamp"), header("X-Piao-Signature"), header("Idempotency-Key")))
            return status
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try await Application(router: router, logger: logger).test(.live) { client in
            let url = "http://127.0.0.1:\(try #require(client.port))/messages"
            var configuration = RelaySender.httpConfiguration
            configuration.timeout.connect = .patient
            let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            do {
                try await body(RelaySender(url: url, secret: Self.secret, http: http, timeout: Patience.limit))
            } catch {
                try await http.shutdown()
                throw error
            }
            try await http.shutdown()
            return await received.all
        }
    }

    @Test("The relay gets the code as JSON, signed as openssl signs it")
    func relay() async throws {
        let received = try await Self.withRelay(status: .accepted) { try await $0.send(Self.message) }
        let request = try #require(received.first)
        #expect(received.count == 1)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: String])
        #expect(json["to"] == "+8613800138000" && json["code"] == "012345" && json["channel"] == "sms" && json["purpose"] == "sign_in")
        #expect(json["template"] == "one_time_code" && json["id"] == "one-time-code-7" && json["expires_at"]?.hasSuffix("Z") == true)
        #expect(request.key == "one-time-code-7")
        let timestamp = try #require(Double(request.timestamp))
        #expect(abs(timestamp - Date().timeIntervalSince1970) < 60)
        let signed = try await Oracle.openssl(
            ["dgst", "-sha256", "-hmac", Self.secret, "-r", "signed.txt"],
            files: ["signed.txt": Data("\(request.timestamp).\(request.body)".utf8)])
        #expect(signed.status == 0)
        #expect(request.signature == "v1=" + signed.text.prefix(64))
    }

    @Test("A text that is no code has another template, and is the same message whenever it is sent again")
    func notice() async throws {
        let secrets = try #require(AccountsFixture.secrets)
        let content = SealedMessage.Content(
            channel: .email, recipient: "anna@example.com", purpose: "second_factor_closed", code: nil, text: "It has closed.",
            expiresAt: Date(timeIntervalSinceNow: 300))
        let payload = try JSONEncoder().encode(try SealedMessage(notice: content, by: secrets))
        #expect(!String(decoding: payload, as: UTF8.self).contains("anna"))
        let received = try await Self.withRelay(status: .accepted) { relay in
            let delivery = MessageDelivery(sender: relay, secrets: secrets)
            for attempt in 1...2 {
                let message = OutboxMessage(id: 1, kind: delivery.kind, payload: Array(payload), attempts: attempt)
                let delivered = try await delivery.deliver(message)
                #expect(delivered == .done)
            }
        }
        #expect(received.count == 2 && received[0].key == received[1].key && received[0].key.hasPrefix("notice-"))
        let json = try #require(try JSONSerialization.jsonObject(with: Data(received[0].body.utf8)) as? [String: String])
        #expect(json["template"] == "notice" && json["text"] == "It has closed." && json["code"] == nil && json["to"] == "anna@example.com")
    }

    @Test("A relay in trouble is asked again, one that refuses is not", arguments: [500, 503, 429, 408])
    func trouble(status: Int) async throws {
        _ = try await Self.withRelay(status: HTTPResponse.Status(code: status)) { relay in
            await #expect(throws: MessageUndelivered.self) { try await relay.send(Self.message) }
        }
    }

    @Test("A refusal of the relay is final", arguments: [400, 401, 404, 422, 302])
    func refusal(status: Int) async throws {
        _ = try await Self.withRelay(status: HTTPResponse.Status(code: status)) { relay in
            await #expect(throws: MessageRefused.self) { try await relay.send(Self.message) }
        }
    }

    @Test("A relay that isn't there is asked again")
    func away() async throws {
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: RelaySender.httpConfiguration)
        let relay = RelaySender(url: "http://127.0.0.1:9/messages", secret: Self.secret, http: http)
        await #expect(throws: MessageUndelivered.self) { try await relay.send(Self.message) }
        try await http.shutdown()
    }

    @Test("No number, address or code shows when a message is printed, nor a whole number in the log")
    func masked() {
        #expect(!"\(Self.message)".contains("138") && !"\(Self.message)".contains("012345"))
        #expect(Self.message.maskedRecipient == "+86…00")
        let mail = Message(id: "1", channel: .email, recipient: "anna@example.com", purpose: "sign_in", code: "1", expiresAt: Date())
        #expect(mail.maskedRecipient == "a…@e…")
    }

    @Test("The file has a line of JSON for each message, and nobody else may read it")
    func file() async throws {
        let path = NSTemporaryDirectory() + "messages-\(UUID().uuidString).jsonl"
        let sender = FileSender(path: path)
        try await sender.send(Self.message)
        try await sender.send(Self.message)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains(#""code":"012345""#))
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        try FileManager.default.removeItem(atPath: path)
    }

    @Test("From the outbox a code goes to its owner; one for nobody goes nowhere, one that is late is given up")
    func delivery() async throws {
        let secrets = try #require(AccountsFixture.secrets)
        let kept = KeptMessages()
        let delivery = MessageDelivery(sender: kept, secrets: secrets)
        func message(_ recipient: String, expiresIn seconds: Double) throws -> OutboxMessage {
            let content = SealedMessage.Content(
                channel: .sms, recipient: recipient, purpose: "sign_in", code: "012345", text: nil,
                expiresAt: Date(timeIntervalSinceNow: seconds))
            let payload = try JSONEncoder().encode(SealedMessage(codeID: 7, content, by: secrets))
            return OutboxMessage(id: 1, kind: delivery.kind, payload: Array(payload), attempts: 1)
        }
        #expect(try await delivery.deliver(message("+8613800138000", expiresIn: 300)) == .done)
        #expect(try await delivery.deliver(message("", expiresIn: 300)) == .done)
        guard case .givenUp = try await delivery.deliver(message("+8613800138000", expiresIn: -1)) else {
            Issue.record("A late message must not be sent.")
            return
        }
        let sent = await kept.all
        #expect(sent.map(\.code) == ["012345"] && sent.map(\.id) == ["one-time-code-7"])
    }
}

private actor Received {
    private(set) var all: [(body: String, timestamp: String, signature: String, key: String)] = []

    func add(_ request: (body: String, timestamp: String, signature: String, key: String)) {
        all.append(request)
    }
}

private actor KeptMessages: MessageSender {
    private(set) var all: [Message] = []

    func send(_ message: Message) async throws {
        all.append(message)
    }
}
