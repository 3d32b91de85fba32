import Foundation
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing
import Text
import UnixSignals

@testable import HTTP

@Suite("Requests that are none are answered as all others are", .inTurn)
struct MessageFaultTests {
    private static let good = "GET /v1/films HTTP/1.1\r\nHost: localhost\r\n"

    private static func serve(leftoverSeconds: Int? = nil, _ test: @Sendable (Int) async throws -> Void) async throws {
        var configuration = HTTPConfiguration()
        if let leftoverSeconds { configuration.leftoverSeconds = leftoverSeconds }
        try await ServedExample.with(FilmEndpoints().all, configuration, test)
    }

    /// The answers that come to what is sent, until the server closes.
    private static func answers(to text: String, port: Int) async throws -> [Answer] {
        let all = try await StreamClient.connect(port: port) { client in
            try await client.send(text)
            return await client.readToEnd()
        }
        return try Answer.all(all)
    }

    @Test(
        "What can't be read or isn't understood is a problem with a request's id, and the last answer of its connection",
        arguments: [
            ("GET /v1/films HTTP/1.1\r\n\r\n", 400, "host_missing"),
            ("HEAD /v1/films HTTP/1.1\r\n\r\n", 400, nil),
            ("\(good)Host: localhost\r\n\r\n", 400, "host_invalid"),
            ("GET /v1/films HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400, "host_invalid"),
            ("GET /v1/films HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "host_invalid"),
            ("GET /v1/films HTTP/1.1\r\nHost:\r\n\r\n", 400, "host_invalid"),
            ("GET /v1/films HTTP/1.1\r\nHost: me@localhost\r\n\r\n", 400, "host_invalid"),
            ("\(good)Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, "transfer_coding_unknown"),
            ("\(good)Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501, "transfer_coding_unknown"),
            ("POST /v1/films HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "request_malformed"),
            (
                "POST /v1/films HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400,
                "request_malformed"
            ),
            ("POST /v1/films HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400, "request_malformed"),
            ("\(good)Expect: wonders\r\n\r\n", 417, "expectation_unknown"),
            ("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", 501, "method_unknown"),
            ("FETCH /v1/films HTTP/1.1\r\nHost: localhost\r\n\r\n", 501, "method_unknown"),
            ("get /v1/films HTTP/1.1\r\nHost: localhost\r\n\r\n", 501, "method_unknown"),
            ("FAULTY /v1/films HTTP/1.1\r\nHost: localhost\r\nFault: malformed\r\n\r\n", 501, "method_unknown"),
            ("GET /v1/films HTTP/2.0\r\nHost: localhost\r\n\r\n", 505, "version_unknown"),
            ("GET /v1/films HTTP/1.2\r\nHost: localhost\r\n\r\n", 505, "version_unknown"),
            ("GET /v1/films HTTP/0.9\r\nHost: localhost\r\n\r\n", 505, "version_unknown"),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "version_unknown"),
            ("nonsense\r\n\r\n", 400, "request_malformed"),
            ("\u{16}\u{3}\u{1}\u{2}\r\n", 400, "request_malformed"),
            ("GET /v1/films FTP/1.1\r\nHost: localhost\r\n\r\n", 400, "request_malformed"),
            ("GET /v1/films HTTP/1.1\r\nHost : localhost\r\n\r\n", 400, "request_malformed"),
            ("GET /v1/films HTTP/1.1\r\nno colon\r\n\r\n", 400, "request_malformed"),
            ("GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\nHost: localhost\r\n\r\n", 414, "target_too_long"),
            ("\(good)X: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431, "headers_too_large"),
            ("\(good)X: /\(String(repeating: "a", count: 20_000))\r\n\r\n", 431, "headers_too_large"),
            ("\(good)\((0..<4).map { "X\($0): \(String(repeating: "a", count: 10_000))\r\n" }.joined())\r\n", 431, "headers_too_large"),
            ("\(good)\((0..<200).map { "X\($0): 1\r\n" }.joined())\r\n", 431, "headers_too_large"),
        ] as [(String, Int, String?)])
    func faults(request: String, status: Int, code: String?) async throws {
        try await Self.serve { port in
            let answers = try await Self.answers(to: request, port: port)
            let answer = try #require(answers.first)
            #expect(answers.count == 1 && answer.status == status)
            #expect(answer["connection"] == "close" && answer["x-request-id"]?.isEmpty == false)
            guard let code else { return #expect(answer.body.isEmpty, "Nothing follows the head that answers HEAD.") }
            #expect(answer["content-type"] == "application/problem+json" && answer.code == code)
            #expect(answer.json["request_id"] == answer["x-request-id"].map { .string($0) })
            let metrics = try await RawClient.get("/metrics", port: port)
            #expect(metrics.contains(#"piao_http_requests_total{method="any",route="none",status="\#(status)"} 1"# + "\n"))
        }
    }

    private static let chunked =
        "POST /v1/films HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer may-2\r\n"
        + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test(
        "Lines that don't begin and end as RFC 9112 says make a request malformed, in one piece and byte by byte",
        arguments: [
            "GET /v1/films HTTP/1.1\nHost: localhost\r\n\r\n", "GET /v1/films HTTP/1.1\nHost: localhost\n\n",
            "GET /v1/films HTTP/1.0\nHost: localhost\r\n\r\n", "GET /v1/films HTTP/2.0\nHost: localhost\r\n\r\n", "\(good)\n",
            "GET /v1/films HTTP/1.1\r\nHost: localhost\n\r\n", "GET /v1/films HTTP/1.1\r\nHost: localhost\n\n",
            "GET /v1/films HTTP/1.1\r\nHost:\n\r\n", "GET /v1/films HTTP/1.1\r\nX: 1\nHost: localhost\r\n\r\n",
            "\(good)Upgrade: HTTP/2.0\n\r\n", "\(good)Content-Length: 0\n\r\n", "\(good)Transfer-Encoding: chunked\n\r\n0\r\n\r\n",
            "GET /v1/films HTTP/1.1\rHost: localhost\r\n\r\n", "GET /v1/films HTTP/1.1\r\r\nHost: localhost\r\n\r\n",
            "GET /v1/films HTTP/1.1\r\nHost: local\rhost\r\n\r\n", "GET /v1/films HTTP/1.1\r\nHost: localhost\r\r\n\r\n",
            "\(good)\r\r\n", "\(good)X: a\rb\r\n\r\n",
            "\(good)X: a\r\n b\r\n\r\n", "\(good)X: a\r\n\tb\r\n\r\n", "GET /v1/films HTTP/1.1\r\n Host: localhost\r\n\r\n",
            "GET /v1/films HTTP/1.1\r\nHost : localhost\r\n\r\n", "GET /v1/films HTTP/1.1\r\nHost\t: localhost\r\n\r\n",
            "\(good)X : 1\r\n\r\n", "\(good): 1\r\n\r\n", "\(good)X Y: 1\r\n\r\n", "\(good)X: a\u{0}b\r\n\r\n",
            "GET /v1/films HTTP/1.1 \r\nHost: localhost\r\n\r\n", "GET /v1/films HTTP/1.1\t\r\nHost: localhost\r\n\r\n",
            "GET /v1/films HTTP/11\r\nHost: localhost\r\n\r\n", "GET /v1/films HTTP/x.1\r\nHost: localhost\r\n\r\n",
            "GET\t/v1/films HTTP/1.1\r\nHost: localhost\r\n\r\n", " GET /v1/films HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "\(chunked)2\n{}\r\n0\r\n\r\n", "\(chunked)2\r\n{}\n0\r\n\r\n", "\(chunked)2\r\n{}\r\n0\n\r\n", "\(chunked)2\r{}\r\n0\r\n\r\n",
            "\(chunked)2\r\n{}\r\n0\r\nX: 1\n\r\n", "\(chunked)2\r\n{}\r\n0\r\nX: 1\r\n\n", "\(chunked)2;a=b\n{}\r\n0\r\n\r\n",
            "\(chunked)2\r\n{}\r\n0\r\nX : 1\r\n\r\n",
        ])
    func lines(request: String) async throws {
        try await Self.serve(leftoverSeconds: 3_600) { port in
            for isWhole in [true, false] {
                let text = try await StreamClient.connect(port: port) { client in
                    if isWhole {
                        try await client.send(request)
                    } else {
                        // The server may have closed before the last of them.
                        for byte in request.utf8 { try? await client.outbound.write(ByteBuffer(bytes: [byte])) }
                    }
                    return await client.readToEnd()
                }
                let answers = try Answer.all(text)
                #expect(answers.map(\.status) == [400] && answers.first?.code == "request_malformed", "\(isWhole) \(text)")
                #expect(answers.first?["connection"] == "close" && answers.first?["x-request-id"]?.isEmpty == false)
                #expect(answers.first?.json["request_id"] == answers.first?["x-request-id"].map { .string($0) })
            }
            let metrics = try await RawClient.get("/metrics", port: port)
            let route = request.hasPrefix("POST") ? #"method="POST",route="/v1/films""# : #"method="any",route="none""#
            #expect(metrics.contains(#"piao_http_requests_total{\#(route),status="400"} 2"# + "\n"))
        }
    }

    @Test(
        "What comes byte by byte is told alike",
        arguments: [
            (["G", "ET ", "/"], 414, "target_too_long"), (["GET", " ", "/"], 414, "target_too_long"),
            (["GET ", "/a"], 414, "target_too_long"),
            (["G", "ET /"], 414, "target_too_long"), (["G", "ET ", "/ HTTP/1.1\r\nHost: a\r\nX: /"], 431, "headers_too_large"),
            (["GET / HTTP/1.1\r\nHost: a\r\nX: ", "/"], 431, "headers_too_large"),
        ])
    func pieces(start: [String], status: Int, code: String) async throws {
        // More than a head may have, and less than a server that has answered reads on: it would reset the connection, and the answer be lost.
        try await Self.serve(leftoverSeconds: 3_600) { port in
            let answer = try await StreamClient.connect(port: port) { client in
                // The server has read each before the next one comes.
                for part in start {
                    try await client.send(part)
                    try await letPass(.milliseconds(20))
                }
                let outbound = client.outbound
                let flood = Task { for _ in 0..<500 { try await outbound.write(ByteBuffer(string: String(repeating: "a", count: 1_000))) } }
                defer { flood.cancel() }
                return try await client.read(until: "}")
            }
            #expect(answer.hasPrefix("HTTP/1.1 \(status)") && answer.contains(code), "\(answer)")
        }
    }

    @Test("Valid requests before a faulty one are answered first, then the faulty one, and nothing after it")
    func pipelined() async throws {
        try await Self.serve { port in
            let wrong = "GET /v1/films HTTP/1.1\r\nX-Request-Id: wrong-1\r\n\r\n"
            let answers = try await Self.answers(to: "\(Self.good)\r\n\(Self.good)\r\n\(wrong)\(Self.good)\r\n", port: port)
            #expect(answers.map(\.status) == [200, 200, 400])
            #expect(answers.last?["x-request-id"] == "wrong-1" && answers.last?.json["instance"] == "/v1/films")
            let unreadable = try await Self.answers(to: "\(Self.good)\r\nFETCH / HTTP/1.1\r\n\r\n\(Self.good)\r\n", port: port)
            #expect(unreadable.map(\.status) == [200, 501])
        }
    }

    @Test("A client that ends its side within a head is answered")
    func halfHead() async throws {
        try await Self.serve { port in
            let answer = try await StreamClient.connect(port: port, staysOpen: true) { client in
                try await client.send("GET /v1/films HTTP/1.1\r\nHost: loc")
                client.outbound.finish()
                return await client.readToEnd()
            }
            #expect(try Answer.all(answer).map(\.code) == ["request_malformed"])
        }
    }

    @Test("A body that breaks off or isn't one is a problem; who has been answered before gets no second answer")
    func bodies() async throws {
        let begun = "POST /v1/films HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
        try await Self.serve { port in
            let broken = try await Self.answers(to: "\(begun)Authorization: Bearer may-2\r\n\r\nzz\r\n", port: port)
            #expect(broken.map(\.code) == ["request_malformed"] && broken.first?["connection"] == "close")
            let refused = try await StreamClient.connect(port: port) { client in
                try await client.send("\(begun)\r\n1\r\n{\r\n")
                let first = try await client.read(until: "}")
                try await client.send("zz\r\n")
                return await first + client.readToEnd()
            }
            #expect(try Answer.all(refused).map(\.code) == ["unauthenticated"])
            let ended = try await StreamClient.connect(port: port, staysOpen: true) { client in
                try await client.send("\(begun)Authorization: Bearer may-2\r\n\r\n1\r\n{\r\n")
                client.outbound.finish()
                return await client.readToEnd()
            }
            #expect(try Answer.all(ended).map(\.status) == [400])
        }
    }

    @Test(
        "A field that is no list must not stand twice",
        arguments: [
            "Idempotency-Key: a\r\nIdempotency-Key: a\r\n", "Content-Type: application/json\r\n", "Authorization: Bearer may-2\r\n",
        ])
    func repeated(fields: String) async throws {
        let request =
            "POST /v1/films HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer may-2\r\nContent-Type: application/json\r\n"
            + "\(fields)Content-Length: 2\r\nConnection: close\r\n\r\n{}"
        try await Self.serve { port in
            let answers = try await Self.answers(to: request, port: port)
            #expect(answers.map(\.code) == ["header_invalid"])
            let name = fields.prefix { $0 != ":" }
            #expect(answers.first?.body.contains(#""header":"\#(name)","code":"duplicate""#) == true)
        }
    }

    @Test(
        "A client that wants to go no further is told so, however it says it, and the connection ends",
        arguments: [
            ("HTTP/1.1", "Connection: close\r\n"), ("HTTP/1.1", "Connection: Close\r\n"), ("HTTP/1.1", "connection: keep-alive, CLOSE\r\n"),
            ("HTTP/1.1", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"),
            ("HTTP/1.0", ""), ("HTTP/1.0", "Connection: keep-alive\r\n"), ("HTTP/1.0", "Expect: 100-continue\r\n"),
        ])
    func last(version: String, fields: String) async throws {
        try await Self.serve { port in
            let request = "GET /v1/films \(version)\r\nHost: localhost\r\n\(fields)\r\n"
            // What comes behind it is not carried out.
            let answers = try await Self.answers(to: request + request, port: port)
            #expect(answers.map(\.status) == [200] && answers.first?["connection"] == "close")
        }
    }

    @Test("A client of HTTP/1.0 without a Host is served")
    func old() async throws {
        try await Self.serve { port in
            let answers = try await Self.answers(to: "GET /v1/films HTTP/1.0\r\n\r\n", port: port)
            #expect(answers.map(\.status) == [200])
        }
    }

    @Test("A client that waits for \"100 Continue\" gets it, or its refusal instead")
    func expecting() async throws {
        let head = "POST /v1/films HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-Continue\r\n"
        try await Self.serve { port in
            try await StreamClient.connect(port: port) { client in
                for _ in 0..<2 {
                    try await client.send("\(head)Authorization: Bearer may-2\r\nContent-Length: 2\r\n\r\n")
                    #expect(try await client.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
                    try await client.send("{}")
                    #expect(try await client.read(until: "}").hasPrefix("HTTP/1.1 422"))
                    _ = try? await client.read(until: "]}")
                }
            }
            for (fields, code) in [
                ("Content-Length: 2\r\n", "unauthenticated"),
                ("Authorization: Bearer may-2\r\nContent-Length: 999999\r\n", "body_too_large"),
            ] {
                let answers = try await Self.answers(to: "\(head)\(fields)\r\n", port: port)
                #expect(answers.map(\.code) == [code] && answers.first?["connection"] == "close")
            }
            // Who sends at once needs no word.
            let answers = try await Self.answers(
                to: "\(head)Authorization: Bearer may-2\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", port: port)
            #expect(answers.map(\.status) == [422])
        }
    }

    @Test("Faults are in the access log, with method, status, code and the request's id")
    func logged() async throws {
        let lines = Mutex("")
        let sink = LogSink(output: { bytes in lines.withLock { $0 += String(decoding: bytes, as: UTF8.self) } })
        let logger = Logger(label: "test") { StructuredLogHandler(label: $0, level: .info, format: .text, sink: sink) }
        try await ServedExample.with(FilmEndpoints().all, HTTPConfiguration(), logger: logger) { port in
            _ = try await Self.answers(to: "PUT /v1/films HTTP/1.1\r\nX-Request-Id: wrong-1\r\n\r\n", port: port)
            _ = try await Self.answers(to: "FETCH /v1/films HTTP/1.1\r\n\r\n", port: port)
        }
        sink.flush(within: .seconds(60))
        let answered = lines.withLock(\.self).split(separator: "\n").filter { $0.contains("Request answered") }
        #expect(answered.count == 2)
        #expect(
            ["code=host_missing", "method=PUT", "status=400", "request_id=wrong-1"].allSatisfy { answered.first?.contains($0) == true })
        #expect(["code=method_unknown", "method=unknown", "status=501", "request_id="].allSatisfy { answered.last?.contains($0) == true })
    }

    @Test(
        "A host is a name or an address, with a port or without",
        arguments: [
            ("localhost", true), ("tickets.example.com:8001", true), ("192.0.2.1:80", true), ("[::1]", true), ("[2001:db8::1]:8001", true),
            ("a_b", true), ("a:", true), ("%41", true), ("", false), (":80", false), ("a:b", false), ("a:123456", false), ("a b", false),
            ("a/b", false), ("a,b", false), ("a@b", false), ("[::1", false), ("[]", false), ("[::1]x", false), ("::1", false), ("票", false),
            ("a\\b", false), ("http://a", false), ("a?b", false), ("a#b", false), ("<a>", false), ("a:-1", false), ("a:+1", false),
        ])
    func hosts(text: String, isHost: Bool) {
        #expect(RequestFraming.isHost(text) == isHost)
    }
}

/// An answer as it came.
struct Answer {
    let status: Int
    let body: String
    private let fields: [String: String]

    /// A field by its name in lower case.
    subscript(name: String) -> String? { fields[name] }

    /// The body as a value; null when it is none.
    var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }

    /// The `code` of a problem.
    var code: String? {
        guard case .string(let code) = json["code"] else { return nil }
        return code
    }

    /// Reads answers that follow one another, each with the length of its body; the last may have none, as answers to HEAD do.
    static func all(_ text: String) throws -> [Answer] {
        var rest = text[...]
        var answers: [Answer] = []
        while !rest.isEmpty {
            let end = try #require(rest.range(of: "\r\n\r\n"), "no head: \(rest)")
            let lines = rest[..<end.lowerBound].components(separatedBy: "\r\n")
            var fields: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ": ", maxSplits: 1)
                fields[parts[0].lowercased()] = parts.count == 2 ? String(parts[1]) : ""
            }
            let status = try #require(lines.first.flatMap { Int($0.dropFirst(9).prefix(3)) })
            let length = fields["content-length"].flatMap { Int($0) } ?? 0
            let after = rest[end.upperBound...].utf8
            answers.append(Answer(status: status, body: String(after.prefix(length)) ?? "", fields: fields))
            rest = rest[(after.index(after.startIndex, offsetBy: length, limitedBy: after.endIndex) ?? after.endIndex)...]
        }
        return answers
    }
}
