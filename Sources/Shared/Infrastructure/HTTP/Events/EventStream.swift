import Hummingbird
import NIOCore

/// One reader's stream of events, as a handler answers it. It ends when the reader disconnects, when the process shuts down, or when
/// nothing refers to it any more.
package final class EventStream: Sendable {
    static let contentType = "text/event-stream"

    private let number: Int
    private let streams: EventStreams

    init(number: Int, streams: EventStreams) {
        self.number = number
        self.streams = streams
    }

    deinit { streams.remove(number) }

    /// Ends the stream. A second call does nothing.
    func end() { streams.end(number) }

    /// The body of the answer.
    ///
    /// - Parameter onEnd: called after the last event was sent.
    func body(over channel: any Channel, onEnd: @escaping @Sendable () -> Void) -> ResponseBody {
        ResponseBody(contentLength: nil) { writer in
            defer { onEnd() }
            self.attach(to: channel)
            try await withTaskCancellationHandler {
                try await writer.write(ServerSentEvent.opening.buffer)
                while let event = await self.streams.next(self.number) { try await writer.write(event.buffer) }
            } onCancel: {
                self.end()
            }
            try await writer.finish(nil)
        }
    }

    /// Watches the connection, because a stream that waits for events would not notice that its reader has disconnected.
    private func attach(to channel: any Channel) {
        channel.closeFuture.whenComplete { [weak self] _ in self?.end() }
        channel.eventLoop.execute { [weak self] in
            try? channel.pipeline.syncOperations.addHandler(ReaderGone { self?.end() }, position: .first)
        }
    }
}

/// Notices that the other side of a connection has ended it.
private final class ReaderGone: ChannelInboundHandler {
    typealias InboundIn = Any

    private let isGone: () -> Void

    init(isGone: @escaping () -> Void) {
        self.isGone = isGone
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { isGone() }
        context.fireUserInboundEventTriggered(event)
    }
}
