import Foundation
import NIOCore
import NIOPosix

/// Stands in for systemd: receives datagrams at a socket in the file system.
final class NotifyListener: Sendable {
    let path: String
    private let messages: AsyncStream<String>
    private let channel: any Channel

    init() throws {
        let path = "/tmp/piao-notify-\(UUID().uuidString.prefix(8))"
        self.path = path
        let (messages, message) = AsyncStream.makeStream(of: String.self)
        self.messages = messages
        channel = try DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { $0.pipeline.addHandler(Receiver(message)) }
            .bind(unixDomainSocketPath: path).wait()
    }

    deinit {
        channel.close(promise: nil)
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Waits for a message that fits.
    func next(where fits: (String) -> Bool) async throws -> Bool {
        for await message in messages where fits(message) { return true }
        return false
    }

    private final class Receiver: ChannelInboundHandler, Sendable {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        private let message: AsyncStream<String>.Continuation

        init(_ message: AsyncStream<String>.Continuation) {
            self.message = message
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            message.yield(String(buffer: unwrapInboundIn(data).data))
        }
    }
}
