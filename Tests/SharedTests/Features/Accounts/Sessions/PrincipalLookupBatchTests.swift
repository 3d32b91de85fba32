import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Looking up many tokens in one query", .inTurn)
struct PrincipalLookupBatchTests {
    @Test("Each gets its own principal, with its own merchant, cinemas, mask and grants, as when it is looked up alone; nobody's gets none")
    func together() async throws {
        try await withTestDatabase(connections: 1) { pool in
            let town = try await LookupTown(in: pool)
            let lookups = PrincipalLookups(pool: pool, configuration: AccountsConfiguration(), patience: .seconds(60))
            let names = town.sessions.keys.sorted()
            let known = try names.map { try #require(town.sessions[$0]) }
            let nobodys = Array(town.nobodys.values)
            // Among each other, so that whose answer is whose can't be told by their order; and one token twice.
            let asked = known.map(\.sha256) + nobodys + [known[0].sha256]
            let answers = try await inOneQuery(asked, lookups, pool)
            var found: [String: Principal] = [:]
            for (index, session) in known.enumerated() {
                let principal = try #require(try answers[index].get(), "\(names[index])")
                found[names[index]] = principal
                let alone = try await SessionStore().principal(sessionID: session.id, realm: session.realm, in: pool)
                #expect(Comparable(principal) == alone.map(Comparable.init), "\(names[index])")
                let storedAlone = try await PrincipalStore().principals(forSHA256s: [session.sha256], in: pool)
                #expect(Comparable(principal) == storedAlone.principals[session.sha256].map(Comparable.init), "\(names[index])")
            }
            for index in nobodys.indices { #expect(try answers[known.count + index].get() == nil) }
            #expect(try answers[asked.count - 1].get() == found[names[0]])
            // That there was something to mix up.
            #expect(Set(found.values.map(\.sessionID)).count == known.count)
            #expect(Set(found.values.map { Comparable($0).grants }).count == 9)
            #expect(try found["clerk"]?.scope == .merchant(1, cinemaIDs: [11, 12]))
            #expect(try found["usher"]?.scope == .merchant(1, cinemaIDs: [12]))
            #expect(try found["rival"]?.scope == .merchant(2, cinemaIDs: [21]))
            #expect(try found["wanda"]?.scope == .merchant(1, cinemaIDs: nil))
            #expect(found["edgar"]?.grants == [])
        }
    }

    @Test("Sessions of two realms are each written down as used by the times of their own realm")
    func touching() async throws {
        try await withTestDatabase(connections: 1) { pool in
            let town = try await LookupTown(in: pool)
            let configuration = AccountsConfiguration()
            let lookups = PrincipalLookups(pool: pool, configuration: configuration, patience: .seconds(60))
            // The use of a staff session is written down every 3 minutes, that of a moviegoer's every 10.
            for (name, ago) in [("clerk", "5 minutes"), ("anna", "5 minutes"), ("ben", "1 hour")] {
                try await pool.execute(
                    """
                    UPDATE sessions
                    SET last_seen_at = now() - \(ago)::interval, idle_expires_at = now() + INTERVAL '1 minute'
                    WHERE id = \(try #require(town.sessions[name]).id)
                    """)
            }
            let sessions = try ["clerk", "anna", "ben"].map { try #require(town.sessions[$0]) }
            for answer in try await inOneQuery(sessions.map(\.sha256), lookups, pool) { #expect(try answer.get() != nil) }
            var left: [Double] = []
            for session in sessions {
                left.append(
                    try #require(
                        try await pool.row(
                            "SELECT extract(EPOCH FROM idle_expires_at - now())::float8 AS left FROM sessions WHERE id = \(session.id)"
                        ) { try $0["left"] as Double }))
            }
            let (staff, moviegoer) = (configuration.staffIdle / .seconds(1), configuration.clientIdle / .seconds(1))
            #expect(left[0] > staff - 60 && left[0] <= staff)
            #expect(left[1] <= 60)
            #expect(left[2] > moviegoer - 60 && left[2] <= moviegoer)
        }
    }

    /// How a query comes to nothing.
    enum Failure: CaseIterable, Sendable {
        case refused, connectionLost

        var code: PostgresError.Code { self == .refused ? .server : .connectionLost }
    }

    @Test(
        "When the query fails all who wait for it are told so, none is left hanging, and the next look-up works",
        arguments: Failure.allCases)
    func failing(_ failure: Failure) async throws {
        try await TestDatabase.with(connections: 1) { database in
            let pool = database.pool
            let town = try await LookupTown(in: pool)
            let lookups = PrincipalLookups(pool: pool, configuration: AccountsConfiguration(), patience: .seconds(60))
            let asked = town.sessions.values.map(\.sha256)
            let answers: [Result<Principal?, any Error>]
            switch failure {
            case .refused:
                answers = try await inOneQuery(asked, lookups, pool) { transaction in
                    try await transaction.execute("ALTER TABLE sessions RENAME TO hidden")
                }
                try await pool.execute("ALTER TABLE hidden RENAME TO sessions")
            case .connectionLost:
                let lock = try await HeldLock(
                    "LOCK TABLE user_group_permissions IN ACCESS EXCLUSIVE MODE", in: pool.configuration.connection)
                async let told = inOneQuery(asked, lookups, pool)
                // The two queries before, and this one.
                for _ in 1...3 { try await lock.endBlocked() }
                answers = try await told
                await lock.release()
            }
            #expect(answers.count == town.sessions.count)
            for answer in answers {
                let error = #expect(throws: PostgresError.self) { try answer.get() }
                #expect(error?.code == failure.code)
            }
            #expect(await lookups.waitingCount == 0)
            for session in town.sessions.values {
                #expect(try await lookups.principal(forSHA256: session.sha256).principal?.sessionID == session.id)
            }
        }
    }

    // MARK: -

    /// Has tokens looked up in one query: they come while two others wait for the pool's only connection.
    ///
    /// - Parameter meanwhile: what happens on that connection before it is free.
    private func inOneQuery(
        _ sha256s: [[UInt8]], _ lookups: PrincipalLookups, _ pool: PostgresPool,
        meanwhile: (PostgresTransaction) async throws -> Void = { _ in }
    ) async throws -> [Result<Principal?, any Error>] {
        let (before, asking) = try await pool.withTransaction { transaction in
            var before: [Task<Principal?, any Error>] = []
            for number: UInt8 in 1...2 {
                before.append(Task { try await lookups.principal(forSHA256: [number]).principal })
                try await until { await lookups.running >= number }
                try await until { await lookups.waitingCount == 0 }
            }
            let asking = sha256s.map { sha256 in Task { try await lookups.principal(forSHA256: sha256).principal } }
            try await until { await lookups.waitingCount >= Set(sha256s).count }
            try await meanwhile(transaction)
            return (before, asking)
        }
        var answers: [Result<Principal?, any Error>] = []
        for task in asking { answers.append(await task.result) }
        for task in before { _ = await task.result }
        return answers
    }

    /// All of a principal; the order of its grants, which says nothing, aside.
    private struct Comparable: Hashable {
        let grants: Set<PermissionGrant>
        private let rest: Principal

        init(_ principal: Principal) {
            grants = Set(principal.grants)
            // None twice.
            #expect(grants.count == principal.grants.count)
            rest = Principal(
                accountID: principal.accountID, realm: principal.realm, merchantID: principal.merchantID, cinemaIDs: principal.cinemaIDs,
                permission: principal.permission, sessionID: principal.sessionID)
        }
    }
}
