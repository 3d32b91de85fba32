package import Database
package import Logging
import ServiceLifecycle
import Synchronization

/// The seat maps of showtimes, mostly from memory.
///
/// A map is never older than the last commit that this process has acknowledged, and at most a second behind other processes: this
/// process's own commits are told (``CommittedChanges``), and while it runs, it compares the revisions of all maps that are wanted with the
/// database, in one query. At most one reading of a showtime is under way; whoever else wants it waits for its end.
package final class SeatMaps: Service {
    private let database: PostgresPool
    private let plans: ShowtimePlans
    private let encode: @Sendable (SeatMap) -> [UInt8]
    private let logger: Logger
    private let store = SeatStore()
    private let memory: Mutex<SeatMapMemory>
    private let metrics = SeatMapMetrics()

    /// How often watched showtimes are looked after, and how many looks lie between two comparisons with the database.
    private static let tick: (interval: Duration, ticksToComparison: Int) = (.milliseconds(100), 3)
    /// How many showtimes one query reads.
    private static let batchLimit = 64

    /// - Parameters:
    ///   - byteLimit: how much memory the maps may take, about.
    ///   - encode: how a map is answered.
    package init(
        database: PostgresPool,
        plans: ShowtimePlans,
        byteLimit: Int = 64 << 20,
        logger: Logger,
        encode: @escaping @Sendable (SeatMap) -> [UInt8]
    ) {
        self.database = database
        self.plans = plans
        self.encode = encode
        self.logger = logger
        memory = Mutex(SeatMapMemory(byteLimit: byteLimit))
        database.configuration.connection.commits.observe { [weak self] changes in
            for change in changes where change.kind == CommittedChange.seats {
                self?.memory.withLock { $0.committed(change.id) }
            }
        }
    }

    /// How many readings of the database have begun.
    var readingCount: Int { metrics.readingCount }

    /// The seats of a showtime as they are now.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func map(showtimeID: Int64) async throws -> KeptSeatMap {
        let arrival = memory.withLock { $0.arrive(showtimeID, at: .now) }
        while true {
            let look = memory.withLock { memory in
                switch memory.look(showtimeID, arrival: arrival, at: .now) {
                case .read: SeatMapMemory.Look.await(beginReading([showtimeID], memory: &memory))
                case let look: look
                }
            }
            switch look {
            case .show(let kept):
                metrics.shown()
                return kept
            case .await(let reading):
                guard let kept = try await reading.value[showtimeID] else { throw Refusal.notFound }
                return kept
            case .awaitTurn(let reading): _ = await reading.result
            case .read: continue
            }
        }
    }

    /// The same, and from then on tells of each new map until ``unwatch(showtimeID:)``.
    ///
    /// - Parameter tell: the same for all who watch a showtime at a time; must be quick.
    /// - Throws: ``Refusal/notFound``; then nothing is watched.
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

    // MARK: Reading

    /// In a task of its own: whoever asked first may go away, those who wait with it shall not.
    private func beginReading(_ ids: [Int64], memory: inout SeatMapMemory) -> SeatMapMemory.Reading {
        let began = ContinuousClock.now
        let generations = memory.generations(of: ids, at: began)
        let number = memory.nextReading()
        let reading = SeatMapMemory.Reading { try await self.read(number, generations, began: began) }
        memory.begin(reading, number, of: generations, at: began)
        return reading
    }

    private func read(_ number: UInt64, _ generations: [Int64: UInt64], began: ContinuousClock.Instant) async throws -> [Int64: KeptSeatMap]
    {
        metrics.read()
        defer { memory.withLock { $0.end(number, of: generations.keys) } }
        let claims = try await store.claims(showtimeIDs: Array(generations.keys), in: database)
        var kept: [Int64: KeptSeatMap] = [:]
        for (id, generation) in generations {
            guard let claims = claims[id], let (plan, current) = try await agreeing(id, claims) else {
                memory.withLock { $0.forget(id) }
                continue
            }
            let map = SeatMap(plan: plan, claims: current)
            let isKnown = memory.withLock { $0.kept(id)?.tag == map.tag }
            let body = isKnown ? nil : encode(map)
            let now = ContinuousClock.now
            let (added, watch) = memory.withLock { memory in
                memory.keep(
                    map, body: body, lapsesAt: current.nextLapse.map { began + $0 }, generation: generation, began: began, at: now
                )
            }
            kept[id] = added
            watch?.tell(added)
        }
        return kept
    }

    /// The plan of the version that the claims are of. They are read again when the showtime has changed in between: a revision with other
    /// prices than it has elsewhere would hide their change from those who ask what has changed since.
    private func agreeing(_ id: Int64, _ claims: SeatClaims) async throws -> (ShowtimePlan, SeatClaims)? {
        var claims = claims
        for _ in 0..<3 {
            guard let plan = try await plans.plan(showtimeID: id, version: claims.version) else { return nil }
            if plan.version == claims.version { return (plan, claims) }
            guard let again = try await store.claims(showtimeIDs: [id], in: database)[id] else { return nil }
            claims = again
        }
        throw Refusal.showtimeChanging
    }

    // MARK: Staying fresh

    /// Compares maps with the database, and reads watched ones again when they have changed, until shutdown.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var ticks = 0
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.tick.interval)
                ticks += 1
                do {
                    if ticks % Self.tick.ticksToComparison == 0 { try await self.compare() }
                    try await self.readOutdated()
                } catch {
                    guard !Task.isCancelled else { break }
                    self.logger.warning("Seat maps can't be kept fresh", metadata: ["error": "\(String(reflecting: error))"])
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
    }

    private func compare() async throws {
        let began = ContinuousClock.now
        let ids = memory.withLock { $0.compared(at: began) }
        guard !ids.isEmpty else { return }
        let revisions = try await store.revisions(showtimeIDs: ids, in: database)
        memory.withLock { memory in
            for found in revisions { memory.compare(found.id, revision: found.revision, version: found.version, began: began) }
        }
    }

    private func readOutdated() async throws {
        var outdated = memory.withLock { $0.outdatedWatched(at: .now) }[...]
        while !outdated.isEmpty {
            let batch = outdated.prefix(Self.batchLimit)
            outdated = outdated.dropFirst(batch.count)
            // Somebody may have begun to read some of them meanwhile.
            let reading = memory.withLock { memory -> SeatMapMemory.Reading? in
                let free = Set(memory.outdatedWatched(at: .now)).intersection(batch)
                return free.isEmpty ? nil : beginReading(Array(free), memory: &memory)
            }
            _ = try await reading?.value
        }
    }
}
