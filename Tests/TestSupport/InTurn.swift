package import Testing

/// Runs each test of a suite in its turn (see `TestTurns`), and cancels a test that hangs.
///
/// `@Suite("…", .inTurn)` is for tests that use ports, programs or real time without a database. A test with a database takes a turn
/// anyway, and needs this trait only when it may hang.
package struct InTurn: SuiteTrait, TestTrait, TestScoping {
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await TestTurns.take {
            try await withoutActuallyEscaping(function) { function in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await function() }
                    // This comes a moment later, so that the issue is recorded first.
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
