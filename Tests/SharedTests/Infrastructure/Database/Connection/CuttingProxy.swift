import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// Stands between the driver and PostgreSQL and cuts the connection at the COMMIT, or when it is told to.
final class CuttingProxy: Sendable {
    enum Cut: Sendable {
        /// The COMMIT never reaches the server.
        case beforeCommit
        /// The server has answered the COMMIT, the answer is lost.
        case afterCommit
    }

    private typealias Wire = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private let cut: Cut?
    private let gate: Gate?
    private let serverPort: Int
    private let hasCut = Atomic<Bool>(false)

    private init(_ cut: Cut?, upon gate: Gate?, serverPort: Int) {
        self.cut = cut
        self.gate = gate
        self.serverPort = serverPort
    }

    /// Runs a closure with a proxy in front of the server on this machine.
    ///
    /// - Parameters:
    ///   - gate: cuts when it opens, whatever is under way.
    ///   - body: gets the proxy's port.
    static func with(_ cut: Cut? = nil, upon gate: Gate? = nil, serverPort: Int, _ body: (Int) async throws -> Void) async throws {
        let proxy = CuttingProxy(cut, upon: gate, serverPort: serverPort)
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Wire(wrappingChannelSynchronously: channel) }
            }
        let serving = Task { try await proxy.serve(listener) }
        do {
            try await body(listener.channel.localAddress?.port ?? 0)
        } catch {
            serving.cancel()
            throw error
        }
        serving.cancel()
    }

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
        let server = try await ClientBootstrap.patient()
            .connect(host: "127.0.0.1", port: serverPort) { channel in
                channel.eventLoop.makeCompletedFuture { try Wire(wrappingChannelSynchronously: channel) }
            }
        try await client.executeThenClose { fromClient, toClient in
            try await server.executeThenClose { fromServer, toServer in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { try? await self.pass(fromClient, to: toServer, isFromClient: true) }
                    group.addTask { try? await self.pass(fromServer, to: toClient, isFromClient: false) }
                    if let gate { group.addTask { await gate.wait() } }
                    await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    /// Passes bytes on until the cut or the end.
    private func pass(
        _ source: NIOAsyncChannelInboundStream<ByteBuffer>,
        to target: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        isFromClient: Bool
    ) async throws {
        var tail = ""
        for try await bytes in source {
            // The word may come in two pieces.
            let text = tail + String(buffer: bytes)
            tail = String(text.suffix(Self.commit.count - 1))
            if isFromClient, text.contains(Self.commit) {
                hasCut.store(true, ordering: .sequentiallyConsistent)
                if cut == .beforeCommit { return }
            } else if !isFromClient, cut != nil, hasCut.load(ordering: .sequentiallyConsistent) {
                return
            }
            try await target.write(bytes)
        }
    }

    /// The SQL is sent in clear when it is prepared.
    private static let commit = "COMMIT"
}
