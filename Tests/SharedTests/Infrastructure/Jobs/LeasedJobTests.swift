import Database
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Shared

@Suite("A job that one process does at a time")
struct LeasedJobTests {
    private func job(
        _ pool: PostgresPool, holder: String, lease: Duration = .seconds(600), renewal: Duration? = nil, runLimit: Duration = .seconds(600),
        body: @escaping @Sendable () async throws -> Void
    ) -> @Sendable () async throws -> Void {
        let job = LeasedJob(
            name: "sweep", interval: .milliseconds(20), leaseDuration: lease, renewalInterval: renewal, runLimit: runLimit, pool: pool,
            holder: holder,
            logger: Logger(label: "test"), body: body
        )
        return { try await job.run() }
    }

    private func holders(_ pool: PostgresPool) async throws -> [String] {
        try await pool.rows("SELECT holder FROM leases ORDER BY name") { try $0["holder"] }
    }

    @Test("Of several processes one does it, again and again, and lets go in the end")
    func one() async throws {
        try await withTestDatabase { pool in
            let journal = Journal<String>()
            let jobs = ["a", "b", "c"].map { holder in job(pool, holder: holder) { await journal.note(holder) } }
            try await running(jobs) { await journal.count >= 20 }
            #expect(Set(await journal.entries).count == 1)
            #expect(try await holders(pool).isEmpty)
        }
    }

    @Test("When its holder has crashed, another takes over as soon as the lease has run out")
    func crash() async throws {
        try await withTestDatabase { pool in
            let store = LeaseStore()
            #expect(try await store.acquire("sweep", holder: "crashed", for: .seconds(3_600), in: pool))
            #expect(try await !store.acquire("sweep", holder: "other", for: .seconds(1), in: pool))
            let (journal, tries) = (Journal<Bool>(), Tally())
            let hasRunOut = Atomic(false)
            // It asks for the lease three times in the time of its own.
            let other = job(pool, holder: "other", lease: .seconds(1)) { await journal.note(hasRunOut.load(ordering: .acquiring)) }
            try await running([other]) {
                tries.add()
                // Ten looks at the least are in vain.
                if tries.count == 10 {
                    hasRunOut.store(true, ordering: .releasing)
                    try await pool.execute("UPDATE leases SET expires_at = clock_timestamp()")
                }
                return await journal.count > 0
            }
            #expect(await journal.entries.first == true)
            #expect(try await !store.renew("sweep", holder: "crashed", for: .seconds(1), in: pool))
        }
    }

    @Test("A lease is renewed for as long as a run takes")
    func renewal() async throws {
        try await withTestDatabase { pool in
            let journal = Journal<String>()
            let store = LeaseStore()
            // The lease is so long that no slow machine loses it between two renewals.
            let slow = job(pool, holder: "slow", lease: .seconds(600), renewal: .milliseconds(50), runLimit: .seconds(600)) {
                await journal.note("begun")
                try await renewals(2, in: pool)
                await journal.note("done")
            }
            // Shut down as soon as it has begun; the run is finished nevertheless.
            try await running([slow]) { await journal.count == 1 }
            #expect(await journal.entries == ["begun", "done"])
            try await running([slow]) {
                // Until the run has begun the lease is free, and a rival who took it then would keep it from beginning.
                guard await journal.count == 3 else { return await journal.count >= 4 }
                let isTaken = try await store.acquire("sweep", holder: "rival", for: .zero, in: pool)
                let isStillRunning = await journal.count == 3
                #expect(!isTaken || !isStillRunning)
                return false
            }
        }
    }

    /// Waits until the lease has been renewed so many times.
    private func renewals(_ count: Int, in pool: PostgresPool) async throws {
        var last: Date?
        var seen = -1
        try await until {
            let expiry = try await pool.row("SELECT expires_at FROM leases WHERE name = 'sweep'") { try $0["expires_at"] as Date }
            if expiry != last { (last, seen) = (expiry, seen + 1) }
            return seen >= count
        }
    }

    @Test("A process that loses its lease stops in the middle of a run")
    func lost() async throws {
        try await withTestDatabase { pool in
            let journal = Journal<String>()
            let isStolen = Atomic(false)
            let robbed = job(pool, holder: "robbed", lease: .seconds(3)) {
                await journal.note("begun")
                do {
                    try await hang()
                } catch {
                    await journal.note("stopped")
                    throw error
                }
            }
            try await running([robbed]) {
                let isStopped = await journal.entries.last == "stopped"
                if isStolen.load(ordering: .relaxed) { return isStopped }
                // A machine that stands still for three seconds may have cost it the lease before.
                guard await journal.entries.last == "begun" else { return false }
                try await pool.execute("UPDATE leases SET holder = 'thief', expires_at = clock_timestamp() + INTERVAL '1 hour'")
                isStolen.store(true, ordering: .relaxed)
                return false
            }
            #expect(await journal.entries.suffix(2) == ["begun", "stopped"])
            #expect(try await holders(pool) == ["thief"])
        }
    }

    @Test("A run that fails or takes too long is followed by the next")
    func failure() async throws {
        try await withTestDatabase { pool in
            struct Failure: Error {}
            let journal = Journal<Int>()
            let failing = job(pool, holder: "a", runLimit: .milliseconds(50)) {
                let run = await journal.count
                await journal.note(run)
                if run == 0 { throw Failure() }
                if run == 1 { try await hang() }
            }
            try await running([failing]) { await journal.count >= 3 }
            #expect(await journal.count >= 3)
        }
    }
}
