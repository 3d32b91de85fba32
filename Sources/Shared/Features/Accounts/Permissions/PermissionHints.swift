package import Database
package import Logging
import ServiceLifecycle

/// Listens to other processes that have changed what somebody may do, and removes the cached principals at once. Without it, or when a
/// notification is lost, they serve reads until their second is over.
package struct PermissionHints: Service {
    private let principals: Principals
    private let listener: PostgresListener

    package init(principals: Principals, configuration: PostgresConnectionConfiguration, logger: Logger) {
        self.principals = principals
        listener = PostgresListener(configuration: configuration, channels: [GrantStore.channel], logger: logger)
    }

    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            for await _ in listener.events { principals.removeAllCached() }
            try await group.waitForAll()
        }
    }
}
