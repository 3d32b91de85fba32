package import Database
package import Logging
import ServiceLifecycle

/// Receives other processes' hints that they have changed seats, so that seat maps needn't wait for the next comparison.
package struct SeatHints: Service {
    private let maps: SeatMaps
    private let origin: UInt64
    private let listener: PostgresListener

    /// - Parameters:
    ///   - origin: identifies this process, whose own hints are ignored.
    ///   - configuration: the configuration of a connection that can listen.
    package init(maps: SeatMaps, origin: UInt64, configuration: PostgresConnectionConfiguration, logger: Logger) {
        self.maps = maps
        self.origin = origin
        listener = PostgresListener(configuration: configuration, channels: [SeatHint.channel], logger: logger)
    }

    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            for await event in listener.events {
                switch event {
                // Hints may have been lost before the connection listened.
                case .listening: maps.markChanged(.all)
                case .notification(let notification):
                    guard let hint = SeatHint(notification.payload), hint.origin != origin else { continue }
                    maps.markChanged(hint.showtimes)
                }
            }
            try await group.waitForAll()
        }
    }
}
