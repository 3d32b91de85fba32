import Addresses
import Crypto
import Database
import Synchronization

/// Slows the guessing of passwords and codes down, for all processes together.
///
/// Three counts: wrong tries for one login from one address; from one address for all logins, and from the site of an address of version
/// 6, which may have some times as many; and for one login from all addresses where it has never signed in. Each has some free tries,
/// after which every further one must wait twice as long as the one before.
/// Who tries from elsewhere can't lock anybody out at an address where that login has signed in before: only the first count is the
/// owner's there, and the attacker can't reach it. Nor can it anywhere else: a device that has signed in before and shows it counts as a place of
/// its own, and whoever is vouched for, by its second factor, doesn't wait for strangers' tries either.
///
/// A try that must wait is refused before a password is hashed; and while this process remembers the wait, before the database is asked.
package final class SignInThrottle: Sendable {
    private let loginRule: ThrottleRule
    private let addressRule: ThrottleRule
    private let strangerRule: ThrottleRule
    private let store = SignInCountStore()
    /// Until when which counts make everybody wait.
    private let waits: Mutex<RecentMap<String, ContinuousClock.Instant>>

    package init(
        login: ThrottleRule = ThrottleRule(free: 5, first: .seconds(1), longest: .seconds(900), memory: .seconds(3600)),
        address: ThrottleRule = ThrottleRule(free: 50, first: .seconds(1), longest: .seconds(60), memory: .seconds(900)),
        stranger: ThrottleRule = ThrottleRule(free: 100, first: .seconds(1), longest: .seconds(60), memory: .seconds(86_400)),
        capacity: Int = 50_000
    ) {
        loginRule = login
        addressRule = address
        strangerRule = stranger
        waits = Mutex(RecentMap(capacity: capacity))
    }

    /// Turns a try away that must wait for its address, as far as this process remembers, before anything is asked of the database.
    ///
    /// - Throws: ``Refusal/signInThrottled(seconds:)``.
    func refuse(address: String) throws {
        try refuseWhatIsKnown(Keys(login: "", address: address).addresses.map(\.key))
    }

    /// Counts a try as wrong before it is known, so that a hundred parallel ones don't all slip through.
    ///
    /// - Parameters:
    ///   - device: a former session of this login, where the one who tries has shown its token: it counts in the place of the address.
    ///   - isVouchedFor: asked where only strangers' tries make this one wait: whether something else than the password speaks for it.
    /// - Returns: how many wrong tries speak against this one, for its place in the queue: where the login is known those for it from this
    ///   address; else all from this address, and one more.
    /// - Throws: ``Refusal/signInThrottled(seconds:)`` while it must wait; such a try counts for nothing.
    @discardableResult
    func begin(
        login: String, address: String, device: Int64? = nil, in pool: PostgresPool,
        isVouchedFor: (PostgresTransaction) async throws -> Bool = { _ in false }
    ) async throws -> Int {
        let keys = Keys(login: login, address: address, device: device)
        try refuseWhatIsKnown([keys.pair] + keys.addresses.map(\.key))
        let outcome: (wait: Wait?, suspicion: Int) = try await pool.withTransaction { transaction in
            let counts = try await store.locked([keys.pair, keys.login] + keys.addresses.map(\.key), in: transaction)
            // Where the login is known, strangers' guessing is no concern of its.
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
            try await store.update(
                rules.map { key, rule in
                    let failures = failures(key, rule) + 1
                    return SignInCountStore.Change(key: key, failures: failures, wait: rule.delay(after: failures).seconds)
                },
                in: transaction
            )
            return (nil, isKnown ? failures(keys.pair, loginRule) : failures(keys.address, addressRule) + 1)
        }
        guard let wait = outcome.wait else { return outcome.suspicion }
        // The wait for strangers is not remembered: it would hold for the owner too.
        if wait.key != keys.login { remember(wait) }
        throw Refusal.signInThrottled(seconds: Int(wait.seconds.rounded(.down)) + 1)
    }

    /// Notes that a login is its owner's at an address: it was made there.
    func know(login: String, address: String, in session: some PostgresSession) async throws {
        try await store.know(Keys(login: login, address: address).pair, in: session)
    }

    /// Whether a login has signed in from an address in the last 90 days.
    func isKnown(login: String, address: String, in session: some PostgresSession) async throws -> Bool {
        try await store.isKnown(Keys(login: login, address: address).pair, in: session)
    }

    /// How a try went that ``begin(login:address:in:)`` let through and that wasn't wrong.
    enum Outcome: Hashable, Sendable {
        /// It was right: the login's wrong ones from this address are forgotten too, and the login is known there. The address's remain:
        /// else one's own account would be the way to guess at everybody's.
        case right
        /// Neither right nor wrong: half of what is needed, or nobody could look at it.
        case undecided
        /// Nobody could look at it, since there are too many: it still counts for the address, that a flood from there ends.
        case crowdedOut
    }

    /// Takes back what ``begin(login:address:in:)`` counted.
    func takeBack(
        login: String, address: String, device: Int64? = nil, _ outcome: Outcome, in session: some PostgresSession
    ) async throws {
        let keys = Keys(login: login, address: address, device: device)
        let takesBackAddress = outcome != .crowdedOut
        try await store.takeBack(
            pair: keys.pair, others: [keys.login] + (takesBackAddress ? keys.addresses.map(\.key) : []), right: outcome == .right,
            in: session
        )
        // Where a device shows that it has signed in before, its address is known from now on, too.
        if device != nil, outcome == .right { try await know(login: login, address: address, in: session) }
        waits.withLock { waits in
            waits[keys.pair] = nil
            if takesBackAddress { for address in keys.addresses { waits[address.key] = nil } }
        }
    }

    func deleteOld(limit: Int, in session: some PostgresSession) async throws -> Int {
        try await store.deleteOld(limit: limit, in: session)
    }

    /// What a try is counted for, each under a hash: names and addresses needn't be kept.
    private struct Keys {
        let pair: String
        /// Of the client's block.
        let address: String
        /// Of all blocks, with how many clients' worth of tries each may have.
        let addresses: [(key: String, clients: Int)]
        let login: String

        init(login: String, address: String, device: Int64? = nil) {
            let client = AddressBlock(of: address).text
            pair = if let device { Self.hash("device", login, String(device)) } else { Self.hash("pair", login, client) }
            self.address = Self.hash("address", "", client)
            addresses = AddressBlock.all(of: address).map { (Self.hash("address", "", $0.text), $0.clients) }
            self.login = Self.hash("login", login, "")
        }

        private static func hash(_ kind: String, _ login: String, _ address: String) -> String {
            let digits = Array("0123456789abcdef".utf8)
            let digest = SHA256.hash(data: Array("\(kind) \(login.utf8.count) \(login) \(address)".utf8))
            return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
        }
    }

    private struct Wait: Sendable {
        let key: String
        let seconds: Double
    }

    private func refuseWhatIsKnown(_ keys: [String]) throws {
        let now = ContinuousClock.now
        let until = waits.withLock { waits in keys.compactMap { waits[$0] }.max() }
        if let until, until > now { throw Refusal.signInThrottled(seconds: Int((until - now).seconds) + 1) }
    }

    private func remember(_ wait: Wait) {
        // Not for long: what another process forgives should hold here, too.
        let until = ContinuousClock.now + .seconds(min(wait.seconds, 5))
        waits.withLock { $0[wait.key] = until }
    }
}
