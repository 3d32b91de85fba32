/// Decides which seat maps stay in memory and which of them may be shown. It has the rules of freshness, and neither reads nor waits.
///
/// A map may be shown while it was compared with the database less than ``lifetime`` ago, no seat claim on it has lapsed since, and this process
/// has committed no change of its seats, nor heard of one, since its reading began. A reading that a commit crossed leaves a map that only
/// those are shown who asked before the commit was acknowledged.
struct SeatMapMemory: Sendable {
    /// A reading under way, of one showtime or several. Showtimes that don't exist are not among its results.
    typealias Reading = Task<[Int64: Result<KeptSeatMap, any Error>], any Error>

    private struct Entry {
        var kept: KeptSeatMap?
        /// Grows with each change of the seats that this process commits or is notified of. A new entry starts with ``lastGeneration``. So
        /// a reading doesn't count when it began before a commit of which the memory was notified while it had no entry.
        var generation: UInt64
        /// The generation when the reading of `kept` began.
        var keptGeneration: UInt64 = 0
        /// When that reading began.
        var keptBegan: ContinuousClock.Instant?
        /// The start of the last comparison that found `kept` unchanged, or of its reading; `nil` when `kept` was found outdated.
        var comparedAt: ContinuousClock.Instant?
        var askedAt: ContinuousClock.Instant
        var reading: (task: Reading, number: UInt64, generation: UInt64, began: ContinuousClock.Instant)?
        var watch: Watch?

        /// Whether the entry must stay in memory, because a reading or a watch uses it.
        var isNeeded: Bool { reading != nil || watch != nil }

        var byteCount: Int { 256 + (kept?.byteCount ?? 0) }
    }

    /// The readers that receive each new map of a showtime.
    struct Watch: Sendable {
        var count = 0
        let tell: @Sendable (KeptSeatMap) -> Void
    }

    /// What to do for a caller that asks for a map.
    enum Look {
        case show(KeptSeatMap)
        /// Wait for a reading that began late enough. Its result may be shown.
        case await(Reading)
        /// Wait for a reading that began too early, and look again afterwards.
        case awaitTurn(Reading)
        /// Begin a reading, because none is under way.
        case read
    }

    /// How long a map may be shown after its last comparison with the database.
    static let lifetime: Duration = .milliseconds(500)
    /// How long after the last request a map is still compared with the database.
    static let interest: Duration = .seconds(2)
    /// While a reading of a watched map is younger than this, no second one begins. A reading may be slow, for example because it waits for
    /// a connection.
    static let patience: Duration = .milliseconds(200)

    private let byteLimit: Int
    // The memory has two halves. An entry that is asked for moves to the younger one. When that is full, the older one is removed, which
    // nobody has asked for lately.
    private var younger: [Int64: Entry] = [:]
    private var older: [Int64: Entry] = [:]
    private var youngerBytes = 0
    private var watched: Set<Int64> = []
    private var lastNumber: UInt64 = 0
    private var lastReading: UInt64 = 0
    /// Grows with each change of any showtime that the memory is notified of.
    private var lastGeneration: UInt64 = 0

    /// - Parameter byteLimit: about how much memory all maps may take. Watched maps stay even beyond it.
    init(byteLimit: Int) {
        self.byteLimit = byteLimit
    }

    /// How many showtimes are in memory.
    var count: Int { younger.count + older.count }

    /// How many showtimes are watched.
    var watchedCount: Int { watched.count }

    // MARK: Asking

    /// The generation that a map must have for somebody who asks now.
    mutating func arrive(_ id: Int64, at now: ContinuousClock.Instant) -> UInt64 {
        bringForward(id, at: now)
        change(id) { $0.askedAt = now }
        return younger[id]?.generation ?? 0
    }

    /// - Parameter arrival: the generation when the caller arrived.
    func look(_ id: Int64, arrival: UInt64, at now: ContinuousClock.Instant) -> Look {
        guard let entry = younger[id] ?? older[id] else { return .read }
        if let kept = entry.kept, let comparedAt = entry.comparedAt, entry.keptGeneration >= arrival, now - comparedAt < Self.lifetime,
            kept.lapsesAt.map({ now < $0 }) ?? true
        {
            return .show(kept)
        }
        guard let reading = entry.reading else { return .read }
        return reading.generation >= arrival && now - reading.began < Self.lifetime ? .await(reading.task) : .awaitTurn(reading.task)
    }

    // MARK: Reading

    /// The generations of showtimes whose reading is about to begin.
    mutating func generations(of ids: [Int64], at now: ContinuousClock.Instant) -> [Int64: UInt64] {
        var generations: [Int64: UInt64] = [:]
        for id in ids {
            bringForward(id, at: now)
            generations[id] = younger[id]?.generation ?? 0
        }
        return generations
    }

    /// The number of a reading that is about to begin.
    mutating func nextReading() -> UInt64 {
        lastReading += 1
        return lastReading
    }

    /// Notes that a reading has begun.
    mutating func begin(_ task: Reading, _ number: UInt64, of generations: [Int64: UInt64], at now: ContinuousClock.Instant) {
        for (id, generation) in generations {
            change(id) { $0.reading = (task, number, generation, now) }
        }
    }

    /// The map that is in memory, however old.
    func kept(_ id: Int64) -> KeptSeatMap? {
        (younger[id] ?? older[id])?.kept
    }

    /// Keeps the map that a reading has found, unless a reading that began later has finished before.
    ///
    /// - Parameter generation: the generation when the reading began, at `began`.
    /// - Returns: the map that is in memory now, and the watch to notify if the map is new.
    mutating func keep(
        _ map: SeatMap,
        body: [UInt8],
        lapsesAt: ContinuousClock.Instant?,
        generation: UInt64,
        began: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) -> (kept: KeptSeatMap, tell: Watch?) {
        bringForward(map.showtimeID, at: now)
        let previous = younger[map.showtimeID]?.kept
        if let previous, let keptBegan = younger[map.showtimeID]?.keptBegan, keptBegan > began { return (previous, nil) }
        let isNews = previous?.tag != map.tag
        lastNumber += 1
        let kept = KeptSeatMap(
            map: map,
            body: body,
            number: lastNumber,
            steps: previous.map { previous in
                isNews
                    ? previous.steps.adding(previous.map, to: map, mayHaveLapsed: previous.lapsesAt.map { $0 <= now } ?? false)
                    : previous.steps
            } ?? SeatMapSteps(),
            lapsesAt: lapsesAt
        )
        youngerBytes += kept.byteCount - (previous?.byteCount ?? 0)
        change(map.showtimeID) { entry in
            entry.kept = kept
            entry.keptGeneration = generation
            entry.keptBegan = began
            entry.comparedAt = began
        }
        return (kept, isNews ? younger[map.showtimeID]?.watch : nil)
    }

    /// Records that a reading is over. When a showtime was removed meanwhile, another reading of it may have begun, which goes on.
    mutating func end(_ number: UInt64, of ids: some Sequence<Int64>) {
        for id in ids {
            change(id) { entry in
                if entry.reading?.number == number { entry.reading = nil }
            }
        }
    }

    /// Removes a showtime that doesn't exist.
    mutating func remove(_ id: Int64) {
        guard (younger[id] ?? older[id])?.watch == nil else { return }
        if let entry = younger.removeValue(forKey: id) { youngerBytes -= entry.byteCount }
        older[id] = nil
    }

    // MARK: Staying fresh

    /// A change of a showtime's seats was committed, by this process or by another one that sent a hint. Maps that were read before no
    /// longer count.
    mutating func committed(_ id: Int64) {
        lastGeneration += 1
        let generation = lastGeneration
        change(id) { $0.generation = generation }
    }

    /// The showtimes whose maps should be compared with the database: watched ones and those asked for a moment ago.
    func compared(at now: ContinuousClock.Instant) -> [Int64] {
        [younger, older].flatMap { entries in
            entries.compactMap { id, entry in
                entry.kept != nil && (entry.watch != nil || now - entry.askedAt < Self.interest) ? id : nil
            }
        }
    }

    /// Compares a map with the facts that the database gave.
    ///
    /// - Parameter began: when the database was asked.
    mutating func compare(_ found: SeatMapRevision, began: ContinuousClock.Instant) {
        change(found.showtimeID) { entry in
            guard let kept = entry.kept?.map else { return }
            if kept.revision == found.revision, kept.tag.version == found.version, kept.seatLimit == found.seatLimit {
                entry.comparedAt = entry.comparedAt.map { max($0, began) }
            } else if found.revision >= kept.revision, found.version >= kept.tag.version {
                entry.comparedAt = nil
            }
        }
    }

    /// The watched showtimes whose maps have to be read again.
    func outdatedWatched(at now: ContinuousClock.Instant) -> [Int64] {
        watched.filter { id in
            guard let entry = younger[id] ?? older[id] else { return false }
            if let reading = entry.reading, now - reading.began < Self.patience { return false }
            guard let kept = entry.kept, entry.comparedAt != nil, entry.keptGeneration == entry.generation else { return true }
            return kept.lapsesAt.map { $0 <= now } ?? false
        }
    }

    // MARK: Watching

    mutating func watch(_ id: Int64, at now: ContinuousClock.Instant, tell: @escaping @Sendable (KeptSeatMap) -> Void) {
        bringForward(id, at: now)
        change(id) { entry in
            var watch = entry.watch ?? Watch(tell: tell)
            watch.count += 1
            entry.watch = watch
        }
        watched.insert(id)
    }

    mutating func unwatch(_ id: Int64) {
        change(id) { entry in
            entry.watch?.count -= 1
            if entry.watch?.count == 0 { entry.watch = nil }
        }
        if (younger[id] ?? older[id])?.watch == nil { watched.remove(id) }
    }

    // MARK: Room

    private mutating func change(_ id: Int64, _ body: (inout Entry) -> Void) {
        if let index = younger.index(forKey: id) {
            body(&younger.values[index])
        } else if let index = older.index(forKey: id) {
            body(&older.values[index])
        }
    }

    /// Moves an entry to the younger half; makes a new one if there is none.
    private mutating func bringForward(_ id: Int64, at now: ContinuousClock.Instant) {
        guard younger[id] == nil else { return }
        let entry = older.removeValue(forKey: id) ?? Entry(generation: lastGeneration, askedAt: now)
        makeRoom()
        younger[id] = entry
        youngerBytes += entry.byteCount
    }

    private mutating func makeRoom() {
        guard youngerBytes > byteLimit / 2 else { return }
        let needed = older.filter(\.value.isNeeded)
        older = younger.merging(needed) { younger, _ in younger }
        younger = [:]
        youngerBytes = 0
    }
}
