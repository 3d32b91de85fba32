import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing

@testable import Shared

@Suite("A service bears what its surroundings lack", .inTurn)
struct StrainedServiceTests {
    @Test("A service that may have few descriptors bears fewer connections than are set, says so, and outlives more")
    func descriptors() async throws {
        try await TestDatabase.with(.current) { database in
            let environment = try Platform.environment(databaseURL: database.url).merging(["HTTP_MAXIMUM_CONNECTIONS_PER_ADDRESS": "0"]) {
                $1
            }
            try await RunningService.with(1, of: "ClientService", environment, descriptors: 300) { services in
                let service = services[0]
                #expect(try service.written.contains("connections=128 descriptors=300"))
                let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
                var channels: [any Channel] = []
                for _ in 0..<300 {
                    channels.append(try await ClientBootstrap.patient(on: group).connect(host: "127.0.0.1", port: service.port).get())
                }
                // Answered on the connection that the test has from the start.
                let metrics = try await service.ask(.GET, "/metrics").body
                #expect(!metrics.contains("piao_accept_failures_total"))
                for channel in channels { try? await channel.close() }
                try await group.shutdownGracefully()
                #expect(await service.terminate() == 0)
            }
        }
    }

    /// Fewer only where this process or the service may not have so many descriptors.
    private static let idle = min(4_400, sysconf(Int32(_SC_OPEN_MAX)) - 1_000)

    @Test("While one address holds 4,400 idle connections open, as far as it can, others are served")
    func hoarder() async throws {
        // What a service has unless set otherwise: a quarter of 4,096. Of those beyond it a sixteenth is told.
        let (share, told) = (1_024, 64)
        try #require(Self.idle > share + told, "A limit of so few descriptors shows nothing: make test raises it.")
        // Of its own, so that no other test waits for it.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let from = try SocketAddress(ipAddress: "127.0.0.7", port: 0)
        try await TestDatabase.with(.current) { database in
            // Those that are served and those that are told stay for the length of the test, however slow the machine is.
            let patience = ["HTTP_IDLE_SECONDS": "3600", "HTTP_LEFTOVER_SECONDS": "3600"]
            let environment = try Platform.environment(databaseURL: database.url).merging(patience) { $1 }
            try await RunningService.with(1, of: "ClientService", environment) { services in
                let service = services[0]
                var channels: [any Channel] = []
                for _ in 0..<Self.idle {
                    channels.append(
                        try await ClientBootstrap.patient(on: group).bind(to: from).connect(host: "127.0.0.1", port: service.port).get())
                }
                // All others are closed at once.
                try await until { channels.count(where: \.isActive) <= share + told }
                // On a new connection.
                let other = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .patient)
                let answer = try await other.execute(
                    HTTPClientRequest(url: "http://127.0.0.1:\(service.port)/v1/cities"), timeout: .patient)
                try await other.shutdown()
                #expect(answer.status == .ok)
                let metrics = try await service.ask(.GET, "/metrics").body
                #expect(metrics.contains(#"piao_connections_surplus_total{reason="address"} \#(Self.idle - share)"# + "\n"))
                #expect(metrics.contains(#"piao_connections_surplus_total{reason="all"} 0"# + "\n"))
                for channel in channels { try? await channel.close() }
            }
        }
        try await group.shutdownGracefully()
    }

    @Test("A log that nobody reads holds up neither requests nor the end, and is counted")
    func unreadLog() async throws {
        try await TestDatabase.with(.current) { database in
            let environment = try Platform.environment(databaseURL: database.url).merging(["LOG_LEVEL": "trace"]) { $1 }
            let pipe = Pipe()
            try await RunningService.with(1, of: "ClientService", environment, unread: pipe) { services in
                try await until {
                    #expect(try await services[0].ask(.GET, "/v1/cities").status == 200)
                    return try await services[0].ask(.GET, "/metrics").body.contains("\npiao_log_stalls_total 1\n")
                }
                #expect(await services[0].terminate() == 0)
            }
            try pipe.fileHandleForReading.close()
        }
    }

    @Test("A misspelt setting causes a warning at the start; a port that is taken ends the service with status 78 and the setting's name")
    func settings() async throws {
        try await TestDatabase.with(.current) { database in
            let environment = try Platform.environment(databaseURL: database.url).merging(["HTTP_PROT": "secretvalue"]) { $1 }
            try await RunningService.with(1, of: "ClientService", environment) { services in
                let log = try services[0].written
                #expect(log.contains("name=HTTP_PROT nearest=HTTP_PORT") && !log.contains("secretvalue"))
                let taken = ["HTTP_PORT": String(services[0].port)].merging(environment) { mine, _ in mine }
                let run = try await AdminCommand(databaseURL: database.url, taken).run("serve")
                #expect(run.status == 78)
                #expect(run.complaints.contains("HTTP_PORT") && run.complaints.contains("127.0.0.1 port \(services[0].port)"), "\(run)")
            }
        }
    }
}
