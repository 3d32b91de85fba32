package import Logging
import ServiceLifecycle

/// Listens to channels on a connection of its own, which is made anew when it breaks.
///
/// A notification is only a hint. Notifications that are sent while there is no connection are lost, so the consumer must look for changes
/// itself after each ``Event/listening``. LISTEN needs a direct connection to the server, not PgBouncer's transaction mode.
package struct PostgresListener: Service {
    package enum Event: Hashable, Sendable {
        /// A connection listens from now on. Earlier notifications may have been lost.
        case listening
        case notification(PostgresNotification)
    }

    /// The events, for one consumer. When nobody takes them, the oldest are dropped.
    package let events: AsyncStream<Event>

    private static let bufferSize = 1024
    /// How soon a shutdown is noticed.
    private static let patience: Duration = .milliseconds(250)
    /// After this time without a notification, the server is asked whether it is still there.
    private static let silence: Duration = .seconds(30)

    private let continuation: AsyncStream<Event>.Continuation
    private let configuration: PostgresConnectionConfiguration
    private let channels: [String]
    private let logger: Logger
    private let interrupted = RepeatedWarning("listening to the database was interrupted")

    package init(configuration: PostgresConnectionConfiguration, channels: [String], logger: Logger) {
        self.configuration = configuration
        self.channels = channels
        self.logger = logger
        (events, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.bufferSize))
    }

    /// Listens until the service shuts down.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var failures = 0
            while !Task.isCancelled {
                do {
                    try await listen {
                        failures = 0
                        interrupted.ended()
                    }
                } catch {
                    guard !Task.isCancelled else { break }
                    failures += 1
                    interrupted.happened(logger, ["error": "\(String(reflecting: error))"])
                    let longest = min(100 << min(failures, 6), 1_000)
                    try? await Task.sleep(for: .milliseconds(Int.random(in: longest / 2...longest)))
                }
            }
        }
        continuation.finish()
    }

    private func listen(onListening: () -> Void) async throws {
        let connection = try await PostgresConnection.connect(to: configuration)
        for channel in channels {
            // A channel's name cannot be bound.
            let quoted = channel.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            try await connection.execute("LISTEN \"\(unsafeSQL: quoted)\"")
        }
        onListening()
        continuation.yield(.listening)
        let clock = ContinuousClock()
        var lastSign = clock.now
        while !Task.isCancelled {
            let notifications = try await connection.notifications(within: Self.patience)
            for notification in notifications { continuation.yield(.notification(notification)) }
            if !notifications.isEmpty {
                lastSign = clock.now
            } else if lastSign.duration(to: clock.now) > Self.silence {
                try await connection.execute("SELECT 1")
                lastSign = clock.now
            }
        }
        await connection.close()
    }
}

/// A notification that a NOTIFY sent.
package struct PostgresNotification: Hashable, Sendable {
    package let channel: String
    package let payload: String

    package init(channel: String, payload: String) {
        self.channel = channel
        self.payload = payload
    }
}
