import Foundation
import ServiceLifecycleTestKit

/// Runs services until a condition holds, at most 20 seconds, then shuts them down gracefully and waits for them.
func running(
    _ services: [@Sendable () async throws -> Void], until condition: @escaping @Sendable () async throws -> Bool
) async throws {
    try await testGracefulShutdown { trigger in
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services {
                group.addTask { try await service() }
            }
            let deadline = ContinuousClock.now + .seconds(20)
            while try await !condition(), ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
            trigger.triggerGracefulShutdown()
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
