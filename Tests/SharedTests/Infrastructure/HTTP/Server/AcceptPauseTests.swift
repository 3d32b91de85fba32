import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import HTTP

@Suite("Without descriptors nothing is accepted for a while", .inTurn)
struct AcceptPauseTests {
    @Test("The listening socket is not looked at while nothing can be accepted, then again, with one line of the log for each")
    func pause() async throws {
        let lines = Mutex("")
        let sink = LogSink(output: { bytes in lines.withLock { $0 += String(decoding: bytes, as: UTF8.self) } })
        let logger = Logger(label: "test") { StructuredLogHandler(label: $0, level: .info, format: .text, sink: sink) }
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelInitializer { channel in
                AcceptPause.add(to: channel, logger: logger)
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        for code in [EMFILE, ENFILE, EMFILE] {
            let wasPaused = try await listener.eventLoop.submit {
                listener.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept"))
                return try listener.syncOptions?.getOption(.autoRead) == false
            }.get()
            #expect(wasPaused)
        }
        let port = try #require(listener.localAddress?.port)
        let client = try await ClientBootstrap.patient().connect(host: "127.0.0.1", port: port).get()
        try await until { lines.withLock { $0.contains("Connections are accepted again") } }
        #expect(try await listener.getOption(.autoRead).get())
        try await client.close()
        try await listener.close()
        sink.flush(within: .seconds(60))
        #expect(lines.withLock(\.self).split(separator: "\n").count == 2)
    }

    @Test(
        "There are descriptors for all connections, those that are told, and what else a service needs",
        arguments: [64, 300, 1_024, 20_000])
    func connections(descriptors: Int) {
        var configuration = HTTPConfiguration()
        configuration.maximumConnections = 1_000_000
        configuration.maximumConnectionsPerAddress = 1_000_000
        let isLimited = configuration.limit(toDescriptors: descriptors)
        #expect(isLimited && configuration.maximumConnections >= 1)
        #expect(configuration.acceptedConnections <= max(descriptors - 256, descriptors / 2))
        #expect(configuration.maximumConnectionsPerAddress <= max(1, configuration.maximumConnections / 4))
        let again = configuration.limit(toDescriptors: descriptors)
        #expect(!again)
    }
}
