import Addresses
package import Logging

/// What every service can be told from outside.
///
/// - `http.host` (HTTP_HOST, 127.0.0.1): the address to listen at.
/// - `http.port` (HTTP_PORT): the port to listen at.
/// - `http.operationsHost`, `http.operationsPort` (HTTP_OPERATIONS_HOST, HTTP_OPERATIONS_PORT): where `/readyz`, `/metrics` and `/openapi.json`
///   are asked for; unless either is set, where the rest is.
/// - `http.maximumConnections` (HTTP_MAXIMUM_CONNECTIONS, 4096): how many may be open; a sixteenth more is answered 503.
/// - `http.maximumConnectionsPerAddress` (HTTP_MAXIMUM_CONNECTIONS_PER_ADDRESS, a quarter of the connections): how many one client's address
///   may have; 0 sets no such limit.
/// - `http.maximumBodyBytes` (HTTP_MAXIMUM_BODY_BYTES, 65536).
/// - `http.maximumStreams` (HTTP_MAXIMUM_STREAMS, three quarters of the connections): how many connections may be event streams.
/// - `http.maximumStreamsPerAddress` (HTTP_MAXIMUM_STREAMS_PER_ADDRESS, 100): how many of those may be of one client's address.
/// - `http.answerMemoryBytes` (HTTP_ANSWER_MEMORY_BYTES, 16777216): for answers that are the same for everybody; 0 keeps none.
/// - `http.idleSeconds` (HTTP_IDLE_SECONDS, 60): after which a connection without a request is closed.
/// - `http.requestSeconds` (HTTP_REQUEST_SECONDS, 30): that a request may take to arrive.
/// - `http.stallSeconds` (HTTP_STALL_SECONDS, 30): in which a client must take a part of what is sent to it.
/// - `http.leftoverSeconds` (HTTP_LEFTOVER_SECONDS, 5): that the rest of a request may take after its answer, and in which a client
///   must take something of its answer at shutdown.
/// - `http.drainSeconds` (HTTP_DRAIN_SECONDS, 20): that running requests have after SIGTERM.
/// - `http.trustedProxies` (HTTP_TRUSTED_PROXIES): addresses and ranges of addresses, separated by commas, whose X-Forwarded-For is believed.
/// - `http.accessLog` (HTTP_ACCESS_LOG, true).
/// - `http.sampleBytes` (HTTP_SAMPLE_BYTES, 0): the length of what `GET /sample` gives, which is there for benchmarks only, never in production.
/// - `log.level` (LOG_LEVEL, info), `log.format` (LOG_FORMAT, json or text; text).
/// - `rateLimits.enabled` (RATE_LIMITS_ENABLED, true), and for a class such as `sign_in`: `rateLimits.signIn` (RATE_LIMITS_SIGN_IN, as
///   `20/60`: requests per seconds).
package struct ServiceConfiguration: Sendable {
    package var http: HTTPConfiguration
    package var rateLimits: RateLimits
    package var logLevel: Logger.Level
    package var logFormat: LogFormat

    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package init(_ settings: Settings, defaultPort: Int) throws(SettingFault) {
        var http = HTTPConfiguration()
        http.host = try Self.host("http.host", settings) ?? http.host
        http.port = try settings.int("http.port", default: defaultPort, in: 0...65_535)
        http.operationsHost = try Self.host("http.operationsHost", settings)
        if settings.text("http.operationsPort") != nil {
            http.operationsPort = try settings.int("http.operationsPort", default: 0, in: 0...65_535)
        }
        if let apart = http.operationsAddress, apart.host == http.host, apart.port == http.port, http.port != 0 {
            throw SettingFault(apart.portKey == "http.port" ? apart.hostKey : apart.portKey, "names where the service itself listens")
        }
        http.maximumConnections = try settings.int("http.maximumConnections", default: http.maximumConnections, in: 1...1_000_000)
        http.maximumConnectionsPerAddress = try settings.int(
            "http.maximumConnectionsPerAddress", default: max(1, http.maximumConnections / 4), in: 0...1_000_000)
        http.maximumStreams = try settings.int(
            "http.maximumStreams", default: http.maximumConnections * 3 / 4, in: 0...http.maximumConnections)
        http.maximumStreamsPerAddress = try settings.int(
            "http.maximumStreamsPerAddress", default: http.maximumStreamsPerAddress, in: 1...1_000_000)
        http.answerMemoryBytes = try settings.int("http.answerMemoryBytes", default: http.answerMemoryBytes, in: 0...(1 << 40))
        http.maximumBodyBytes = try settings.int("http.maximumBodyBytes", default: http.maximumBodyBytes, in: 1_024...16_777_216)
        http.idleSeconds = try settings.int("http.idleSeconds", default: http.idleSeconds, in: 1...3_600)
        http.requestSeconds = try settings.int("http.requestSeconds", default: http.requestSeconds, in: 1...3_600)
        http.stallSeconds = try settings.int("http.stallSeconds", default: http.stallSeconds, in: 1...3_600)
        http.leftoverSeconds = try settings.int("http.leftoverSeconds", default: http.leftoverSeconds, in: 1...3_600)
        http.drainSeconds = try settings.int("http.drainSeconds", default: http.drainSeconds, in: 1...600)
        http.trustedProxies = try Self.trustedProxies(settings)
        http.sampleBytes = try settings.int("http.sampleBytes", default: 0, in: 0...1_048_576)
        http.accessLog = try settings.bool("http.accessLog", default: true)
        self.http = http
        rateLimits = try Self.rateLimits(settings)
        logFormat = try settings.word("log.format", default: .text)
        logLevel = try settings.word("log.level", default: .info)
    }

    /// Names are found out when the port is opened; here only what can be neither a name nor an address is refused.
    private static func host(_ key: String, _ settings: Settings) throws(SettingFault) -> String? {
        guard let host = settings.text(key) else { return nil }
        guard !host.contains(where: { $0.isWhitespace || "/,@[]".contains($0) }) else {
            throw SettingFault(key, "is neither an address nor a name")
        }
        return host
    }

    private static func trustedProxies(_ settings: Settings) throws(SettingFault) -> [NetworkRange] {
        var proxies: [NetworkRange] = []
        for text in settings.list("http.trustedProxies") {
            guard let range = NetworkRange(text) else {
                throw SettingFault(
                    "http.trustedProxies", "is not a list of IP addresses and ranges such as 10.0.0.0/8, separated by commas")
            }
            proxies.append(range)
        }
        return proxies
    }

    private static func rateLimits(_ settings: Settings) throws(SettingFault) -> RateLimits {
        var limits = RateLimits(isOn: try settings.bool("rateLimits.enabled", default: true))
        for name in RateLimits.standard.keys {
            let key = "rateLimits.\(camelCase(name.rawValue))"
            guard let text = settings.text(key) else { continue }
            let parts = text.split(separator: "/").map { Int($0) }
            guard parts.count == 2, let requests = parts[0], let seconds = parts[1], requests > 0, seconds > 0, seconds <= 86_400 else {
                throw SettingFault(key, "is not of the form REQUESTS/SECONDS")
            }
            limits.classes[name] = RateLimit(requests: requests, seconds: seconds)
        }
        return limits
    }

    private static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
