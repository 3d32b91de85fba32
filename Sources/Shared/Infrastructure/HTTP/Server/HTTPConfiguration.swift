package import Callers

/// The addresses and limits of a service.
package struct HTTPConfiguration: Hashable, Sendable {
    package var host = "127.0.0.1"
    package var port = 8080
    /// The host for `/readyz`, `/metrics` and `/openapi.json`. They are with the other endpoints when neither host nor port is set.
    package var operationsHost: String?
    package var operationsPort: Int?
    /// The most bytes that a body may have, where an endpoint says nothing else.
    package var maximumBodyBytes = 64 * 1024
    /// How many requests with a file as their body may be worked on at a time; others are answered 503 before their bytes are read.
    package var maximumFiles = 16
    /// How many connections may be open at a time. Some more are accepted, answered 503, and closed.
    package var maximumConnections = 4096
    /// How many of them one client's address block may have (``AddressBlock``); 0 for no limit. Trusted proxies have no limit.
    package var maximumConnectionsPerAddress = 0
    /// How many of them may be event streams.
    package var maximumStreams = 3072
    /// How many event streams one client's address block may have open (``AddressBlock``).
    package var maximumStreamsPerAddress = 100
    /// How much memory the kept answers may take that are the same for everybody; with 0 none is kept.
    package var answerMemoryBytes = 16 << 20
    /// Seconds after which a connection is closed on which no request has come or is being answered. Waiting answers are sent first.
    package var idleSeconds = 60
    /// Seconds that a request may take to arrive, head and body, from its first byte on.
    package var requestSeconds = 30
    /// Within each period of so many seconds a client must take at least 16 KiB of the data that waits for it.
    package var stallSeconds = 30
    /// Seconds that the rest of a request may take after its answer, and that a client may take to close after the last answer.
    package var leftoverSeconds = 5
    /// Seconds that running requests have to finish after SIGTERM.
    package var drainSeconds = 20
    /// The IP addresses of proxies whose X-Forwarded-For is believed.
    package var trustedProxies: [NetworkRange] = []
    /// The origins whose web pages may call the service from a browser. What has an address of its own for operators is for no page.
    package var allowedOrigins: Set<WebOrigin> = []
    /// The length of what `GET /sample` gives; 0 for none. Benchmarks compare other answers with it.
    package var sampleBytes = 0
    /// Of texts, for those who ask for no language that is there.
    package var defaultLanguage = Language.chinese
    /// Whether every answer gets a line in the log.
    package var accessLog = true

    package init() {}

    /// The separate address of the operators' endpoints; `nil` when there is none.
    var operationsAddress: ListeningAddress? {
        guard operationsHost != nil || operationsPort != nil else { return nil }
        return ListeningAddress(
            host: operationsHost ?? host, port: operationsPort ?? port,
            hostKey: operationsHost == nil ? HTTPSettings.host.key : HTTPSettings.operationsHost.key,
            portKey: operationsPort == nil ? HTTPSettings.port.key : HTTPSettings.operationsPort.key)
    }

    /// The address of the service's own endpoints.
    var address: ListeningAddress {
        ListeningAddress(host: host, port: port, hostKey: HTTPSettings.host.key, portKey: HTTPSettings.port.key)
    }

    /// The number of open connections at which no other is accepted.
    var acceptedConnections: Int { maximumConnections + max(16, maximumConnections / 16) }
}
