import Callers
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import HTTP

@Suite("One address has only its share of the connections", .inTurn)
struct ConnectionShareTests {
    private static func configuration(connections: Int, perAddress: Int, leftover: Int = 600) -> HTTPConfiguration {
        var configuration = HTTPConfiguration()
        configuration.maximumConnections = connections
        configuration.maximumConnectionsPerAddress = perAddress
        configuration.leftoverSeconds = leftover
        configuration.idleSeconds = 600
        return configuration
    }

    private static let request = "GET /v1/films HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test("A connection beyond the share is answered 503 and closed, except for probes; when one is closed, another may be opened")
    func told() async throws {
        try await ServedExample.with(FilmEndpoints().all, Self.configuration(connections: 100, perAddress: 1)) { port in
            try await StreamClient.connect(port: port) { first in
                try await first.send(Self.request)
                _ = try await first.read(until: "200 OK")
                for (path, status) in [("/v1/films", 503), ("/livez", 200)] {
                    let answer = try await StreamClient.connect(port: port) { other in
                        try await other.send(Self.request.replacing("/v1/films", with: path))
                        return await other.readToEnd()
                    }
                    #expect(answer.hasPrefix("HTTP/1.1 \(status)") && answer.lowercased().contains("connection: close\r\n"))
                    #expect(answer.contains(#""code":"too_many_connections_of_address""#) == (status == 503))
                }
                try await first.send(Self.request)
                _ = try await first.read(until: "200 OK")
            }
            // The server may hear of the end of the first one a moment later.
            try await until { try await RawClient.get("/v1/films", port: port).hasPrefix("HTTP/1.1 200") }
        }
    }

    @Test("A trusted proxy has no share, and neither has anybody where the setting is 0", arguments: [true, false])
    func exempt(isProxy: Bool) async throws {
        var configuration = Self.configuration(connections: 100, perAddress: isProxy ? 1 : 0)
        if isProxy { configuration.trustedProxies = [try #require(NetworkRange("127.0.0.0/8"))] }
        try await ServedExample.with(FilmEndpoints().all, configuration) { port in
            var channels: [any Channel] = []
            for _ in 0..<20 {
                channels.append(
                    try await ClientBootstrap.patient().connect(host: "127.0.0.1", port: port).get())
            }
            let answer = try await RawClient.get("/v1/films", port: port)
            #expect(answer.hasPrefix("HTTP/1.1 200") && channels.allSatisfy(\.isActive))
            for channel in channels { try? await channel.close() }
        }
    }

    @Test("Shares are those of the blocks of version 6 and of their site, which has no more than half of all")
    func sites() {
        for (perAddress, connections, expected) in [(2, 1_000, 32), (10, 100, 50), (60, 100, 60), (Int.max, 100, 100)] {
            let surplus = SurplusConnections(
                Self.configuration(connections: connections, perAddress: perAddress), registry: PrometheusRegistry())
            var served = 0
            for block in 0..<200 {
                let blocks = AddressBlock.all(of: "2001:db8:0:\(String(block, radix: 16))::1")
                if surplus.count(blocks) == .served { served += 1 }
            }
            #expect(served == expected)
            // Others have theirs, unless none is left.
            let other = surplus.count(AddressBlock.all(of: "2001:db8:1::1"))
            #expect(other == (expected < connections ? .served : .beyondAll))
        }
    }

    @Test("Counted connections are removed from the counts")
    func countedBack() {
        let surplus = SurplusConnections(Self.configuration(connections: 10, perAddress: 2), registry: PrometheusRegistry())
        let blocks = AddressBlock.all(of: "192.0.2.1")
        for _ in 0..<3 {
            var admissions: [SurplusConnections.Admission] = []
            for _ in 0..<8 { admissions.append(surplus.count(blocks)) }
            #expect(admissions == [.served, .served, .beyondShare, .beyondShare, .beyondShare, .beyondShare, .closed, .closed])
            for admission in admissions { surplus.countBack(admission, blocks) }
        }
        #expect(surplus.isEmpty)
    }
}
