import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Runs what a connection's requests do on the connection's own event loop, so that a request that is answered from memory never changes
/// threads, and one that asks the database changes them once each way.
///
/// Nothing on that way may block or compute for long: libpq has threads of its own, and so has the hashing of passwords.
struct LoopBoundChannel: ServerChildChannel {
    private let base: HTTP1Channel
    private let surplus: SurplusConnections
    private let executors = EventLoopExecutors()

    init(_ base: HTTP1Channel, surplus: SurplusConnections) {
        self.base = base
        self.surplus = surplus
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        surplus.opened(channel)
        return base.setup(channel: channel, logger: logger)
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await withTaskExecutorPreference(executors.executor(of: value.channel.eventLoop)) {
            await base.handle(value: value, logger: logger)
        }
    }
}

/// The executors of event loops, one each, kept for as long as the server.
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
