package import Testing

/// Runs each test of a suite in its turn (see `TestTurns`), with an end for what hangs, counted from the turn's begin.
///
/// `@Suite("…", .inTurn)` is for tests that use ports, programs or real time without a database; who has a database takes a turn with it, and
/// needs this only where it may hang.
package struct InTurn: SuiteTrait, TestTrait, TestScoping {
    /// So long that no machine's speed reaches it.
    private static let limit: Duration = .seconds(1_200)

    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await TestTurns.take {
            try await withoutActuallyEscaping(function) { function in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await function() }
                    group.addTask {
                        try await Task.sleep(for: Self.limit)
                        // Told now, since what hangs may not hear that it is cancelled.
                        Issue.record("It has not ended \(Self.limit) after its begin.", sourceLocation: test.sourceLocation)
                    }
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
