import HTTPTypes
import Metrics
import NIOCore
import NIOHTTPTypes

/// Closes a connection that the server's idle limit would leave open for as long as its client likes: one that takes nothing of an answer,
/// one that never ends a request that has its answer, and one that stays after the server has said its last. Whoever takes what is sent gets
/// all of it before the connection is closed, also by the idle limit and at shutdown.
final class ConnectionLimits: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// What a client must take of what waits for it within each stall limit: half a kilobyte a second, for a limit of 30 seconds.
    static let leastTaken = 16 * 1024
    /// The most that is still taken of a request that has its answer. Who sends more is cut off while sending.
    static let leftoverBytes = 1 << 20
    /// How soon after the rest was sent the connection is closed that was to be closed.
    private static let closingPace: TimeAmount = .milliseconds(50)

    /// Sent through the channel, closes it at once, whatever waits to be sent.
    struct CutOff: Sendable {}

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
    /// Whether nothing that comes is read any more (RFC 9112 §9.6).
    private var isDeaf = false
    /// Whether the process is about to end.
    private var isQuiescing = false
    /// How the connection is to be closed when all is sent.
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

    /// Begins to watch anew, where more waits than the socket takes or the connection is to be closed after it.
    private func watchForStall(_ context: ChannelHandlerContext) {
        stall?.cancel()
        stall = context.channel.isWritable && closings.isEmpty ? nil : watchForStall(waiting: Self.waiting(context), context)
    }

    private func watchForStall(waiting before: Int, _ context: ChannelHandlerContext) -> Scheduled<Void> {
        // Nobody who takes nothing holds up the end of the process; in so short a time, anything that was taken shows that somebody is there.
        context.eventLoop.assumeIsolated().scheduleTask(in: isQuiescing ? leftoverLimit : stallLimit) { [self] in
            let now = Self.waiting(context)
            guard now <= max(0, before - (isQuiescing ? 1 : Self.leastTaken)) else { return cutOff(context) }
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
        let part = unwrapInboundIn(data)
        // Nobody would hear the answer.
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

    /// What waits is sent first: closing a socket drops it, and the client would be left with a part of its answer.
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
        // All is sent. Closing at once would take it from a client that is still sending (RFC 9112 §9.6).
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
