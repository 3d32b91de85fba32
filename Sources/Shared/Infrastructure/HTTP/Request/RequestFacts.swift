import Callers
import HTTPTypes
import Logging
import NIOCore

/// The facts about a request that are known before its endpoint is found.
struct RequestFacts: Sendable {
    let requestID: String
    let traceparent: String?
    let headers: HTTPFields
    let channel: any Channel
    let trustedProxies: [NetworkRange]
    let logger: Logger

    /// The same facts without the client's headers.
    var withoutHeaders: RequestFacts {
        RequestFacts(
            requestID: requestID, traceparent: traceparent, headers: [:], channel: channel, trustedProxies: trustedProxies, logger: logger)
    }

    var userAgent: String? { headers[.userAgent] }

    /// The peer's IP address. When the peer is a trusted proxy, the last address in X-Forwarded-For that isn't a trusted proxy.
    var address: String {
        let peer = channel.remoteAddress?.ipAddress ?? "local"
        guard !trustedProxies.isEmpty, isTrusted(peer), let forwarded = headers[.xForwardedFor] else { return peer }
        let hops = forwarded.split(separator: ",").map { $0.trimmingSpaces }
        let client = hops.last { !isTrusted($0) } ?? hops.first
        // The value becomes the key of a rate limit and goes into logs, so it must be short and a valid address.
        guard let client, let address = try? SocketAddress(ipAddress: client, port: 0).ipAddress else { return peer }
        return address
    }

    private func isTrusted(_ address: String) -> Bool {
        guard let address = NetworkAddress(address) else { return false }
        return trustedProxies.contains { $0.contains(address) }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
