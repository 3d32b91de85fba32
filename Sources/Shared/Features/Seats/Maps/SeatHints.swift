package import Database
package import Logging
import ServiceLifecycle

/// Hears from other processes that they have changed seats, so that maps needn't wait for the next comparison.
package struct SeatHints: Service {
    private let maps: SeatMaps
    private let origin: UInt64
    private let listener: PostgresListener

    /// - Parameters:
    ///   - origin: this process's: its own hints tell it nothing.
    ///   - configuration: of a connection that can listen.
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
                // Hints may have gone unheard.
                case .listening: maps.hear(.all)
                case .notification(let notification):
                    guard let hint = SeatHint(notification.payload), hint.origin != origin else { continue }
                    maps.hear(hint.showtimes)
                }
            }
            try await group.waitForAll()
        }
    }
}
