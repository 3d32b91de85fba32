import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import UnixSignals
import Waiting

extension HTTPApplication {
    /// Serves until SIGTERM or SIGINT, then stops accepting, lets running requests finish, and ends the services.
    ///
    /// It listens before the readiness checks pass, and tells systemd so; `/readyz` shows whether they pass. It returns within the drain
    /// limit and ten seconds. Tasks that hang then are left behind, and end with the process. A second SIGINT ends the process at once.
    ///
    /// - Parameters:
    ///   - notifier: tells systemd that the service is ready, stopping, or alive.
    ///   - onReload: called at SIGHUP.
    package func run(notifier: SystemNotifier = SystemNotifier(), onReload: @escaping @Sendable () -> Void = {}) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        try await run(notifier: notifier, signals: signals, onReload: onReload)
    }

    /// - Parameters:
    ///   - signals: the signals from outside. The first one that isn't SIGHUP begins the end.
    ///   - cancellationLimit: how long requests that were cancelled at the drain limit have to end.
    func run(
        notifier: SystemNotifier, signals: some AsyncSequence<UnixSignal, Never> & Sendable, cancellationLimit: Duration = .seconds(10),
        onReload: @escaping @Sendable () -> Void = {}, onListening: @escaping @Sendable (Int) -> Void = { _ in },
        onOperationsListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws {
        let (listens, operationsListens) = (Flag(), Flag())
        let application = try build { port in
            listens.set()
            logger.info("Listening", metadata: ["service": "\(name)", "host": "\(configuration.host)", "port": "\(port ?? 0)"])
            onListening(port ?? 0)
            notifier.ready()
        }
        var services: [any Service] = [WatchdogNotice(notifier: notifier), TidyingUp(readiness: readiness)]
        // This starts before the rest, so that it ends after the rest, and metrics can be read until then.
        if let address = configuration.operationsAddress,
            let operations = try buildOperations(onServerRunning: { port in
                operationsListens.set()
                logger.info("Listening for operators", metadata: ["service": "\(name)", "host": "\(address.host)", "port": "\(port ?? 0)"])
                onOperationsListening(port ?? 0)
            })
        {
            services.append(ListeningService(server: operations, address: address) { operationsListens.isSet })
        }
        services.append(ListeningService(server: application, address: configuration.address) { listens.isSet })
        // The event streams are ended first, because the server waits for its running requests, and streams are such requests.
        if let eventStreams { services.append(eventStreams) }
        var settings = ServiceGroupConfiguration(services: services.map { .init(service: $0) }, logger: logger)
        settings.maximumGracefulShutdownDuration = .seconds(configuration.drainSeconds)
        let group = ServiceGroup(configuration: settings)
        let end = FirstOutcome<Result<Void, any Error>?>()
        // A task group would wait for tasks that hang.
        let running = Task {
            do {
                end.give(.success(try await group.run()))
            } catch {
                end.give(.failure(error))
            }
        }
        let watch = Task {
            await follow(signals, group: group, notifier: notifier, onReload: onReload) {
                try? await Task.sleep(for: .seconds(configuration.drainSeconds) + cancellationLimit)
                if !Task.isCancelled { end.give(nil) }
            }
        }
        defer { watch.cancel() }
        do {
            let outcome = await withTaskCancellationHandler {
                await end.value()
            } onCancel: {
                running.cancel()
            }
            guard let outcome else { return logger.warning("Something did not end within its limit; it is left behind") }
            try outcome.get()
        } catch is CancellationError {
            logger.warning("Some requests did not finish within the drain limit")
        }
        logger.info("Ended", metadata: ["service": "\(name)"])
    }

    /// Handles signals until it is cancelled.
    ///
    /// - Parameter net: runs beside it after the end has begun.
    private func follow(
        _ signals: some AsyncSequence<UnixSignal, Never> & Sendable, group: ServiceGroup, notifier: SystemNotifier,
        onReload: @Sendable () -> Void, net: @escaping @Sendable () async -> Void
    ) async {
        await withTaskGroup(of: Void.self) { tasks in
            var isEnding = false
            for await signal in signals {
                if signal == .sighup {
                    onReload()
                } else if isEnding {
                    if signal == .sigint { exit(130) }
                } else {
                    isEnding = true
                    logger.info("Draining", metadata: ["signal": "\(signal)", "limit_s": "\(configuration.drainSeconds)"])
                    notifier.stopping()
                    tasks.addTask { await net() }
                    await group.triggerGracefulShutdown()
                }
            }
        }
    }
}

/// A flag that is set once and never cleared.
private final class Flag: Sendable {
    private let state = Atomic(false)

    var isSet: Bool { state.load(ordering: .acquiring) }

    func set() { state.store(true, ordering: .releasing) }
}

/// Frees memory that only the start needed, when the service is ready.
private struct TidyingUp: Service {
    let readiness: Readiness

    func run() async throws {
        await cancelWhenGracefulShutdown { await readiness.passed() }
        ProgramText.release()
        try? await gracefulShutdown()
    }
}

/// Tells systemd's watchdog regularly that the event loop still runs.
private struct WatchdogNotice: Service {
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
