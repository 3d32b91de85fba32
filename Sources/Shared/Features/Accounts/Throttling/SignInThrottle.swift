import Callers
import Crypto
import Database
import Synchronization
import Text
import Waiting

/// Slows down the guessing of passwords and codes, for all processes together.
///
/// It keeps three counts of wrong tries: for one login from one IP address; from one IP address for all logins (a site of version 6 may
/// have several times as many); and for one login from all IP addresses where it has never signed in. Each count has some free tries; every
/// further try must wait twice as long as the one before.
///
/// An attacker can't lock an owner out. Where a login has signed in before, only the first count matters, which others can't raise.
/// Elsewhere a device that shows the token of an earlier session counts as a place of its own, and so does somebody whose second factor is
/// right.
///
/// A try that must wait is refused before a password is hashed, and while the wait is cached here, before the database is asked.
package final class SignInThrottle: Sendable {
    private let loginRule: ThrottleRule
    private let addressRule: ThrottleRule
    private let strangerRule: ThrottleRule
    private let store = SignInCountStore()
    /// Until when a count makes everybody wait, as far as this process has seen.
    private let cachedWaits: Mutex<RecentMap<String, ContinuousClock.Instant>>

    package init(
        login: ThrottleRule = ThrottleRule(free: 5, first: .seconds(1), longest: .seconds(900), memory: .seconds(3600)),
        address: ThrottleRule = ThrottleRule(free: 50, first: .seconds(1), longest: .seconds(60), memory: .seconds(900)),
        stranger: ThrottleRule = ThrottleRule(free: 100, first: .seconds(1), longest: .seconds(60), memory: .seconds(86_400)),
        capacity: Int = 50_000
    ) {
        loginRule = login
        addressRule = address
        strangerRule = stranger
        cachedWaits = Mutex(RecentMap(capacity: capacity))
    }

    /// Refuses a try whose IP address must wait, as far as is cached here, before the database is asked.
    ///
    /// - Throws: ``Refusal/signInThrottled(seconds:)``.
    func refuse(address: String) throws {
        try refuseCachedWaits(of: Keys(login: "", address: address).addresses.map(\.key))
    }

    /// Counts a try as wrong before it is looked at, so that of a hundred parallel tries not all slip through.
    ///
    /// - Parameters:
    ///   - device: a former session of this login, where the token of that session was shown: it counts in place of the IP address.
    ///   - isVouchedFor: whether something else than the password speaks for this try; asked only where strangers' tries make it wait.
    /// - Returns: how many wrong tries speak against this one, which decides its place in the queue. Where the login has signed in before,
    ///   these are the tries for it from this IP address; elsewhere all tries from this IP address (or those from its site, divided by the
    ///   clients that a site counts for, if these are more), and one more.
    /// - Throws: ``Refusal/signInThrottled(seconds:)`` while it must wait; such a try counts for nothing.
    @discardableResult
    func begin(
        login: String, address: String, device: Int64? = nil, in pool: PostgresPool,
        isVouchedFor: (PostgresTransaction) async throws -> Bool = { _ in false }
    ) async throws -> Int {
        let keys = Keys(login: login, address: address, device: device)
        try refuseCachedWaits(of: [keys.pair] + keys.addresses.map(\.key))
        let outcome: (wait: Wait?, suspicion: Int) = try await pool.withTransaction { transaction in
            let counts = try await store.locked([keys.pair, keys.login] + keys.addresses.map(\.key), in: transaction)
            // Where the login has signed in before, strangers' tries don't count.
            var isKnown = device != nil || counts[keys.pair]?.isKnown == true
            func pending(_ key: String, _ rule: ThrottleRule) -> Wait? {
                guard let count = counts[key], count.age <= rule.memory.seconds, count.wait > 0 else { return nil }
                return Wait(key: key, seconds: count.wait)
            }
            var rules = [(keys.pair, loginRule)] + keys.addresses.map { ($0.key, addressRule.times($0.clients)) }
            if let longest = rules.compactMap({ pending($0, $1) }).max(by: { $0.seconds < $1.seconds }) { return (longest, 0) }
            if !isKnown, let wait = pending(keys.login, strangerRule) {
                guard try await isVouchedFor(transaction) else { return (wait, 0) }
                isKnown = true
            }
            if !isKnown { rules.append((keys.login, strangerRule)) }
            func failures(_ key: String, _ rule: ThrottleRule) -> Int {
                counts[key].map { $0.age > rule.memory.seconds ? 0 : $0.failures } ?? 0
            }
            let changes = rules.map { key, rule in
                let failures = failures(key, rule) + 1
                return SignInCountStore.Change(key: key, failures: failures, wait: rule.delay(after: failures).seconds)
            }
            try await transaction.commit(after: [SignInCountStore.updating(changes)])
            // A site's are divided by the clients that it counts for: else whoever has many networks would be a newcomer in each.
            let ofAddresses = keys.addresses.map { failures($0.key, addressRule) / max(1, $0.clients) }.max() ?? 0
            return (nil, isKnown ? failures(keys.pair, loginRule) : ofAddresses + 1)
        }
        guard let wait = outcome.wait else { return outcome.suspicion }
        // The wait for strangers is not cached: the owner would have to wait, too.
        if wait.key != keys.login { cache(wait) }
        throw Refusal.signInThrottled(seconds: Int(wait.seconds.rounded(.down)) + 1)
    }

    /// Notes that a login's owner is at an IP address: it has signed in or up from there.
    func noteOwner(login: String, address: String, in session: some PostgresSession) async throws {
        try await store.noteOwner(Keys(login: login, address: address).pair, in: session)
    }

    /// Whether a login has signed in from an IP address in the last 90 days.
    func isKnown(login: String, address: String, in session: some PostgresSession) async throws -> Bool {
        try await store.isKnown(Keys(login: login, address: address).pair, in: session)
    }

    /// The outcome of a try that ``begin(login:address:device:in:isVouchedFor:)`` admitted and that wasn't wrong.
    enum Outcome: Hashable, Sendable {
        /// It was right: the count of the login from this IP address begins anew, and the login has signed in there. The count of the IP
        /// address for all logins only loses this try: else an attacker could reset it by signing in to an account of its own.
        case right
        /// Neither right nor wrong: only a part of what is needed was shown, or an error came in between.
        case undecided
        /// It wasn't looked at, since there are too many: it still counts for the IP address, so that a flood from there ends.
        case crowdedOut
    }

    /// Takes back what ``begin(login:address:device:in:isVouchedFor:)`` counted.
    func takeBack(
        login: String, address: String, device: Int64? = nil, _ outcome: Outcome, in session: some PostgresSession
    ) async throws {
        let counted = CountedTry(login: login, address: address, device: device)
        try await session.execute(takingBack(counted, outcome))
        try await noteTakenBack(counted, outcome, in: session)
    }

    /// The statement that takes back what ``begin(login:address:device:in:isVouchedFor:)`` counted, to be sent with what came of the try.
    /// ``noteTakenBack(_:_:in:)`` follows once that is committed.
    func takingBack(_ counted: CountedTry, _ outcome: Outcome) -> Query {
        let keys = Keys(counted)
        return SignInCountStore.takingBack(
            pair: keys.pair, others: [keys.login] + (outcome == .crowdedOut ? [] : keys.addresses.map(\.key)), right: outcome == .right)
    }

    /// Lets the next try come at once in this process, too. A device that has shown a former session vouches for its IP address.
    func noteTakenBack(_ counted: CountedTry, _ outcome: Outcome, in session: some PostgresSession) async throws {
        let keys = Keys(counted)
        cachedWaits.withLock { waits in
            waits[keys.pair] = nil
            if outcome != .crowdedOut { for address in keys.addresses { waits[address.key] = nil } }
        }
        // In a statement of its own: after other rows are locked, this one would be out of the order in which everybody locks.
        if counted.device != nil, outcome == .right {
            try await noteOwner(login: counted.login, address: counted.address, in: session)
        }
    }

    func deleteOld(limit: Int, in session: some PostgresSession) async throws -> Int {
        try await store.deleteOld(limit: limit, in: session)
    }

    /// For whom a try was counted, as ``begin(login:address:device:in:isVouchedFor:)`` received it.
    struct CountedTry: Sendable {
        let login: String
        let address: String
        var device: Int64?
    }

    /// What a try is counted for, each under a hash: names and IP addresses needn't be stored.
    private struct Keys {
        let pair: String
        /// Of all blocks of IP addresses, each with the number of clients for which it may try.
        let addresses: [(key: String, clients: Int)]
        let login: String

        init(_ counted: CountedTry) {
            self.init(login: counted.login, address: counted.address, device: counted.device)
        }

        init(login: String, address: String, device: Int64? = nil) {
            let client = AddressBlock(of: address).text
            pair = if let device { Self.hash("device", login, String(device)) } else { Self.hash("pair", login, client) }
            addresses = AddressBlock.all(of: address).map { (Self.hash("address", "", $0.text), $0.clients) }
            self.login = Self.hash("login", login, "")
        }

        private static func hash(_ kind: String, _ login: String, _ address: String) -> String {
            SHA256.hash(data: Array("\(kind) \(login.utf8.count) \(login) \(address)".utf8)).hexadecimal
        }
    }

    private struct Wait: Sendable {
        let key: String
        let seconds: Double
    }

    private func refuseCachedWaits(of keys: [String]) throws {
        let now = ContinuousClock.now
        let until = cachedWaits.withLock { waits in keys.compactMap { waits[$0] }.max() }
        if let until, until > now { throw Refusal.signInThrottled(seconds: Int((until - now).seconds) + 1) }
    }

    private func cache(_ wait: Wait) {
        // Not for long: what another process takes back must hold here, too.
        let until = ContinuousClock.now + .seconds(min(wait.seconds, 5))
        cachedWaits.withLock { $0[wait.key] = until }
    }
}
