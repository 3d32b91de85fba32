import Callers
package import Database
package import Logging
import Metrics
import ServiceLifecycle
import Synchronization

/// The seat maps of showtimes, mostly from memory.
///
/// A map is never older than the last commit that this process has acknowledged, and at most a second behind other processes. Three things
/// keep it fresh: notifications of this process's own commits (``CommittedChanges``), hints from other processes (``SeatHints``), and a
/// comparison of the revisions of all wanted maps with the database, in one query, while the service runs. A caller that wants a map which
/// is being read waits for the end of that reading. Watched maps are kept fresh over a connection of their own, which doesn't stand in line
/// behind requests.
package final class SeatMaps: Service {
    private let pool: PostgresPool
    /// The connection over which wanted maps are kept fresh.
    private let ownSession: PostgresOwnConnection
    private let plans: ShowtimePlans
    private let encode: @Sendable (SeatMap) -> [UInt8]
    private let logger: Logger
    private let store = SeatStore()
    private let memory: Mutex<SeatMapMemory>
    private let metrics = SeatMapMetrics()
    private let comparisonInterval: Duration
    /// Whether to compare maps before the interval is over.
    private let isComparisonDue = Atomic<Bool>(true)

    /// The interval at which outdated watched maps are read again. No stream sends events more often.
    private static let tick: Duration = .milliseconds(100)
    /// How many showtimes one query reads.
    private static let batchLimit = 64

    /// - Parameters:
    ///   - byteLimit: about how much memory the maps may take.
    ///   - comparisonInterval: how often the maps that are wanted are compared with the database.
    ///   - encode: makes the answer for a map.
    package init(
        pool: PostgresPool,
        plans: ShowtimePlans,
        byteLimit: Int = 64 << 20,
        comparisonInterval: Duration = .milliseconds(300),
        logger: Logger,
        encode: @escaping @Sendable (SeatMap) -> [UInt8]
    ) {
        self.pool = pool
        self.comparisonInterval = comparisonInterval
        ownSession = PostgresOwnConnection(configuration: pool.configuration.connection)
        self.plans = plans
        self.encode = encode
        self.logger = logger
        memory = Mutex(SeatMapMemory(byteLimit: byteLimit))
        pool.configuration.connection.commits.observe { [weak self] changes in
            for change in changes where change.kind == CommittedChange.seats {
                self?.memory.withLock { $0.committed(change.id) }
            }
        }
    }

    /// How many readings of the database have begun.
    var readingCount: Int { metrics.readingCount }

    /// How many showtimes are watched.
    var watchedCount: Int { memory.withLock { $0.watchedCount } }

    /// The seats of a showtime as they are now.
    ///
    /// Callers share a reading. Each of them waits for its end, even when it is cancelled, and perhaps for one more reading that begins
    /// after it. A reading is a few statements, each of which ends within the limits of the pool and its connections
    /// (``PostgresPoolConfiguration``).
    ///
    /// - Throws: ``Refusal/notFound``.
    package func map(showtimeID: Int64) async throws -> KeptSeatMap {
        let arrival = memory.withLock { $0.arrive(showtimeID, at: .now) }
        while true {
            let look = memory.withLock { memory in
                switch memory.look(showtimeID, arrival: arrival, at: .now) {
                case .read: SeatMapMemory.Look.await(beginReading([showtimeID], in: pool, memory: &memory))
                case let look: look
                }
            }
            switch look {
            case .show(let kept):
                metrics.shown()
                return kept
            case .await(let reading):
                guard let found = try await reading.value[showtimeID] else { throw Refusal.notFound }
                return try found.get()
            case .awaitTurn(let reading): _ = await reading.result
            case .read: continue
            }
        }
    }

    /// Returns the map, and from then on calls `tell` with each new map until ``unwatch(showtimeID:)``.
    ///
    /// - Parameter tell: called with each new map. All watchers of a showtime at a time share one. It must be quick.
    /// - Throws: ``Refusal/notFound``; then the showtime isn't watched.
    package func watch(showtimeID: Int64, tell: @escaping @Sendable (KeptSeatMap) -> Void) async throws -> KeptSeatMap {
        memory.withLock { $0.watch(showtimeID, at: .now, tell: tell) }
        do {
            return try await map(showtimeID: showtimeID)
        } catch {
            unwatch(showtimeID: showtimeID)
            throw error
        }
    }

    package func unwatch(showtimeID: Int64) {
        memory.withLock { $0.unwatch(showtimeID) }
    }

    /// Handles the hint that another process has changed the seats of these showtimes.
    func markChanged(_ showtimes: SeatHint.Showtimes) {
        switch showtimes {
        case .some(let ids): memory.withLock { memory in for id in ids { memory.committed(id) } }
        case .all: isComparisonDue.store(true, ordering: .relaxed)
        }
    }

    // MARK: Reading

    /// The reading has a task of its own: when the first caller is cancelled, the others that wait for it still get the result.
    private func beginReading(
        _ ids: [Int64], in session: some PostgresSession, memory: inout SeatMapMemory
    ) -> SeatMapMemory.Reading {
        let began = ContinuousClock.now
        let generations = memory.generations(of: ids, at: began)
        let number = memory.nextReading()
        let reading = SeatMapMemory.Reading { try await self.read(number, generations, began: began, in: session) }
        memory.begin(reading, number, of: generations, at: began)
        return reading
    }

    private func read(
        _ number: UInt64, _ generations: [Int64: UInt64], began: ContinuousClock.Instant, in session: some PostgresSession
    ) async throws -> [Int64: Result<KeptSeatMap, any Error>] {
        metrics.read()
        defer { memory.withLock { $0.end(number, of: generations.keys) } }
        let claims = try await store.claims(showtimeIDs: Array(generations.keys), in: session)
        let claimsReadAt = ContinuousClock.now
        var found: [Int64: Result<KeptSeatMap, any Error>] = [:]
        for (id, generation) in generations {
            do {
                guard let claims = claims[id], let (plan, current) = try await agreeing(id, claims, readAt: claimsReadAt, in: session)
                else {
                    memory.withLock { $0.remove(id) }
                    continue
                }
                found[id] = .success(keep(SeatMap(plan: plan, claims: current), current.nextLapse, generation, began: began))
            } catch let error as PostgresError where error.leavesNoConnection {
                // The other readings would fail in the same way, one after the other.
                throw error
            } catch {
                found[id] = .failure(error)
            }
        }
        return found
    }

    private func keep(_ map: SeatMap, _ nextLapse: Duration?, _ generation: UInt64, began: ContinuousClock.Instant) -> KeptSeatMap {
        let known = memory.withLock { $0.kept(map.showtimeID) }
        let body = if let known, known.tag == map.tag { known.body } else { encode(map) }
        let now = ContinuousClock.now
        let (kept, watch) = memory.withLock { memory in
            memory.keep(map, body: body, lapsesAt: nextLapse.map { began + $0 }, generation: generation, began: began, at: now)
        }
        watch?.tell(kept)
        return kept
    }

    /// The plan of the version that the seat claims are of. They are read again when the showtime has changed in between: a revision with other
    /// prices than it has elsewhere would hide their change from those who ask what has changed since. They are also read again when the
    /// plan took so long to read that a map of them would be too old for those who wait for it.
    private func agreeing(
        _ id: Int64, _ claims: SeatClaims, readAt: ContinuousClock.Instant, in session: some PostgresSession
    ) async throws -> (ShowtimePlan, SeatClaims)? {
        var (claims, readAt) = (claims, readAt)
        for _ in 0..<3 {
            guard let plan = try await plans.plan(showtimeID: id, version: claims.version, in: session) else { return nil }
            if plan.version == claims.version, ContinuousClock.now - readAt <= SeatMapMemory.lifetime { return (plan, claims) }
            guard let again = try await store.claims(showtimeIDs: [id], in: session)[id] else { return nil }
            (claims, readAt) = (again, ContinuousClock.now)
        }
        throw Refusal.showtimeChanging
    }

    // MARK: Staying fresh

    /// Until shutdown, compares maps with the database, and reads watched ones again when they have changed.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var comparedAt = ContinuousClock.now
            var failure: (any Error)?
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.tick)
                let before = failure
                failure = nil
                let now = ContinuousClock.now
                if self.isComparisonDue.exchange(false, ordering: .relaxed) || now - comparedAt >= self.comparisonInterval {
                    comparedAt = now
                    await self.attempt(&failure) { try await self.compare() }
                    if failure != nil { self.isComparisonDue.store(true, ordering: .relaxed) }
                }
                await self.attempt(&failure) { try await self.readOutdated() }
                self.tell(failure, after: before)
            }
        }
        await ownSession.close()
    }

    private func attempt(_ failure: inout (any Error)?, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            failure = error
        }
    }

    /// Logs once when maps can no longer be kept fresh, and once when they can again.
    private func tell(_ failure: (any Error)?, after before: (any Error)?) {
        if let failure, before == nil, !Task.isCancelled {
            logger.warning("Seat maps can't be kept fresh", metadata: ["error": "\(String(reflecting: failure))"])
        } else if failure == nil, before != nil {
            logger.info("Seat maps are kept fresh again")
        }
    }

    private func compare() async throws {
        let began = ContinuousClock.now
        let ids = memory.withLock { $0.compared(at: began) }
        guard !ids.isEmpty else { return }
        let revisions = try await store.revisions(showtimeIDs: ids, in: ownSession)
        memory.withLock { memory in
            for found in revisions { memory.compare(found, began: began) }
        }
    }

    /// - Throws: the last failure, after all other maps have been read.
    private func readOutdated() async throws {
        var outdated = memory.withLock { $0.outdatedWatched(at: .now) }[...]
        var failure: (any Error)?
        while !outdated.isEmpty {
            let batch = outdated.prefix(Self.batchLimit)
            outdated = outdated.dropFirst(batch.count)
            // Another task may have begun to read some of them meanwhile.
            let reading = memory.withLock { memory -> SeatMapMemory.Reading? in
                let free = Set(memory.outdatedWatched(at: .now)).intersection(batch)
                return free.isEmpty ? nil : beginReading(Array(free), in: ownSession, memory: &memory)
            }
            do {
                guard let found = try await reading?.value else { continue }
                for case .failure(let error) in found.values { failure = error }
            } catch let error as PostgresError where error.leavesNoConnection {
                throw error
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}

extension PostgresError {
    /// Whether the next statement would fail in the same way.
    fileprivate var leavesNoConnection: Bool { [.connectionFailed, .connectionLost].contains(code) }
}

/// The metrics of seat maps.
final class SeatMapMetrics: Sendable {
    private let fromMemory = Counter(label: "piao_seat_maps_shown_from_memory_total")
    private let readings = Counter(label: "piao_seat_map_readings_total")
    private let count = Atomic<Int>(0)

    /// How many readings have begun.
    var readingCount: Int { count.load(ordering: .relaxed) }

    func shown() { fromMemory.increment() }

    func read() {
        count.add(1, ordering: .relaxed)
        readings.increment()
    }
}
