package import Testing

/// Runs each test of a suite in its turn (see `TestTurns`), and cancels what hangs.
///
/// `@Suite("…", .inTurn)` is for tests that use ports, programs or real time without a database; who has a database takes a turn with it, and
/// needs this only where it may hang. `swift test` by itself, which is for the rules and takes seconds, skips them.
package struct InTurn: SuiteTrait, TestTrait, TestScoping {
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard TestCluster.url != nil else {
            try Test.cancel("It uses a port, a program or real time; make test runs it.")
        }
        try await TestTurns.take {
            try await withoutActuallyEscaping(function) { function in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await function() }
                    // A moment later, so that the issue is told first.
                    group.addTask { try await Task.sleep(for: TestTurns.limit + .seconds(1)) }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        }
    }
}

extension Trait where Self == InTurn {
    package static var inTurn: InTurn { InTurn() }
}
