import NIOCore
import NIOPosix
import Synchronization

/// A proxy between a program and PostgreSQL that hangs on command, like a host whose processes have been stopped: the kernel still accepts
/// connections, and nobody gets an answer. Later it goes on where it stopped.
package final class HangingProxy: Sendable {
    private typealias Wire = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private let serverPort: Int
    private let isHanging = Atomic<Bool>(false)

    private init(serverPort: Int) {
        self.serverPort = serverPort
    }

    /// Runs a closure with a proxy in front of the server on this machine.
    ///
    /// - Parameter body: gets the proxy and its port.
    package static func with<Result>(serverPort: Int, _ body: (HangingProxy, Int) async throws -> Result) async throws -> Result {
        let proxy = HangingProxy(serverPort: serverPort)
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Wire(wrappingChannelSynchronously: channel) }
            }
        let serving = Task { try await proxy.serve(listener) }
        defer { serving.cancel() }
        return try await body(proxy, listener.channel.localAddress?.port ?? 0)
    }

    package func hang() { isHanging.store(true, ordering: .sequentiallyConsistent) }
    package func goOn() { isHanging.store(false, ordering: .sequentiallyConsistent) }

    private func serve(_ listener: NIOAsyncChannel<Wire, Never>) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            try await listener.executeThenClose { clients in
                for try await client in clients {
                    group.addTask { try? await self.relay(client) }
                }
            }
        }
    }

    private func relay(_ client: Wire) async throws {
        try await client.executeThenClose { fromClient, toClient in
            try await untilItGoesOn()
            let server = try await ClientBootstrap.patient()
                .connect(host: "127.0.0.1", port: serverPort) { channel in
                    channel.eventLoop.makeCompletedFuture { try Wire(wrappingChannelSynchronously: channel) }
                }
            try await server.executeThenClose { fromServer, toServer in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { try? await self.pass(fromClient, to: toServer) }
                    group.addTask { try? await self.pass(fromServer, to: toClient) }
                    await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    private func pass(
        _ source: NIOAsyncChannelInboundStream<ByteBuffer>, to target: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        for try await bytes in source {
            try await untilItGoesOn()
            try await target.write(bytes)
        }
    }

    private func untilItGoesOn() async throws {
        while isHanging.load(ordering: .sequentiallyConsistent) { try await Task.sleep(for: .milliseconds(5)) }
    }
}
