import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing
import UnixSignals
import Waiting

@testable import HTTP

@Suite("A service begins and ends in order", .inTurn)
struct DrainTests {
    /// A request that takes until it is let go.
    private func slow(_ began: Latch, _ letGo: Latch) -> Endpoint {
        Endpoint(.get, "/v1/slow", "Takes its time.", access: .open, answers: .plain) { _ in
            began.open()
            await letGo.wait()
            return .plain("done")
        }
    }

    @Test("A connection that comes while the server stops, and is dropped, is closed; the process goes on")
    func dropped() async throws {
        try await ServedExample.with(FilmEndpoints().all, HTTPConfiguration()) { port in
            let channel = try await ClientBootstrap.patient()
                .connect(host: "127.0.0.1", port: port).get()
            // Nobody keeps it.
            try await channel.eventLoop.submit { _ = AcceptedConnection(try NIOAsyncChannel(wrappingChannelSynchronously: channel)) }.get()
            try await channel.closeFuture.get()
        }
    }

    private func application(_ endpoints: [Endpoint], drainSeconds: Int = 5) -> HTTPApplication {
        var configuration = HTTPConfiguration()
        configuration.port = 0
        configuration.drainSeconds = drainSeconds
        return HTTPApplication(
            name: "example", endpoints: endpoints, authenticator: ExampleAuthenticator(), problems: NoMapping(),
            configuration: configuration, rateLimits: .off, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test(
        "On a signal running requests finish, new ones find nobody, and systemd hears of every step",
        arguments: [false, true])
    func drain(isAbstract: Bool) async throws {
        let systemd = try NotifyListener(isAbstract: isAbstract)
        let (began, letGo) = (Latch(), Latch())
        let (signals, signal) = AsyncStream.makeStream(of: UnixSignal.self)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let notifier = SystemNotifier(environment: ["NOTIFY_SOCKET": systemd.path, "WATCHDOG_USEC": "100000"])
        let application = application([slow(began, letGo)], drainSeconds: 86_400)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await application.run(notifier: notifier, signals: signals, onListening: { port.yield($0) }) }
            let number = try #require(await ports.first { _ in true })
            let answer = Task { try await RawClient.get("/v1/slow", port: number) }
            await began.wait()
            #expect(await systemd.next { $0 == "READY=1" })
            #expect(await systemd.next { $0 == "WATCHDOG=1" })
            signal.yield(.sigterm)
            #expect(await systemd.next { $0 == "STOPPING=1" })
            // The listening socket closes soon after; a connection that came just before is closed without an answer.
            try await until { (try? await RawClient.get("/livez", port: number))?.hasPrefix("HTTP") != true }
            letGo.open()
            #expect(try await answer.value.hasSuffix("done"))
            try await tasks.waitForAll()
        }
    }

    @Test("A request that doesn't finish is not waited for beyond the limit")
    func limit() async throws {
        let (began, letGo) = (Latch(), Latch())
        let (signals, signal) = AsyncStream.makeStream(of: UnixSignal.self)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let application = application([slow(began, letGo)], drainSeconds: 1)
        let run = Task {
            try await application.run(notifier: SystemNotifier(environment: [:]), signals: signals, onListening: { port.yield($0) })
        }
        let number = try #require(await ports.first { _ in true })
        let answer = Task { try await RawClient.get("/v1/slow", port: number) }
        await began.wait()
        signal.yield(.sigterm)
        // Would take for ever without the limit.
        try await run.value
        letGo.open()
        answer.cancel()
    }

    @Test("A request that doesn't end even when it is cancelled is left behind", .inTurn)
    func leftBehind() async throws {
        let (began, letGo) = (Latch(), FirstOutcome<Void>())
        let deaf = Endpoint(.get, "/v1/slow", "Takes its time.", access: .open, answers: .plain) { _ in
            began.open()
            await letGo.value()
            return .plain("done")
        }
        let (signals, signal) = AsyncStream.makeStream(of: UnixSignal.self)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let application = application([deaf], drainSeconds: 1)
        let run = Task {
            try await application.run(
                notifier: SystemNotifier(environment: [:]), signals: signals, cancellationLimit: .milliseconds(1),
                onListening: { port.yield($0) })
        }
        let number = try #require(await ports.first { _ in true })
        let answer = Task { try await RawClient.get("/v1/slow", port: number) }
        await began.wait()
        signal.yield(.sigterm)
        // Would take for ever without the limit.
        try await run.value
        letGo.give(())
        answer.cancel()
    }

    @Test("It listens and tells systemd so before its checks pass, and SIGHUP only reloads", .inTurn)
    func notReady() async throws {
        struct Down: Error {}
        var configuration = HTTPConfiguration()
        configuration.port = 0
        let application = HTTPApplication(
            name: "example", endpoints: [], authenticator: ExampleAuthenticator(), problems: NoMapping(),
            readiness: [ReadinessCheck("database") { throw Down() }], configuration: configuration,
            rateLimits: .off, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let systemd = try NotifyListener()
        let (signals, signal) = AsyncStream.makeStream(of: UnixSignal.self)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let reloaded = Latch()
        let run = Task {
            try await application.run(
                notifier: SystemNotifier(environment: ["NOTIFY_SOCKET": systemd.path]), signals: signals, onReload: { reloaded.open() },
                onListening: { port.yield($0) })
        }
        #expect(await systemd.next { $0 == "READY=1" })
        let number = try #require(await ports.first { _ in true })
        #expect(try await RawClient.get("/livez", port: number).hasPrefix("HTTP/1.1 200"))
        #expect(try await RawClient.get("/readyz", port: number).hasPrefix("HTTP/1.1 503"))
        signal.yield(.sighup)
        await reloaded.wait()
        #expect(try await RawClient.get("/livez", port: number).hasPrefix("HTTP/1.1 200"))
        signal.yield(.sigterm)
        try await run.value
    }
}

/// Opens once, and lets all who wait go on; a cancelled waiter goes on too.
final class Latch: Sendable {
    private let state = Atomic(false)

    var isOpen: Bool { state.load(ordering: .acquiring) }

    func open() {
        state.store(true, ordering: .releasing)
    }

    func wait() async {
        while !isOpen, !Task.isCancelled { try? await letPass(.milliseconds(5)) }
    }
}
