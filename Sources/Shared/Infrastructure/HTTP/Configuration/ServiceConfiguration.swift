import Callers
import Foundation
package import Logging

/// The settings of how a service listens and logs.
package enum HTTPSettings {
    private static let usual = HTTPConfiguration()

    static let host = Setting(
        "http.host", default: usual.host, unset: usual.host, else: notAHost, "address or name to listen at", parse: host)
    static let port = Setting("http.port", unset: "8001 client, 8002 cinema, 8003 admin", in: 0...65_535, "port to listen at")
    static let operationsHost = Setting<String?>(
        "http.operationsHost", default: nil, unset: "with the rest", else: notAHost,
        "address or name where `/readyz`, `/metrics` and `/openapi.json` are asked for, and there alone; this or the port suffices",
        parse: host)
    static let operationsPort = Setting("http.operationsPort", unset: "with the rest", in: 0...65_535, "port where they are asked for")
    static let trustedProxies = Setting<[NetworkRange]>(
        "http.trustedProxies", default: [], unset: "none",
        else: "is not a list of IP addresses and ranges such as 10.0.0.0/8, separated by commas",
        "addresses and ranges (`10.0.0.0/8`), separated by commas, whose `X-Forwarded-For` is believed"
    ) { text in
        let words = Self.words(text)
        let ranges = words.compactMap { NetworkRange($0) }
        return ranges.count == words.count ? ranges : nil
    }
    static let allowedOrigins = Setting<[WebOrigin]>(
        "http.allowedOrigins", default: [], unset: "none", else: WebOrigin.listFault,
        "origins, separated by commas, whose web pages may call the service from a browser, each exactly as browsers send it: `https://www.example.com`"
    ) { WebOrigin.list($0) }
    static let maximumConnections = Setting(
        "http.maximumConnections", default: usual.maximumConnections, in: 1...1_000_000,
        "connections at a time; a sixteenth more is answered 503. Fewer, with a warning, where the process may not have so many descriptors "
            + "(`LimitNOFILE=`) and 256 beside")
    static let maximumConnectionsPerAddress = Setting(
        "http.maximumConnectionsPerAddress", unset: "a quarter of them", in: 0...1_000_000,
        "how many one client's address may have, see below; 0 sets no such limit")
    static let maximumStreams = Setting(
        "http.maximumStreams", unset: "three quarters of the connections", in: 0...1_000_000, "how many of them may be event streams")
    static let maximumStreamsPerAddress = Setting(
        "http.maximumStreamsPerAddress", default: usual.maximumStreamsPerAddress, in: 1...1_000_000,
        "how many of the streams one client's address may have")
    static let maximumBodyBytes = Setting(
        "http.maximumBodyBytes", default: usual.maximumBodyBytes, in: 1_024...16_777_216,
        "length of a body, in bytes, where an endpoint says nothing else")
    static let maximumFiles = Setting(
        "http.maximumFiles", default: usual.maximumFiles, in: 1...10_000,
        "files, such as pictures, that may be on their way to the service at a time, each in memory; others are answered 503")
    static let answerMemoryBytes = Setting(
        "http.answerMemoryBytes", default: usual.answerMemoryBytes, in: 0...(1 << 40),
        "for answers that are the same for everybody, in bytes, and as much again for those that are kept longer (rankings); 0 keeps none")
    static let idleSeconds = Setting(
        "http.idleSeconds", default: usual.idleSeconds, in: 1...3_600,
        "after which a connection is closed on which no request has come or is being answered; what was answered is sent first")
    static let requestSeconds = Setting(
        "http.requestSeconds", default: usual.requestSeconds, in: 1...3_600,
        "that a whole request, head and body, may take to arrive from its first byte on; a slower one is answered 408, and its connection ends"
    )
    static let stallSeconds = Setting(
        "http.stallSeconds", default: usual.stallSeconds, in: 1...3_600, "in which a client must take a part of what is sent to it")
    static let leftoverSeconds = Setting(
        "http.leftoverSeconds", default: usual.leftoverSeconds, in: 1...3_600,
        "that the rest of a request may take after its answer, and in which a client must take something of its answer at shutdown")
    static let drainSeconds = Setting(
        "http.drainSeconds", default: usual.drainSeconds, in: 1...600,
        "that running requests have after SIGTERM; ten seconds later the process ends, whatever hangs; `TimeoutStopSec=` must be longer than both"
    )
    static let defaultLanguage = Setting(
        "language.default", default: usual.defaultLanguage,
        "in which problems are told to those whose `Accept-Language` asks for nothing else")
    static let accessLog = Setting("http.accessLog", default: true, "whether every answer gets a line in the log")
    static let sampleBytes = Setting(
        "http.sampleBytes", default: 0, in: 0...1_048_576, "length of what `GET /sample` gives: for benchmarks, never in production")
    static let logLevel = Setting<Logger.Level>("log.level", default: .info, "from which level on lines are written")
    static let logFormat = Setting<LogFormat>("log.format", default: .text, "how they are written")

    package static let group = SettingGroup(
        "Listening",
        [
            host.declaration, port.declaration, operationsPort.declaration, operationsHost.declaration, trustedProxies.declaration,
            allowedOrigins.declaration, maximumConnections.declaration, maximumConnectionsPerAddress.declaration,
            maximumStreams.declaration,
            maximumStreamsPerAddress.declaration, maximumBodyBytes.declaration, maximumFiles.declaration, answerMemoryBytes.declaration,
            idleSeconds.declaration, requestSeconds.declaration, stallSeconds.declaration, leftoverSeconds.declaration,
            drainSeconds.declaration,
            defaultLanguage.declaration, accessLog.declaration, sampleBytes.declaration, logLevel.declaration, logFormat.declaration,
        ])

    private static func words(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    private static let notAHost = "is neither an address nor a name"

    /// Names are looked up when the port is opened. This only refuses text that can be neither a name nor an IP address.
    private static func host(_ text: String) -> String? {
        text.contains { $0.isWhitespace || "/,@[]".contains($0) } ? nil : text
    }
}

/// The configuration that every service has.
package struct ServiceConfiguration: Sendable {
    package var http: HTTPConfiguration
    package var logLevel: Logger.Level
    package var logFormat: LogFormat

    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package init(_ settings: Settings, defaultPort: Int) throws(SettingFault) {
        var http = HTTPConfiguration()
        http.host = try settings[HTTPSettings.host]
        http.port = try settings[HTTPSettings.port] ?? defaultPort
        http.operationsHost = try settings[HTTPSettings.operationsHost]
        http.operationsPort = try settings[HTTPSettings.operationsPort]
        if let apart = http.operationsAddress, apart.host == http.host, apart.port == http.port, http.port != 0 {
            throw SettingFault(
                apart.portKey == HTTPSettings.port.key ? apart.hostKey : apart.portKey, "names where the service itself listens")
        }
        http.maximumConnections = try settings[HTTPSettings.maximumConnections]
        http.maximumConnectionsPerAddress =
            try settings[HTTPSettings.maximumConnectionsPerAddress] ?? max(1, http.maximumConnections / 4)
        http.maximumStreams = try settings[HTTPSettings.maximumStreams] ?? http.maximumConnections * 3 / 4
        guard http.maximumStreams <= http.maximumConnections else {
            throw SettingFault(HTTPSettings.maximumStreams.key, "is not within 0 to \(http.maximumConnections)")
        }
        http.maximumStreamsPerAddress = try settings[HTTPSettings.maximumStreamsPerAddress]
        http.answerMemoryBytes = try settings[HTTPSettings.answerMemoryBytes]
        http.maximumBodyBytes = try settings[HTTPSettings.maximumBodyBytes]
        http.maximumFiles = try settings[HTTPSettings.maximumFiles]
        http.idleSeconds = try settings[HTTPSettings.idleSeconds]
        http.requestSeconds = try settings[HTTPSettings.requestSeconds]
        http.stallSeconds = try settings[HTTPSettings.stallSeconds]
        http.leftoverSeconds = try settings[HTTPSettings.leftoverSeconds]
        http.drainSeconds = try settings[HTTPSettings.drainSeconds]
        http.trustedProxies = try settings[HTTPSettings.trustedProxies]
        http.allowedOrigins = Set(try settings[HTTPSettings.allowedOrigins])
        http.sampleBytes = try settings[HTTPSettings.sampleBytes]
        http.defaultLanguage = try settings[HTTPSettings.defaultLanguage]
        http.accessLog = try settings[HTTPSettings.accessLog]
        self.http = http
        logFormat = try settings[HTTPSettings.logFormat]
        logLevel = try settings[HTTPSettings.logLevel]
    }
}
