import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection that the server's idle limit would leave open for as long as its client likes: one that takes nothing of an answer,
/// one that never ends a request that has its answer, and one that stays after the server has said its last.
final class ConnectionLimits: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// What a client must take of what waits for it within each stall limit: half a kilobyte a second, for a limit of 30 seconds.
    static let leastTaken = 16 * 1024
    /// The most that is still taken of a request that has its answer. Who sends more is cut off while sending.
    static let leftoverBytes = 1 << 20

    private let stallLimit: TimeAmount
    private let leftoverLimit: TimeAmount
    private var stall: Scheduled<Void>?
    private var leftover: Scheduled<Void>?
    private var leftoverCount = 0
    private var requestsEnded = 0
    private var answersEnded = 0
    /// Whether the answer on its way out says that it is the last.
    private var isLastAnswer = false
    private var isOutputClosed = false

    init(_ configuration: HTTPConfiguration) {
        stallLimit = .seconds(Int64(configuration.stallSeconds))
        leftoverLimit = .seconds(Int64(configuration.leftoverSeconds))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stall?.cancel()
        leftover?.cancel()
    }

    // MARK: A client that takes nothing

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = context.channel.isWritable ? nil : watchForStall(waiting: Self.waiting(context), context)
        context.fireChannelWritabilityChanged()
    }

    private func watchForStall(waiting before: Int, _ context: ChannelHandlerContext) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: stallLimit) { [self] in
            let now = Self.waiting(context)
            guard now + Self.leastTaken <= before else { return context.close(promise: nil) }
            stall = watchForStall(waiting: now, context)
        }
    }

    /// How many bytes wait to be sent.
    private static func waiting(_ context: ChannelHandlerContext) -> Int {
        // Every socket tells; of a channel that doesn't, the next look would find that nothing was taken.
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    // MARK: A request that doesn't end

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: break
        case .body(let part):
            guard answersEnded > requestsEnded else { break }
            leftoverCount += part.readableBytes
            guard leftoverCount <= Self.leftoverBytes else { return context.close(promise: nil) }
        case .end:
            requestsEnded += 1
            leftoverCount = 0
            if answersEnded <= requestsEnded, !isOutputClosed {
                leftover?.cancel()
                leftover = nil
            }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.status.kind != .informational { isLastAnswer = head.headerFields[.connection] == "close" }
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            answersEnded += 1
            if answersEnded > requestsEnded { closeSoon(context) }
            guard isLastAnswer else { return context.write(data, promise: promise) }
            context.writeAndFlush(data, promise: promise)
            context.close(mode: .output, promise: nil)
        }
    }

    // MARK: A client that stays

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // All is sent. Closing at once would take it from a client that is still sending (RFC 9112 §9.6).
        if case .outputClosed? = event as? ChannelEvent {
            isOutputClosed = true
            closeSoon(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func closeSoon(_ context: ChannelHandlerContext) {
        guard leftover == nil else { return }
        leftover = context.eventLoop.assumeIsolated().scheduleTask(in: leftoverLimit) { context.close(promise: nil) }
    }
}
