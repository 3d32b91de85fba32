import Synchronization

/// Slows the guessing of passwords down.
///
/// Two counts: wrong passwords for one login from one address, and from one address for all logins. Each has some free tries, after which
/// every further one must wait twice as long as the one before. Nothing is counted for a login over all addresses, so nobody can
/// lock somebody else out from elsewhere; guessing from very many addresses is limited by the password hasher's bounded queue.
/// The counts are this process's own, and bounded in number.
package final class SignInThrottle: Sendable {
    package struct Rule: Sendable {
        /// How many wrong passwords cost nothing.
        let free: Int
        /// How long to wait after the first one beyond these.
        let first: Duration
        /// The longest wait.
        let longest: Duration
        /// After how long without a try everything is forgotten.
        let memory: Duration

        package init(free: Int, first: Duration, longest: Duration, memory: Duration) {
            self.free = free
            self.first = first
            self.longest = longest
            self.memory = memory
        }

        /// How long after a number of wrong passwords the next may be tried.
        func delay(after failures: Int) -> Duration {
            guard failures >= free else { return .zero }
            return min(longest, first * (1 << min(failures - free, 20)))
        }
    }

    private struct Key: Hashable {
        /// `nil` counts the address for all logins.
        let login: String?
        let address: String
    }

    private struct Count {
        var failures = 0
        var lastAt: ContinuousClock.Instant
        var nextAt: ContinuousClock.Instant
    }

    private let loginRule: Rule
    private let addressRule: Rule
    private let counts: Mutex<RecentMap<Key, Count>>

    package init(
        login: Rule = Rule(free: 5, first: .seconds(1), longest: .seconds(900), memory: .seconds(3600)),
        address: Rule = Rule(free: 50, first: .seconds(1), longest: .seconds(60), memory: .seconds(900)),
        capacity: Int = 50_000
    ) {
        loginRule = login
        addressRule = address
        counts = Mutex(RecentMap(capacity: capacity))
    }

    /// Counts a try as wrong before it is known, so that a hundred parallel ones don't all slip through.
    ///
    /// - Throws: ``Refusal/signInThrottled(seconds:)`` while the login or the address must wait; such a try counts for nothing.
    func begin(login: String, address: String, at now: ContinuousClock.Instant) throws {
        let rules = [(Key(login: login, address: address), loginRule), (Key(login: nil, address: address), addressRule)]
        try counts.withLock { counts in
            var waits: [Duration] = []
            for (key, rule) in rules {
                guard let count = counts[key] else { continue }
                if now - count.lastAt > rule.memory { counts[key] = nil } else if count.nextAt > now { waits.append(count.nextAt - now) }
            }
            if let wait = waits.max() {
                throw Refusal.signInThrottled(seconds: Int(wait.components.seconds) + 1)
            }
            for (key, rule) in rules {
                var count = counts[key] ?? Count(lastAt: now, nextAt: now)
                count.failures += 1
                count.lastAt = now
                count.nextAt = now + rule.delay(after: count.failures)
                counts[key] = count
            }
        }
    }

    /// Takes back what ``begin(login:address:at:)`` counted: the password was right, or nobody could look at it.
    ///
    /// - Parameter right: forgets the login's wrong ones from this address too. The address's remain: else one's own account would be the way to
    ///   guess at everybody's.
    func takeBack(login: String, address: String, right: Bool, at now: ContinuousClock.Instant) {
        counts.withLock { counts in
            for key in [Key(login: login, address: address), Key(login: nil, address: address)] {
                guard var count = counts[key] else { continue }
                count.failures = right && key.login != nil ? 0 : max(0, count.failures - 1)
                count.nextAt = now
                counts[key] = count.failures == 0 ? nil : count
            }
        }
    }
}
