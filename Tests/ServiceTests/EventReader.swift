import AsyncHTTPClient
import Foundation
import HTTP
import NIOCore
import NIOHTTP1
import TestSupport
import Testing
import Text

/// A stream of Server-Sent Events as a browser reads it.
struct EventReader {
    struct Event {
        var id = ""
        var name = ""
        var data: JSONValue = .null
    }

    private var iterator: HTTPClientResponse.Body.AsyncIterator
    private var text = ""

    static func open(
        _ path: String, port: Int, token: String? = nil, lastEventID: String? = nil, _ body: (inout EventReader) async throws -> Void
    ) async throws {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let lastEventID { request.headers.add(name: "Last-Event-ID", value: lastEventID) }
        let response = try await HTTPClient.patient.execute(request, timeout: .patient)
        #expect(response.status == .ok)
        #expect(response.headers["Content-Type"] == ["text/event-stream"])
        var reader = EventReader(iterator: response.body.makeAsyncIterator())
        try await body(&reader)
    }

    private init(iterator: HTTPClientResponse.Body.AsyncIterator) {
        self.iterator = iterator
    }

    /// The next event; comments and other fields are passed over.
    mutating func next() async throws -> Event {
        try #require(try await nextOrEnd())
    }

    /// The next event; `nil` when the stream has ended.
    mutating func nextOrEnd() async throws -> Event? {
        while true {
            while let end = text.range(of: "\n\n") {
                var event = Event()
                for line in text[..<end.lowerBound].split(separator: "\n") {
                    if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
                    if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
                    if line.hasPrefix("data: ") { event.data = try JSONParser.parse(String(line.dropFirst(6))) }
                }
                text = String(text[end.upperBound...])
                if !event.name.isEmpty { return event }
            }
            guard let more = try await iterator.next(isolation: #isolation) else { return nil }
            text += String(buffer: more)
        }
    }
}
