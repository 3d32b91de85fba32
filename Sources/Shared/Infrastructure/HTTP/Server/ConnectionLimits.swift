import HTTPTypes
import Metrics
import NIOCore
import NIOHTTPTypes

/// Closes connections that the server's idle limit would leave open for as long as the client likes: when the client takes nothing of an
/// answer, when it never ends a request that has its answer, and when it stays after the last answer. A client that takes what is sent gets
/// all of it before the connection is closed, even by the idle limit and at shutdown.
final class ConnectionLimits: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How many bytes of a waiting answer a client must take within each stall limit: half a kilobyte a second, for a limit of 30 seconds.
    static let leastTaken = 16 * 1024
    /// How many bytes are still read of a request that has its answer. A client that sends more is cut off.
    static let leftoverBytes = 1 << 20
    /// How soon a connection that is to be closed is closed after the rest was sent.
    private static let closingPace: TimeAmount = .milliseconds(50)

    /// An event that closes the channel at once, even when data waits to be sent.
    struct CutOff: Sendable {}

    private let stallLimit: TimeAmount
    private let leftoverLimit: TimeAmount
    private var stall: Scheduled<Void>?
    private var leftover: Scheduled<Void>?
    private var leftoverCount = 0
    private var requestsEnded = 0
    private var answersEnded = 0
    /// Whether the answer that is being sent says that it is the last.
    private var isLastAnswer = false
    private var isOutputClosed = false
    /// Whether incoming data is no longer read (RFC 9112 §9.6).
    private var isDeaf = false
    /// Whether the process is about to end.
    private var isQuiescing = false
    /// How to close the connection when everything is sent.
    private var closings: [(mode: CloseMode, promise: EventLoopPromise<Void>?)] = []
    private var closing: Scheduled<Void>?

    init(_ configuration: HTTPConfiguration) {
        stallLimit = .seconds(Int64(configuration.stallSeconds))
        leftoverLimit = .seconds(Int64(configuration.leftoverSeconds))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stall?.cancel()
        leftover?.cancel()
        closing?.cancel()
    }

    // MARK: A client that takes nothing

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        watchForStall(context)
        context.fireChannelWritabilityChanged()
    }

    /// Starts a new check for a stall, when more data waits than the socket takes, or the connection is to be closed after it.
    private func watchForStall(_ context: ChannelHandlerContext) {
        stall?.cancel()
        stall = context.channel.isWritable && closings.isEmpty ? nil : watchForStall(waiting: Self.waiting(context), context)
    }

    private func watchForStall(waiting before: Int, _ context: ChannelHandlerContext) -> Scheduled<Void> {
        // A client that takes nothing must not hold up the end of the process. In this short time any taken byte shows that the client is
        // there.
        context.eventLoop.assumeIsolated().scheduleTask(in: isQuiescing ? leftoverLimit : stallLimit) { [self] in
            let now = Self.waiting(context)
            guard now <= max(0, before - (isQuiescing ? 1 : Self.leastTaken)) else { return cutOff(context) }
            stall = watchForStall(waiting: now, context)
        }
    }

    /// How many bytes wait to be sent.
    private static func waiting(_ context: ChannelHandlerContext) -> Int {
        // Every socket has this option. For a channel without it, the next check would find that nothing was taken.
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    // MARK: A request that doesn't end

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        // The client would not get the answer.
        if case .head = part, isLastAnswer || !closings.isEmpty { isDeaf = true }
        guard !isDeaf else { return }
        switch part {
        case .head: break
        case .body(let part):
            guard answersEnded > requestsEnded else { break }
            leftoverCount += part.readableBytes
            guard leftoverCount <= Self.leftoverBytes else { return cutOff(context) }
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
            close(context: context, mode: .output, promise: nil)
        }
    }

    // MARK: A connection that is to be closed

    /// Sends waiting data before it closes, because closing a socket drops the data, and the client would get only a part of its answer.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode != .input, Self.waiting(context) > 0 else { return context.close(mode: mode, promise: promise) }
        closings.append((mode, promise))
        guard closings.count == 1 else { return }
        context.flush()
        watchForStall(context)
        closeWhenSent(context)
    }

    private func closeWhenSent(_ context: ChannelHandlerContext) {
        closing = context.eventLoop.assumeIsolated().scheduleTask(in: Self.closingPace) { [self] in
            guard Self.waiting(context) == 0 else { return closeWhenSent(context) }
            let due = closings
            closings = []
            for closing in due { context.close(mode: closing.mode, promise: closing.promise) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        for closing in closings { closing.promise?.succeed(()) }
        closings = []
        context.fireChannelInactive()
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is CutOff else { return context.triggerUserOutboundEvent(event, promise: promise) }
        cutOff(context)
        promise?.succeed(())
    }

    private func cutOff(_ context: ChannelHandlerContext) {
        Counter(label: "piao_connections_cut_off_total").increment()
        context.close(promise: nil)
    }

    // MARK: A client that stays

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            isQuiescing = true
            watchForStall(context)
        }
        // Everything is sent. When the client is still sending, closing at once would make it lose the answer (RFC 9112 §9.6).
        if case .outputClosed? = event as? ChannelEvent {
            isOutputClosed = true
            closeSoon(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func closeSoon(_ context: ChannelHandlerContext) {
        guard leftover == nil else { return }
        leftover = context.eventLoop.assumeIsolated().scheduleTask(in: leftoverLimit) { [self] in cutOff(context) }
    }
}
