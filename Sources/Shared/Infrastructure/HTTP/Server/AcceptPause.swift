import Foundation
import Logging
import Metrics
import NIOCore

/// Pauses the listening socket while the process has no descriptor or memory for another connection. Otherwise the socket would report the
/// waiting client again at once, and accepting would fail again and again, as often as a core can.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private static let length = TimeAmount.seconds(1)

    private let logger: Logger
    private var isFailing = false
    private var isOver = false

    init(logger: Logger) {
        self.logger = logger
    }

    /// Adds the handler to a listening socket.
    static func add(to channel: any Channel, logger: Logger) {
        channel.eventLoop.execute {
            // It fails only when the socket is closed.
            try? channel.pipeline.syncOperations.addHandler(AcceptPause(logger: logger), position: .first)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        Counter(label: "piao_accept_failures_total").increment()
        if !isFailing {
            logger.error("No connection can be accepted; accepting pauses until one can", metadata: ["error": "\(error)"])
        }
        isFailing = true
        setPaused(true, context)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.length) { [self] in
            if !isOver { setPaused(false, context) }
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isFailing { logger.notice("Connections are accepted again") }
        isFailing = false
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        context.fireChannelInactive()
    }

    /// Stops or resumes waiting for the socket's readiness.
    private func setPaused(_ isPaused: Bool, _ context: ChannelHandlerContext) {
        // It fails only when the socket is closed.
        try? context.channel.syncOptions?.setOption(.autoRead, value: !isPaused)
    }
}
