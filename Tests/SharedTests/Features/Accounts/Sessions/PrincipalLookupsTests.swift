import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Looking up tokens", .inTurn)
struct PrincipalLookupsTests {
    @Test("A caller whose look-up doesn't begin in time is refused; look-ups under way get their answer")
    func patience() async throws {
        try await TestDatabase.with(.current, connections: 1) { database in
            let lookups = PrincipalLookups(pool: database.pool, configuration: AccountsConfiguration(), patience: .milliseconds(100))
            let underWay = try await database.pool.withTransaction { transaction in
                // The only connection is taken: two queries wait for it, and what comes then waits for them.
                var underWay: [Task<Principal?, any Error>] = []
                for number: UInt8 in 1...2 {
                    underWay.append(Task { try await lookups.principal(forSHA256: [number]).principal })
                    try await until { await lookups.running >= number }
                    try await until { await lookups.waitingCount == 0 }
                }
                let again = Task { try await lookups.principal(forSHA256: [3]).principal }
                await #expect(throws: Refusal.busy) { try await lookups.principal(forSHA256: [3]) }
                await #expect(throws: Refusal.busy) { _ = try await again.value }
                #expect(await lookups.waitingCount == 0)
                return underWay
            }
            for task in underWay { #expect(try await task.value == nil) }
            // And nothing is left of those who gave up.
            #expect(try await lookups.principal(forSHA256: [3]).principal == nil)
        }
    }
}
