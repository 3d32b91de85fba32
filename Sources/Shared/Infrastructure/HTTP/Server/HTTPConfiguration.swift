package import Callers

/// How a service listens and what it bears.
package struct HTTPConfiguration: Hashable, Sendable {
    package var host = "127.0.0.1"
    package var port = 8080
    /// Where `/readyz`, `/metrics` and `/openapi.json` are asked for; with the rest where neither is set.
    package var operationsHost: String?
    package var operationsPort: Int?
    /// The most bytes that a body may have, where an endpoint says nothing else.
    package var maximumBodyBytes = 64 * 1024
    /// How many connections may be open at a time. Some more are accepted to be answered 503 and closed.
    package var maximumConnections = 4096
    /// How many of them one client's address may have (``AddressBlock``); 0 for as many as there are. Trusted proxies may have all.
    package var maximumConnectionsPerAddress = 0
    /// How many of them may be event streams.
    package var maximumStreams = 3072
    /// How many event streams one client's address may have open; of version 6 the first 64 bits are one client.
    package var maximumStreamsPerAddress = 100
    /// How much memory the answers may take that are kept because they are the same for everybody; with 0 none is kept.
    package var answerMemoryBytes = 16 << 20
    /// Seconds after which a connection without a request is closed; what was answered is sent first.
    package var idleSeconds = 60
    /// Seconds that a request may take to arrive, body and all.
    package var requestSeconds = 30
    /// Seconds within each of which a client must take a part of what is sent to it, 16 KiB of what waits.
    package var stallSeconds = 30
    /// Seconds that the rest of a request may take after its answer, and a client to close after the last answer.
    package var leftoverSeconds = 5
    /// Seconds that running requests have to finish after SIGTERM.
    package var drainSeconds = 20
    /// Addresses of proxies whose X-Forwarded-For is believed.
    package var trustedProxies: [NetworkRange] = []
    /// The length of what `GET /sample` gives; 0 for none. Benchmarks compare other answers with it.
    package var sampleBytes = 0
    /// Of texts, for those who ask for no language that is there.
    package var defaultLanguage = Language.chinese
    /// Whether every answer gets a line in the log.
    package var accessLog = true

    package init() {}

    /// Where operators' calls listen, if not where the rest does.
    var operationsAddress: ListeningAddress? {
        guard operationsHost != nil || operationsPort != nil else { return nil }
        return ListeningAddress(
            host: operationsHost ?? host, port: operationsPort ?? port,
            hostKey: operationsHost == nil ? HTTPSettings.host.key : HTTPSettings.operationsHost.key,
            portKey: operationsPort == nil ? HTTPSettings.port.key : HTTPSettings.operationsPort.key)
    }

    /// Where the service itself listens.
    var address: ListeningAddress {
        ListeningAddress(host: host, port: port, hostKey: HTTPSettings.host.key, portKey: HTTPSettings.port.key)
    }

    /// With how many open connections no other is accepted any more.
    var acceptedConnections: Int { maximumConnections + max(16, maximumConnections / 16) }
}
