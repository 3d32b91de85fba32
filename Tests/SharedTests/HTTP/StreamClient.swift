import Foundation
import NIOCore
import NIOPosix

/// Reads a stream of events from a port of this machine, as fast as the test wants to.
struct StreamClient {
    private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    /// What has come and was not looked at yet.
    private var text = ""

    /// - Parameter headers: each with its line end.
    static func open<Result>(
        _ path: String, port: Int, headers: String = "", _ body: (inout StreamClient) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n"))
            var client = StreamClient(iterator: inbound.makeAsyncIterator())
            return try await body(&client)
        }
    }

    private init(iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) {
        self.iterator = iterator
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
}

/// The other side closed before what was waited for.
struct StreamEnded: Error {
    let text: String
}
