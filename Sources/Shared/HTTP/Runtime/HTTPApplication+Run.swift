import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

extension HTTPApplication {
    /// Serves until SIGTERM or SIGINT, then stops accepting, lets running requests finish, and ends the services.
    ///
    /// Returns within the drain limit and a few seconds. A second SIGINT ends the process at once.
    ///
    /// - Parameter notifier: tells systemd of being ready, of stopping, and of being alive.
    package func run(notifier: SystemNotifier = SystemNotifier()) async throws {
        try await run(notifier: notifier, signals: await UnixSignalsSequence(trapping: .sigterm, .sigint))
    }

    /// - Parameter signals: those that came from outside; the first one begins the end.
    func run(
        notifier: SystemNotifier, signals: some AsyncSequence<UnixSignal, Never> & Sendable,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }, onOperationsListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws {
        let application = try build { port in
            logger.info("Listening", metadata: ["service": "\(name)", "host": "\(configuration.host)", "port": "\(port ?? 0)"])
            onListening(port ?? 0)
            await untilReady()
            notifier.ready()
            ProgramText.release()
        }
        var services: [any Service] = [Heartbeat(notifier: notifier)]
        // Before the rest, so that it ends after it and metrics can be seen until then.
        if let address = configuration.operationsAddress,
            let operations = try buildOperations(onServerRunning: { port in
                logger.info("Listening for operators", metadata: ["service": "\(name)", "host": "\(address.host)", "port": "\(port ?? 0)"])
                onOperationsListening(port ?? 0)
            })
        {
            services.append(ListeningService(server: operations, address: address))
        }
        services.append(ListeningService(server: application, address: configuration.address))
        // Told of the end first: the server waits for its running requests, which streams are.
        if let eventStreams { services.append(eventStreams) }
        var settings = ServiceGroupConfiguration(services: services.map { .init(service: $0) }, logger: logger)
        settings.maximumGracefulShutdownDuration = .seconds(configuration.drainSeconds)
        let group = ServiceGroup(configuration: settings)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let watch = Task { await endOnSignal(signals, group: group, notifier: notifier) }
            defer { watch.cancel() }
            do {
                try await tasks.next()
            } catch is CancellationError {
                logger.warning("Some requests did not finish within the drain limit")
            }
        }
        logger.info("Ended", metadata: ["service": "\(name)"])
    }

    private func endOnSignal(_ signals: some AsyncSequence<UnixSignal, Never> & Sendable, group: ServiceGroup, notifier: SystemNotifier)
        async
    {
        var isEnding = false
        for await signal in signals {
            if isEnding {
                if signal == .sigint { exit(130) }
                continue
            }
            isEnding = true
            logger.info("Draining", metadata: ["signal": "\(signal)", "limit_s": "\(configuration.drainSeconds)"])
            notifier.stopping()
            await group.triggerGracefulShutdown()
        }
    }

    /// Waits until the checks pass.
    private func untilReady() async {
        while !Task.isCancelled, !(await readiness.failed().isEmpty) {
            try? await Task.sleep(for: .seconds(1))
        }
    }
}

/// Tells systemd regularly that the event loop still turns.
private struct Heartbeat: Service {
    let notifier: SystemNotifier

    func run() async throws {
        guard let interval = notifier.watchdogInterval else {
            try await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await MultiThreadedEventLoopGroup.singleton.next().submit {}.get()
                notifier.watchdog()
                try? await Task.sleep(for: interval)
            }
        }
    }
}
