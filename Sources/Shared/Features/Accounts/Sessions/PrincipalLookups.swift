import Callers
import Database
import Waiting

/// Looks tokens up in the database. Tokens that come while a query is under way share the next one: a lone token waits for nobody, and many
/// at once cost little more than one.
actor PrincipalLookups {
    typealias Answer = Result<(principal: Principal?, readAt: ContinuousClock.Instant), any Error>

    private let pool: PostgresPool
    private let configuration: AccountsConfiguration
    private let store = PrincipalStore()
    private let sessions = SessionStore()
    private var asking: [[UInt8]: [CheckedContinuation<Answer, Never>]] = [:]
    /// The hashes of the tokens that wait for a query.
    private var line: WaitingLine<[UInt8]>
    /// How many queries are under way.
    private(set) var running = 0

    /// How many tokens wait for one.
    var waitingCount: Int { line.count }

    /// How many queries are under way at most, how many tokens one is about, and how many tokens may wait for one.
    private static let parallelQueries = 2
    private static let batchLimit = 128
    private static let queueLimit = 4096

    /// - Parameter patience: how long a token may wait for its query to begin; from then on the database's own limits hold.
    init(pool: PostgresPool, configuration: AccountsConfiguration, patience: Duration = .seconds(2)) {
        self.pool = pool
        self.configuration = configuration
        line = WaitingLine(capacity: Self.queueLimit, waitLimit: patience)
    }

    /// Who has the token of this hash, and when the database was asked.
    ///
    /// - Throws: ``Refusal/busy``, and what the database answers.
    func principal(forSHA256 sha256: [UInt8]) async throws -> (principal: Principal?, readAt: ContinuousClock.Instant) {
        guard !line.isFull else { throw Refusal.busy }
        return try await withCheckedContinuation { (continuation: CheckedContinuation<Answer, Never>) in
            if asking[sha256, default: []].isEmpty { _ = line.append(sha256) }
            asking[sha256, default: []].append(continuation)
            if running < Self.parallelQueries {
                running += 1
                Task { await run() }
            } else if let due = line.beginWatch() {
                Task { await refuseLate(from: due) }
            }
        }.get()
    }

    private func run() async {
        while !line.isEmpty {
            let batch = line.removeFirst(Self.batchLimit).map(\.element)
            await answer(batch.map { sha256 in (sha256, asking.removeValue(forKey: sha256) ?? []) })
        }
        running -= 1
    }

    /// Refuses those who have waited for too long, as long as any wait.
    private func refuseLate(from first: ContinuousClock.Instant) async {
        await watchForLate(from: first) {
            let (late, next) = line.removeLate()
            for continuation in late.flatMap({ asking.removeValue(forKey: $0) ?? [] }) {
                continuation.resume(returning: .failure(Refusal.busy))
            }
            return next
        }
    }

    private func answer(_ waiting: [([UInt8], [CheckedContinuation<Answer, Never>])]) async {
        let readAt = ContinuousClock.now
        do {
            let found = try await store.principals(forSHA256s: waiting.map(\.0), in: pool)
            // Before anybody is answered: the session of whoever is admitted counts as used in every process.
            await touch(found)
            for (sha256, continuations) in waiting {
                for continuation in continuations { continuation.resume(returning: .success((found.principals[sha256], readAt))) }
            }
        } catch {
            for continuation in waiting.flatMap(\.1) { continuation.resume(returning: .failure(error)) }
        }
    }

    /// Writes down that sessions are in use, where that was written long ago.
    private func touch(_ found: PrincipalStore.Found) async {
        for (realm, times) in found.idleTimes {
            let idle = configuration.idle(in: realm)
            let due = times.filter { .seconds($0.seconds) > idle.step }.map(\.sessionID)
            // A read needn't fail because this can't be written; the next look-up tries again.
            if !due.isEmpty { try? await sessions.touch(due, idle, in: pool) }
        }
    }
}
