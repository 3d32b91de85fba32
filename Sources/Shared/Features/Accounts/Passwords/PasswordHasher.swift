import Argon2
import Callers
import Crypto
import NIOPosix
import Synchronization
import Text
import Waiting

/// Hashes passwords on a few threads of its own, away from those that answer requests, with a short queue in front.
///
/// A hash takes much time and memory on purpose, so only a few run and only a few wait; a flood of sign-ins is refused before it uses up
/// the memory. Whoever has the fewest wrong tries goes first, and IP addresses take turns: a flood makes nobody who signs in from a usual
/// place wait for more than a hash or two.
package final class PasswordHasher: Sendable {
    private let function: PasswordFunction
    private let threads: NIOThreadPool
    private let queue: FairQueue
    private let count = Mutex(0)
    private let formerHashes = Mutex(FormerHashes.none)
    private let sleep: @Sendable (ContinuousClock.Instant) async throws -> Void

    /// - Parameters:
    ///   - function: what new hashes are made by. Stored ones are checked by what they were made by.
    ///   - threadCount: how many hashes run at once.
    ///   - maximumWaiting: how many may wait for a thread.
    ///   - waitLimit: how long one may wait for a thread.
    ///   - sleep: waits before the answer to a wrong password; tests replace it.
    package init(
        function: PasswordFunction = .recommended, threadCount: Int = 2, maximumWaiting: Int = 32, waitLimit: Duration = .seconds(10),
        sleep: @escaping @Sendable (ContinuousClock.Instant) async throws -> Void = { try await Task.sleep(until: $0, clock: .continuous) }
    ) {
        self.function = function
        self.sleep = sleep
        threads = NIOThreadPool(numberOfThreads: threadCount)
        queue = FairQueue(places: threadCount, maximumWaiting: maximumWaiting, waitLimit: waitLimit, refusal: Refusal.busy)
        threads.start()
    }

    deinit {
        threads.shutdownGracefully { _ in }
    }

    /// The suspicion of somebody of whom nothing is known: behind those who have signed in from there before, ahead of those who have
    /// guessed.
    package static let newcomer = 1

    /// How many hashes were computed so far.
    package var performed: Int {
        count.withLock { $0 }
    }

    /// Hashes a password under a new salt.
    ///
    /// - Parameter group: the IP address; IP addresses take turns.
    /// - Throws: ``Refusal/busy`` when too many wait already, or this one for too long; `CancellationError`.
    package func hash(_ password: Password, for group: String = "") async throws -> PasswordHash {
        let salt = [UInt8].random(16)
        let function = function
        return try await run(for: group, suspicion: Self.newcomer) {
            PasswordHash(function: function, salt: salt, hash: try function.hash(password, salt: salt, length: 32))
        }
    }

    /// Whether the password is the one that was hashed. As long as hashes of the former kind may be stored, the answer that it isn't takes
    /// at least as long as such a hash: else the time would show who has one.
    ///
    /// - Parameters:
    ///   - hash: `nil` when there is no such account: then as much is computed as for a real one, so that the time tells nothing.
    ///   - group: the IP address; IP addresses take turns.
    ///   - suspicion: how many wrong tries speak against this one; the fewer, the sooner its turn.
    /// - Throws: ``Refusal/busy`` when too many wait already, or this one for too long; `CancellationError`.
    package func verify(
        _ password: Password, against hash: PasswordHash?, for group: String = "", suspicion: Int = newcomer
    ) async throws -> Bool {
        let stored = hash ?? PasswordHash(function: function, salt: .random(16), hash: .random(32))
        let (matches, began) = try await run(for: group, suspicion: suspicion) {
            let began = ContinuousClock.now
            let computed = try stored.function.hash(password, salt: stored.salt, length: stored.hash.count)
            if stored.function.isFormer { self.formerHashes.withLock { $0.note(.now - began) } }
            // Both are digests of one length; SymmetricKey compares in constant time.
            return (SymmetricKey(data: computed) == SymmetricKey(data: stored.hash), began)
        }
        if matches, hash != nil { return true }
        // By now it has given back its thread and its place in the queue.
        if let formerHashDuration { try await sleep(began + formerHashDuration) }
        return false
    }

    /// Whether a hash was made by something else, or at another cost, than new ones are.
    func isOutdated(_ hash: PasswordHash) -> Bool {
        hash.function != function
    }

    /// How long the check of a wrong password lasts at least, so that nobody tells hashes of the former kind by it; `nil` while there are none.
    var formerHashDuration: Duration? {
        formerHashes.withLock { $0.duration }
    }

    /// Assumes that hashes of the former kind are stored, until somebody has looked.
    package func expectFormerHashes() {
        formerHashes.withLock { $0 = .expected }
    }

    /// Learns what hashes of the former kind take, since some are stored.
    ///
    /// - Parameter function: what they were made by.
    /// - Throws: ``Refusal/busy`` when others take up all places.
    package func measureFormerHashes(by function: PasswordFunction = .former) async throws {
        guard formerHashes.withLock({ $0.duration == nil || $0 == .expected }) else { return }
        var taken: [Duration] = []
        for _ in 0..<5 {
            taken.append(
                try await run(for: "", suspicion: Self.newcomer) {
                    let began = ContinuousClock.now
                    _ = try function.hash(Password(attempt: "anything"), salt: .random(16), length: 32)
                    return .now - began
                }
            )
        }
        formerHashes.withLock { $0 = .stored(taken) }
    }

    /// Notes that no hash of the former kind is stored any more.
    package func forgoFormerHashes() {
        formerHashes.withLock { $0 = .none }
    }

    /// What is known of hashes of the former kind.
    private enum FormerHashes: Equatable {
        case none
        /// Nobody has looked yet.
        case expected
        /// How long the latest ones took; on a busy machine they may take longer than at the start.
        case stored([Duration])

        /// What nine of ten take at most; `nil` when none is stored. Were it their median, half of them would still show by taking longer.
        var duration: Duration? {
            switch self {
            case .none: nil
            case .expected: .seconds(1)
            case .stored(let taken): taken.sorted()[taken.count * 9 / 10]
            }
        }

        mutating func note(_ duration: Duration) {
            switch self {
            case .none: self = .stored([duration])
            case .expected: break
            case .stored(let taken): self = .stored(Array((taken + [duration]).suffix(31)))
            }
        }
    }

    /// Runs a hash on one of the threads, unless too many are running and waiting.
    private func run<Result: Sendable>(
        for group: String, suspicion: Int, _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await queue.run(for: AddressBlock(of: group).text, suspicion: suspicion) {
            count.withLock { $0 += 1 }
            return try await threads.runIfActive { [queue] in
                BackgroundThread.giveWay()
                defer { if queue.waiting == 0 { Argon2id.releaseMemory() } }
                return try work()
            }
        }
    }
}
