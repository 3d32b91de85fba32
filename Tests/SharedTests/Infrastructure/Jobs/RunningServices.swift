import Foundation
import ServiceLifecycleTestKit
import TestSupport

/// Runs services until a condition holds, then shuts them down gracefully and waits for them.
///
/// - Parameter whenShuttingDown: called between the two.
func running(
    _ services: [@Sendable () async throws -> Void], whenShuttingDown: @escaping @Sendable () -> Void = {},
    until condition: @escaping @Sendable () async throws -> Bool
) async throws {
    try await testGracefulShutdown { trigger in
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services {
                group.addTask { try await service() }
            }
            try await TestSupport.until { try await condition() }
            trigger.triggerGracefulShutdown()
            whenShuttingDown()
            try await group.waitForAll()
        }
    }
}

/// What happened, told by several tasks.
actor Journal<Entry: Sendable> {
    private(set) var entries: [Entry] = []

    func note(_ entry: Entry) {
        entries.append(entry)
    }

    var count: Int { entries.count }
}
