import Foundation
import Logging
import Metrics
import NIOCore

/// Pauses the listening socket while the process has no descriptor or memory left for another connection. The socket would tell at once again
/// that somebody waits, and accepting fail again, as often as a core can.
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

    /// Looks after a listening socket.
    static func add(to channel: any Channel, logger: Logger) {
        channel.eventLoop.execute {
            // It fails only where the socket is closed.
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

    /// Takes the socket out of those whose readiness is waited for, or puts it back.
    private func setPaused(_ isPaused: Bool, _ context: ChannelHandlerContext) {
        // It fails only where the socket is closed.
        try? context.channel.syncOptions?.setOption(.autoRead, value: !isPaused)
    }
}
