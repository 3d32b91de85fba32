package import Database
package import Logging
import ServiceLifecycle

/// Hears from other processes that somebody may do more or less than before, so that what is remembered for reading ends before its second
/// is over. Without it, or when it hears nothing, the second does.
package struct PermissionHints: Service {
    private let identity: Identity
    private let listener: PostgresListener

    package init(identity: Identity, configuration: PostgresConnectionConfiguration, logger: Logger) {
        self.identity = identity
        listener = PostgresListener(configuration: configuration, channels: [GrantStore.channel], logger: logger)
    }

    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            for await _ in listener.events { identity.forgetEverybody() }
            try await group.waitForAll()
        }
    }
}
