import Callers
import HTTPTypes
import Logging
import NIOCore

/// What is known of a request before its endpoint is.
struct RequestFacts: Sendable {
    let requestID: String
    let traceparent: String?
    let headers: HTTPFields
    let channel: any Channel
    let trustedProxies: [NetworkRange]
    let logger: Logger

    /// The same without what the client says of itself.
    var withoutHeaders: RequestFacts {
        RequestFacts(
            requestID: requestID, traceparent: traceparent, headers: [:], channel: channel, trustedProxies: trustedProxies, logger: logger)
    }

    var userAgent: String? { headers[.userAgent] }

    /// The peer's address; where the peer is a trusted proxy, the last address in X-Forwarded-For that is none.
    var address: String {
        let peer = channel.remoteAddress?.ipAddress ?? "local"
        guard !trustedProxies.isEmpty, isTrusted(peer), let forwarded = headers[.xForwardedFor] else { return peer }
        let hops = forwarded.split(separator: ",").map { $0.trimmingSpaces }
        let client = hops.last { !isTrusted($0) } ?? hops.first
        // Whatever stands there becomes the key of a rate limit and goes into logs: keep it short and an address.
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
