import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Throttling of sign-ins")
struct SignInThrottleTests {
    /// The first wait, in seconds: so long that none is over while a test runs, however slow the machine is.
    private static let wait = 100

    /// A process of its own: nothing is shared but the rows.
    private static func throttle(stranger: Int = 100) -> SignInThrottle {
        func rule(free: Int, longest: Int, memory: Int) -> ThrottleRule {
            ThrottleRule(free: free, first: .seconds(wait), longest: .seconds(longest * wait), memory: .seconds(memory * wait))
        }
        return SignInThrottle(
            login: rule(free: 3, longest: 8, memory: 100),
            address: rule(free: 10, longest: 4, memory: 100),
            stranger: rule(free: stranger, longest: 4, memory: 1000),
            capacity: 1000
        )
    }

    private func passes(
        _ login: String, _ address: String, at throttle: SignInThrottle = throttle(), in pool: PostgresPool
    ) async throws -> Bool {
        do {
            try await throttle.begin(login: login, address: address, in: pool)
            return true
        } catch is Refusal {
            return false
        }
    }

    /// - Parameter waits: so many times as long as the first wait.
    private func passTime(_ waits: Int, in pool: PostgresPool) async throws {
        let seconds = waits * Self.wait
        try await pool.execute(
            """
            UPDATE sign_in_counts
            SET last_at = last_at - make_interval(secs => \(seconds)), next_at = next_at - make_interval(secs => \(seconds))
            """)
    }

    @Test("The delay doubles from try to try up to its longest")
    func delays() {
        let rule = ThrottleRule(free: 3, first: .seconds(1), longest: .seconds(8), memory: .seconds(100))
        #expect([0, 1, 2, 3, 4, 5, 6, 7, 1000].map(rule.delay) == [0, 0, 0, 1, 2, 4, 8, 8, 8].map { .seconds($0) })
    }

    @Test("Some wrong passwords are free, then one must wait, in whatever process; a refused try doesn't lengthen the wait")
    func waiting() async throws {
        try await withTestDatabase { pool in
            let processes = [Self.throttle(), Self.throttle()]
            for number in 0..<3 { try await processes[number % 2].begin(login: "anna", address: "1.1.1.1", in: pool) }
            for process in processes {
                let refusal = await #expect(throws: Refusal.self) {
                    try await process.begin(login: "anna", address: "1.1.1.1", in: pool)
                }
                #expect((Self.wait / 2...Self.wait).contains { refusal == .signInThrottled(seconds: $0) })
            }
            for _ in 0..<20 { #expect(try await !passes("anna", "1.1.1.1", in: pool)) }
            try await passTime(1, in: pool)
            #expect(try await passes("anna", "1.1.1.1", in: pool))
            #expect(try await !passes("anna", "1.1.1.1", in: pool))
            try await passTime(1, in: pool)
            #expect(try await !passes("anna", "1.1.1.1", in: pool))
            try await passTime(1, in: pool)
            #expect(try await passes("anna", "1.1.1.1", in: pool))
        }
    }

    @Test("A wait that this process knows of costs no question to the database")
    func remembered() async throws {
        try await withTestDatabase { pool in
            let throttle = Self.throttle()
            for _ in 0..<3 { try await throttle.begin(login: "anna", address: "1.1.1.1", in: pool) }
            #expect(try await !passes("anna", "1.1.1.1", at: throttle, in: pool))
            try await pool.execute("ALTER TABLE sign_in_counts RENAME TO hidden")
            #expect(try await !passes("anna", "1.1.1.1", at: throttle, in: pool))
            await #expect(throws: PostgresError.self) { try await throttle.begin(login: "anna", address: "2.2.2.2", in: pool) }
        }
    }

    @Test("An attacker, be it from one address or from many, doesn't lock the owner out where it has signed in before")
    func knownAddress() async throws {
        try await withTestDatabase { pool in
            let throttle = Self.throttle(stranger: 5)
            try await throttle.begin(login: "anna", address: "1.1.1.1", in: pool)
            try await throttle.takeBack(login: "anna", address: "1.1.1.1", .right, in: pool)
            for _ in 0..<20 { _ = try await passes("anna", "6.6.6.6", at: throttle, in: pool) }
            for number in 0..<20 { _ = try await passes("anna", "6.6.7.\(number)", at: throttle, in: pool) }
            // Strangers wait together, …
            #expect(try await !passes("anna", "7.7.7.7", at: throttle, in: pool))
            #expect(try await passes("bella", "7.7.7.7", at: throttle, in: pool))
            // … the owner doesn't.
            #expect(try await passes("anna", "1.1.1.1", at: throttle, in: pool))
            #expect(try await passes("anna", "1.1.1.1", in: pool))
        }
    }

    @Test("Wrong tries of the address count against a sign-in; where the login is known at the address, only its own do")
    func suspicion() async throws {
        try await withTestDatabase { pool in
            let throttle = Self.throttle()
            #expect(try await throttle.begin(login: "anna", address: "1.1.1.1", in: pool) == 1)
            #expect(try await throttle.begin(login: "bella", address: "1.1.1.1", in: pool) == 2)
            #expect(try await throttle.begin(login: "bella", address: "2.2.2.2", in: pool) == 1)
            try await throttle.noteOwner(login: "anna", address: "1.1.1.1", in: pool)
            try await throttle.noteOwner(login: "carla", address: "1.1.1.1", in: pool)
            #expect(try await throttle.begin(login: "carla", address: "1.1.1.1", in: pool) == 0)
            #expect(try await throttle.begin(login: "carla", address: "1.1.1.1", in: pool) == 1)
            #expect(try await throttle.begin(login: "anna", address: "1.1.1.1", in: pool) == 1)
            #expect(try await throttle.begin(login: "dora", address: "1.1.1.1", in: pool) == 6)
        }
    }

    @Test("Sixteen wrong ones from as many networks of a site speak against each other network of it as one does")
    func suspicionOfSites() async throws {
        try await withTestDatabase { pool in
            let throttle = Self.throttle()
            for number in 0..<32 {
                let suspicion = try await throttle.begin(login: "login\(number)", address: "2001:db8:0:\(number)::1", in: pool)
                #expect(suspicion == 1 + number / 16)
            }
            #expect(try await throttle.begin(login: "another", address: "2001:db8:0:ffff::1", in: pool) == 3)
            #expect(try await throttle.begin(login: "another", address: "2001:db8:1::1", in: pool) == 1)
        }
    }

    @Test("Another address of the same network of version 6 buys no tries, and is the owner's where the first was")
    func networks() async throws {
        try await withTestDatabase { pool in
            for number in 0..<10 { #expect(try await passes("login\(number)", "2001:db8::\(number)", in: pool)) }
            #expect(try await !passes("another", "2001:db8::a", in: pool))
            #expect(try await passes("another", "2001:db8:0:1::a", in: pool))
            let throttle = Self.throttle()
            try await throttle.noteOwner(login: "owner", address: "2001:db8:0:2::1", in: pool)
            #expect(try await throttle.begin(login: "owner", address: "2001:db8:0:2::2", in: pool) == 0)
        }
    }

    @Test("A site of version 6 has as many free tries as sixteen clients, however many blocks it tries from; other sites have their own")
    func sites() async throws {
        try await withTestDatabase { pool in
            let throttle = Self.throttle()
            for number in 0..<160 {
                #expect(try await passes("login\(number)", "2001:db8:0:\(String(number, radix: 16))::1", at: throttle, in: pool))
            }
            #expect(try await !passes("another", "2001:db8:0:ffff::1", at: throttle, in: pool))
            // Another process knows it too, and the first refuses it without a question.
            #expect(try await !passes("another", "2001:db8:0:ffff::2", in: pool))
            #expect(throws: Refusal.self) { try throttle.refuse(address: "2001:db8:0:eeee::1") }
            #expect(try await passes("another", "2001:db8:1::1", at: throttle, in: pool))
            try await throttle.takeBack(login: "login0", address: "2001:db8:0:0::1", .right, in: pool)
            #expect(try await passes("another", "2001:db8:0:ffff::1", at: throttle, in: pool))
        }
    }

    @Test("The right password clears the login's count at this address, and only its own try of the address's")
    func success() async throws {
        try await withTestDatabase { pool in
            for _ in 0..<3 { #expect(try await passes("anna", "1.1.1.1", in: pool)) }
            try await Self.throttle().takeBack(login: "anna", address: "1.1.1.1", .right, in: pool)
            for _ in 0..<3 { #expect(try await passes("anna", "1.1.1.1", in: pool)) }
            #expect(try await !passes("anna", "1.1.1.1", in: pool))
            for number in 0..<5 { #expect(try await passes("other\(number)", "1.1.1.1", in: pool)) }
            #expect(try await !passes("yet another", "1.1.1.1", in: pool))
        }
    }

    @Test("An attacker's own account doesn't buy guesses at others'")
    func ownAccountBuysNothing() async throws {
        try await withTestDatabase { pool in
            let throttle = Self.throttle()
            var guesses = 0
            for number in 0..<50 {
                if try await passes("victim\(number)", "6.6.6.6", at: throttle, in: pool) { guesses += 1 }
                if try await passes("attacker", "6.6.6.6", at: throttle, in: pool) {
                    try await throttle.takeBack(login: "attacker", address: "6.6.6.6", .right, in: pool)
                }
            }
            #expect(guesses <= 10)
        }
    }

    @Test("Of a hundred at the same moment in two processes only the free ones slip through")
    func parallel() async throws {
        try await withTestDatabase { pool in
            let processes = [Self.throttle(), Self.throttle()]
            let begun = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask { try await passes("anna", "1.1.1.1", at: processes[number % 2], in: pool) }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(begun == 3)
        }
    }

    @Test("A try whose password wasn't checked doesn't count; a try that was crowded out counts for its address")
    func takenBack() async throws {
        try await withTestDatabase { pool in
            let throttle = Self.throttle()
            for _ in 0..<20 {
                try await throttle.begin(login: "anna", address: "1.1.1.1", in: pool)
                try await throttle.takeBack(login: "anna", address: "1.1.1.1", .undecided, in: pool)
            }
            for _ in 0..<10 {
                try await throttle.begin(login: "bella", address: "2.2.2.2", in: pool)
                try await throttle.takeBack(login: "bella", address: "2.2.2.2", .crowdedOut, in: pool)
            }
            #expect(try await !passes("bella", "2.2.2.2", in: pool))
            #expect(try await passes("bella", "3.3.3.3", in: pool))
        }
    }

    @Test("Every count begins anew after a while, and old rows go")
    func beginsAnew() async throws {
        try await withTestDatabase { pool in
            for _ in 0..<4 { _ = try await passes("anna", "1.1.1.1", in: pool) }
            #expect(try await !passes("anna", "1.1.1.1", in: pool))
            try await passTime(101, in: pool)
            for _ in 0..<3 { #expect(try await passes("anna", "1.1.1.1", in: pool)) }
            try await passTime(3 * 86_400 / Self.wait, in: pool)
            #expect(try await Self.throttle().deleteOld(limit: 100, in: pool) == 3)
        }
    }

    @Test("No name and no address is kept")
    func hidden() async throws {
        try await withTestDatabase { pool in
            _ = try await passes("anna-the-owner", "198.51.100.77", in: pool)
            let keys: [String] = try await pool.rows("SELECT key FROM sign_in_counts") { try $0["key"] }
            #expect(keys.count == 3)
            #expect(!keys.contains { $0.contains("anna") || $0.contains("198.51") })
        }
    }

    @Test("10,000 bad sign-ins from ten addresses: nearly all are refused before a password is hashed, and a good one isn't")
    func flood() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            _ = try await fixture.signUp("anna")
            let before = fixture.hasher.performed
            try await withThrowingTaskGroup(of: Void.self) { group in
                for address in 0..<10 {
                    group.addTask {
                        for number in 0..<1000 {
                            _ = try? await fixture.signIn("victim\(number)", password: "wrong", in: .client, from: "6.6.6.\(address)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let hashes = fixture.hasher.performed - before
            // 50 free ones each, and the few whose wait was over meanwhile.
            #expect(hashes >= 500 && hashes <= 1_000, "\(hashes) hashes")
            _ = try await fixture.signIn("anna", in: .client, from: "1.1.1.1")
        }
    }
}
