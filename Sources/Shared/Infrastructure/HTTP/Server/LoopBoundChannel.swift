import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Synchronization

/// Runs a connection's requests on the connection's own event loop. So a request that is answered from memory never changes threads, and
/// one that asks the database changes them once each way.
///
/// Nothing there may block or compute for long. libpq and the hashing of passwords have threads of their own.
struct LoopBoundChannel: HTTPChannelHandler {
    typealias Value = AcceptedConnection

    let responder: Responder
    private let configuration: HTTPConfiguration
    private let surplus: SurplusConnections
    private let executors = EventLoopExecutors()

    init(responder: @escaping Responder, configuration: HTTPConfiguration, surplus: SurplusConnections) {
        self.responder = responder
        self.configuration = configuration
        self.surplus = surplus
    }

    /// Adds the handlers of Hummingbird's own channel of HTTP/1.1, and before them those that check the framing of requests.
    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        surplus.opened(channel)
        return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandlers([
                HTTPResponseEncoder(),
                ByteToMessageHandler(RequestDecoder()),
                RequestGuard(configuration),
                HTTP1ToHTTPServerCodec(secure: false),
                ConnectionLimits(configuration),
                HTTPConnectionStateHandler(idleTimeout: .seconds(configuration.idleSeconds), logger: logger),
            ])
            return AcceptedConnection(
                try NIOAsyncChannel(wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
        }
    }

    func handle(value: Value, logger: Logger) async {
        guard let channel = value.take() else { return }
        await withTaskExecutorPreference(executors.executor(of: value.channel.eventLoop)) {
            await handleHTTP(asyncChannel: channel, logger: logger)
        }
    }
}

/// A connection that was accepted and waits to be handled. A server that stops drops those that come in that moment, and NIO ends the
/// process where a channel is dropped that nobody has ended: so this ends it.
final class AcceptedConnection: ServerChildChannelValue {
    typealias AsyncChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let channel: any Channel
    private let waiting: Mutex<AsyncChannel?>

    init(_ channel: AsyncChannel) {
        self.channel = channel.channel
        waiting = Mutex(channel)
    }

    deinit {
        guard let dropped = take() else { return }
        Task { try? await dropped.executeThenClose { _, _ in } }
    }

    /// - Returns: `nil` when it was taken before.
    func take() -> AsyncChannel? {
        waiting.withLock { waiting in
            let taken = waiting
            waiting = nil
            return taken
        }
    }
}

/// The executors of event loops, one for each, which live as long as the server.
private final class EventLoopExecutors: Sendable {
    private let known = Mutex<[ObjectIdentifier: EventLoopExecutor]>([:])

    func executor(of loop: any EventLoop) -> EventLoopExecutor {
        known.withLock { known in
            if let executor = known[ObjectIdentifier(loop)] { return executor }
            let executor = EventLoopExecutor(loop)
            known[ObjectIdentifier(loop)] = executor
            return executor
        }
    }
}

/// Runs tasks on an event loop.
private final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { [self] in
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
