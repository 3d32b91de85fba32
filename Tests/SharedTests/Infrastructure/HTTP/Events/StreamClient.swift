import Foundation
import NIOCore
import NIOPosix
import TestSupport

/// Reads what comes from a port of this machine, such as a stream of events, as fast as the test wants to.
struct StreamClient {
    /// What it sends by.
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    /// What has come and was not looked at yet.
    private var text = ""

    /// Asks for a path, and leaves the rest to the test.
    ///
    /// - Parameter headers: each with its line end.
    static func open<Result>(
        _ path: String, port: Int, headers: String = "", _ body: (inout StreamClient) async throws -> Result
    ) async throws -> Result {
        try await connect(port: port) { client in
            try await client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n")
            return try await body(&client)
        }
    }

    /// - Parameter staysOpen: keeps its own side open when the other has closed its.
    static func connect<Result>(
        port: Int, staysOpen: Bool = false, _ body: (inout StreamClient) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap.patient()
            .channelOption(.allowRemoteHalfClosure, value: staysOpen)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var client = StreamClient(outbound: outbound, iterator: inbound.makeAsyncIterator())
            return try await body(&client)
        }
    }

    private init(outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) {
        self.outbound = outbound
        self.iterator = iterator
    }

    func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    /// Reads on until the text comes.
    ///
    /// - Returns: what came before it and itself.
    /// - Throws: ``StreamEnded`` when the other side closes before.
    mutating func read(until wanted: String) async throws -> String {
        while true {
            if let range = text.range(of: wanted) {
                defer { text = String(text[range.upperBound...]) }
                return String(text[..<range.upperBound])
            }
            guard let part = try await iterator.next(isolation: #isolation) else { throw StreamEnded(text: text) }
            text += String(buffer: part)
        }
    }

    /// Reads what comes until the other side closes.
    mutating func readAll() async throws -> String {
        while let part = try await iterator.next(isolation: #isolation) { text += String(buffer: part) }
        return text
    }

    /// Reads what comes until the other side closes or breaks the connection.
    ///
    /// - Parameter pace: told how many bytes have come, and waited for.
    mutating func readToEnd(pace: (Int) async -> Void = { _ in }) async -> String {
        while let part = try? await iterator.next(isolation: #isolation) {
            text += String(buffer: part)
            await pace(text.utf8.count)
        }
        return text
    }
}

extension NIOAsyncChannelOutboundWriter<ByteBuffer> {
    /// Sends the same again and again, until nobody takes it any more.
    func flood(_ text: String) async throws {
        while true { try await write(ByteBuffer(string: text)) }
    }

    /// Sends a little now and then, until nobody takes it any more.
    func trickle(_ text: String = " ") async throws {
        while true {
            try await letPass(.milliseconds(50))
            try await write(ByteBuffer(string: text))
        }
    }
}

/// The other side closed before what was waited for.
struct StreamEnded: Error {
    let text: String
}
