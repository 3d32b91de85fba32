import Addresses
import Crypto
import CryptoExtras
import Glibc
import NIOPosix
import Synchronization

/// Hashes passwords on a few threads of its own, away from those that answer requests, with a short queue in front.
///
/// A hash takes long and much memory on purpose, so how many run and how many wait is limited: a flood of sign-ins is refused at the door
/// instead of growing until the process dies. Those go first against whom the fewest wrong tries speak, and addresses take turns: a flood
/// keeps nobody who signs in where it has before waiting for more than a hash or two.
package final class PasswordHasher: Sendable {
    private let parameters: ScryptParameters
    private let threads: NIOThreadPool
    private let queue: FairQueue
    private let count = Mutex(0)

    /// - Parameters:
    ///   - parameters: the cost of new hashes. Stored ones are checked at the cost that they were made with.
    ///   - threadCount: how many hashes run at once.
    ///   - maximumWaiting: how many may wait for a thread.
    ///   - waitLimit: how long they may.
    package init(
        parameters: ScryptParameters = .recommended, threadCount: Int = 2, maximumWaiting: Int = 32, waitLimit: Duration = .seconds(10)
    ) {
        self.parameters = parameters
        threads = NIOThreadPool(numberOfThreads: threadCount)
        queue = FairQueue(places: threadCount, maximumWaiting: maximumWaiting, waitLimit: waitLimit)
        threads.start()
    }

    deinit {
        threads.shutdownGracefully { _ in }
    }

    /// The suspicion of those of whom nothing is known: behind whoever is known where it is, before whoever has guessed.
    package static let newcomer = 1

    /// How many hashes were computed so far.
    package var performed: Int {
        count.withLock { $0 }
    }

    /// Hashes a password under a new salt.
    ///
    /// - Parameter group: those who take turns with others, by their address.
    /// - Throws: ``Refusal/tooManySignIns`` when too many wait already, or this one for too long; `CancellationError`.
    package func hash(_ password: Password, for group: String = "") async throws -> PasswordHash {
        let salt = [UInt8].random(16)
        let parameters = parameters
        return try await run(for: group, suspicion: Self.newcomer) {
            let hash = try Self.scrypt(password, salt: salt, parameters: parameters, length: 32)
            return PasswordHash(parameters: parameters, salt: salt, hash: hash)
        }
    }

    /// Whether the password is the one that was hashed.
    ///
    /// - Parameters:
    ///   - hash: `nil` when there is no such account: then as much is computed as for a real one, so that the time tells nothing.
    ///   - group: those who take turns with others, by their address.
    ///   - suspicion: how many wrong tries speak against this one; the fewer, the sooner its turn.
    /// - Throws: ``Refusal/tooManySignIns`` when too many wait already, or this one for too long; `CancellationError`.
    package func verify(
        _ password: Password, against hash: PasswordHash?, for group: String = "", suspicion: Int = newcomer
    ) async throws -> Bool {
        let known = hash ?? PasswordHash(parameters: parameters, salt: .random(16), hash: .random(32))
        let matches = try await run(for: group, suspicion: suspicion) {
            let computed = try Self.scrypt(password, salt: known.salt, parameters: known.parameters, length: known.hash.count)
            // Both are digests of one length; SymmetricKey compares in constant time.
            return SymmetricKey(data: computed) == SymmetricKey(data: known.hash)
        }
        return matches && hash != nil
    }

    /// Whether a hash was made at another cost than new ones are.
    func isOutdated(_ hash: PasswordHash) -> Bool {
        hash.parameters != parameters
    }

    /// Runs a hash on one of the threads, unless too many are running and waiting.
    private func run<Result: Sendable>(
        for group: String, suspicion: Int, _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await queue.run(for: AddressBlock(of: group).text, suspicion: suspicion) {
            count.withLock { $0 += 1 }
            return try await threads.runIfActive {
                Self.giveWay()
                return try work()
            }
        }
    }

    /// Puts the thread behind those that answer requests and sell seats: a storm of sign-ins takes what they leave. What can't be set is left.
    ///
    /// PostgreSQL's processes are among them only where the kernel doesn't group threads by session (deploy/systemd/sample/90-piao.conf).
    private static func giveWay() {
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
        // Beside the least nice weight this lets whoever wakes go first at once (sched(7)).
        var parameters = sched_param()
        _ = unsafe sched_setscheduler(0, idlePolicy, &parameters)
    }

    /// Linux's SCHED_IDLE, which the C library names only with its own extensions on.
    private static let idlePolicy: Int32 = 5

    /// scrypt of RFC 7914.
    static func scrypt(_ password: Password, salt: [UInt8], parameters: ScryptParameters, length: Int) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: password.bytes,
            salt: salt,
            outputByteCount: length,
            rounds: 1 << parameters.logarithmicCost,
            blockSize: parameters.blockSize,
            parallelism: parameters.parallelism
        )
        return unsafe key.withUnsafeBytes { unsafe Array($0) }
    }
}
