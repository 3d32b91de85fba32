import Testing

@testable import Shared

@Suite("Which seat maps may be shown from memory")
struct SeatMapMemoryTests {
    private let start = ContinuousClock.now
    private let reading = SeatMapMemory.Reading { [:] }

    private func map(_ showtimeID: Int64 = 1, revision: Int64, version: Int64 = 1) -> SeatMap {
        SeatMap(
            plan: SeatFixtures.plan(["SSS"], showtimeID: showtimeID, version: version),
            claims: SeatClaims(version: version, revision: revision))
    }

    /// Reads a map within one moment.
    @discardableResult
    private func read(
        _ memory: inout SeatMapMemory, _ map: SeatMap, at now: ContinuousClock.Instant, lapsesAt: ContinuousClock.Instant? = nil,
        bytes: Int = 0
    ) -> (kept: KeptSeatMap, tell: SeatMapMemory.Watch?) {
        let generation = memory.generations(of: [map.showtimeID], at: now)[map.showtimeID] ?? 0
        let kept = memory.keep(
            map, body: Array(repeating: 0, count: bytes), lapsesAt: lapsesAt, generation: generation, began: now, at: now)
        memory.end(0, of: [map.showtimeID])
        return kept
    }

    /// What somebody who asks now is shown: the revision, or what it has to wait for.
    private func ask(_ memory: inout SeatMapMemory, _ id: Int64 = 1, at now: ContinuousClock.Instant) -> String {
        let arrival = memory.arrive(id, at: now)
        return switch memory.look(id, arrival: arrival, at: now) {
        case .show(let kept): "\(kept.map.revision)"
        case .await: "await"
        case .awaitTurn: "await turn"
        case .read: "read"
        }
    }

    /// The database says what it has of the first showtime.
    private func compare(
        _ memory: inout SeatMapMemory, revision: Int64, version: Int64, seatLimit: Int = 20, began: ContinuousClock.Instant
    ) {
        memory.compare(
            SeatMapRevision(showtimeID: 1, revision: revision, version: version, seatLimit: seatLimit), began: began)
    }

    @Test("A map is shown for half a second, and longer when the database still says the same")
    func lifetime() {
        var memory = SeatMapMemory(byteLimit: 1 << 20)
        #expect(ask(&memory, at: start) == "read")
        read(&memory, map(revision: 3), at: start)
        #expect(ask(&memory, at: start + .milliseconds(499)) == "3")
        #expect(ask(&memory, at: start + .milliseconds(500)) == "read")
        compare(&memory, revision: 3, version: 1, began: start + .milliseconds(400))
        #expect(ask(&memory, at: start + .milliseconds(899)) == "3")
        #expect(ask(&memory, at: start + .milliseconds(900)) == "read")
        // An answer that comes late doesn't make it younger than it is.
        compare(&memory, revision: 3, version: 1, began: start + .milliseconds(300))
        #expect(ask(&memory, at: start + .milliseconds(899)) == "3")
    }

    @Test("The end of a reading that found no showtime leaves the next reading of it under way")
    func endOfDropped() {
        var memory = SeatMapMemory(byteLimit: 1 << 20)
        let (first, second) = (memory.nextReading(), memory.nextReading())
        memory.begin(reading, first, of: memory.generations(of: [1], at: start), at: start)
        memory.remove(1)
        #expect(ask(&memory, at: start) == "read")
        memory.begin(reading, second, of: memory.generations(of: [1], at: start), at: start)
        memory.end(first, of: [1])
        #expect(ask(&memory, at: start) == "await")
        memory.end(second, of: [1])
        #expect(ask(&memory, at: start) == "read")
    }

    @Test(
        "Another revision, version or limit in the database ends it; an older one is of before",
        arguments: [(4, 1, 20, "read"), (3, 2, 20, "read"), (3, 1, 6, "read"), (2, 1, 6, "3"), (2, 1, 20, "3")])
    func compared(revision: Int64, version: Int64, seatLimit: Int, shown: String) {
        var memory = SeatMapMemory(byteLimit: 1 << 20)
        read(&memory, map(revision: 3), at: start)
        compare(&memory, revision: revision, version: version, seatLimit: seatLimit, began: start)
        #expect(ask(&memory, at: start) == shown)
    }

    @Test("It is not shown past the moment when the next claim lapses")
    func lapse() {
        var memory = SeatMapMemory(byteLimit: 1 << 20)
        read(&memory, map(revision: 3), at: start, lapsesAt: start + .milliseconds(100))
        #expect(ask(&memory, at: start + .milliseconds(99)) == "3")
        #expect(ask(&memory, at: start + .milliseconds(100)) == "read")
    }

    @Test("After a commit of this process it is read again, whatever a comparison says that began before")
    func commit() {
        var memory = SeatMapMemory(byteLimit: 1 << 20)
        read(&memory, map(revision: 3), at: start)
        read(&memory, map(2, revision: 8), at: start)
        memory.committed(1)
        compare(&memory, revision: 3, version: 1, began: start)
        #expect(ask(&memory, at: start) == "read")
        #expect(ask(&memory, 2, at: start) == "8")
        read(&memory, map(revision: 4), at: start)
        #expect(ask(&memory, at: start) == "4")
        // Of a showtime that nobody has asked for nothing is noted.
        memory.committed(77)
        #expect(memory.count == 2)
    }

    @Test("A reading that a commit crossed is shown to those who came before it and to nobody after")
    func crossing() {
        var memory = SeatMapMemory(byteLimit: 1 << 20)
        let before = memory.arrive(1, at: start)
        let generations = memory.generations(of: [1], at: start)
        memory.begin(reading, 1, of: generations, at: start)
        #expect(ask(&memory, at: start) == "await")
        memory.committed(1)
        #expect(ask(&memory, at: start) == "await turn")
        _ = memory.keep(map(revision: 3), body: [], lapsesAt: nil, generation: generations[1] ?? 0, began: start, at: start)
        memory.end(1, of: [1])
        guard case .show = memory.look(1, arrival: before, at: start) else {
            Issue.record("Whoever came before the commit may see the map of before.")
            return
        }
        #expect(ask(&memory, at: start) == "read")
        read(&memory, map(revision: 4), at: start)
        #expect(ask(&memory, at: start) == "4")
    }

    @Test("A reading that is stuck is not waited for where somebody watches, and what it finds later counts no more")
    func stuck() {
        var memory = SeatMapMemory(byteLimit: 1 << 20)
        read(&memory, map(revision: 1), at: start)
        memory.watch(1, at: start) { _ in }
        memory.committed(1)
        let (first, second) = (memory.nextReading(), memory.nextReading())
        memory.begin(reading, first, of: memory.generations(of: [1], at: start), at: start)
        #expect(memory.outdatedWatched(at: start + .milliseconds(199)).isEmpty)
        let later = start + .milliseconds(200)
        #expect(memory.outdatedWatched(at: later) == [1])
        let generations = memory.generations(of: [1], at: later)
        memory.begin(reading, second, of: generations, at: later)
        let new = memory.keep(map(revision: 3), body: [3], lapsesAt: nil, generation: generations[1] ?? 0, began: later, at: later)
        memory.end(second, of: [1])
        #expect(new.tell != nil)
        let old = memory.keep(map(revision: 2), body: [2], lapsesAt: nil, generation: generations[1] ?? 0, began: start, at: later)
        memory.end(first, of: [1])
        #expect(old.tell == nil)
        #expect(old.kept.body == [3])
        #expect(ask(&memory, at: later) == "3")
    }

    @Test("Nobody joins a reading that began half a second ago: it may be stuck")
    func oldReading() {
        var memory = SeatMapMemory(byteLimit: 1 << 20)
        memory.begin(reading, 1, of: memory.generations(of: [1], at: start), at: start)
        #expect(ask(&memory, at: start + .milliseconds(499)) == "await")
        #expect(ask(&memory, at: start + .milliseconds(500)) == "await turn")
    }

    @Test("Memory is bounded: what nobody has asked for lately goes, what is watched or being read stays")
    func room() {
        var memory = SeatMapMemory(byteLimit: 100_000)
        read(&memory, map(1, revision: 1), at: start, bytes: 1000)
        read(&memory, map(2, revision: 1), at: start, bytes: 1000)
        memory.watch(2, at: start) { _ in }
        memory.begin(reading, 1, of: memory.generations(of: [3], at: start), at: start)
        for id in Int64(10)...200 {
            read(&memory, map(id, revision: 1), at: start, bytes: 1000)
            #expect(ask(&memory, 1, at: start) == "1", "It was asked for all the time.")
        }
        #expect(memory.count < 70)
        #expect(ask(&memory, 2, at: start) == "1")
        #expect(ask(&memory, 3, at: start) == "await")
        #expect(ask(&memory, 10, at: start) == "read")
        #expect(ask(&memory, 200, at: start) == "1")
        memory.unwatch(2)
        for id in Int64(300)...500 { read(&memory, map(id, revision: 1), at: start, bytes: 1000) }
        #expect(ask(&memory, 2, at: start) == "read")
    }

    @Test(
        "A reading that was overtaken is not shown after a commit, though its showtime was out of memory when that was told",
        arguments: [true, false])
    func evicted(isCommitted: Bool) {
        var memory = SeatMapMemory(byteLimit: 100_000)
        let (first, second) = (memory.nextReading(), memory.nextReading())
        let generations = memory.generations(of: [1], at: start)
        memory.begin(reading, first, of: generations, at: start)
        memory.begin(reading, second, of: memory.generations(of: [1], at: start), at: start)
        _ = memory.keep(map(revision: 1), body: [], lapsesAt: nil, generation: generations[1] ?? 0, began: start, at: start)
        memory.end(second, of: [1])
        for id in Int64(10)...200 { read(&memory, map(id, revision: 1), at: start, bytes: 1000) }
        #expect(memory.kept(1)?.map.revision == nil, "It has gone.")
        if isCommitted { memory.committed(1) }
        #expect(ask(&memory, at: start) == "read")
        _ = memory.keep(map(revision: 1), body: [], lapsesAt: nil, generation: generations[1] ?? 0, began: start, at: start)
        memory.end(first, of: [1])
        #expect(ask(&memory, at: start) == (isCommitted ? "read" : "1"))
    }

    @Test("Compared with the database are watched maps and those asked for within two seconds")
    func compared() {
        var memory = SeatMapMemory(byteLimit: 1 << 20)
        for id in Int64(1)...3 { read(&memory, map(id, revision: 1), at: start) }
        memory.watch(2, at: start) { _ in }
        _ = memory.arrive(3, at: start + .seconds(1))
        #expect(Set(memory.compared(at: start + .milliseconds(1_999))) == [1, 2, 3])
        #expect(Set(memory.compared(at: start + .milliseconds(2_000))) == [2, 3])
        #expect(memory.compared(at: start + .seconds(3)) == [2])
        memory.unwatch(2)
        #expect(memory.compared(at: start + .seconds(3)).isEmpty)
    }

    @Test("A watched map is read again after a commit, another revision, or a lapse, and whoever watches is told of what is new")
    func watched() {
        var memory = SeatMapMemory(byteLimit: 1 << 20)
        read(&memory, map(revision: 1), at: start, lapsesAt: start + .seconds(9))
        memory.watch(1, at: start) { _ in }
        #expect(memory.outdatedWatched(at: start + .seconds(8)).isEmpty)
        #expect(memory.outdatedWatched(at: start + .seconds(9)) == [1])
        memory.committed(1)
        #expect(memory.outdatedWatched(at: start) == [1])
        memory.begin(reading, 1, of: memory.generations(of: [1], at: start), at: start)
        #expect(memory.outdatedWatched(at: start).isEmpty, "It is being read.")
        memory.end(1, of: [1])
        #expect(read(&memory, map(revision: 1), at: start).tell == nil)
        #expect(read(&memory, map(revision: 2), at: start).tell != nil)
        #expect(memory.outdatedWatched(at: start).isEmpty)
        compare(&memory, revision: 3, version: 1, began: start)
        #expect(memory.outdatedWatched(at: start) == [1])
    }

    @Test("A showtime that doesn't exist is removed")
    func removed() {
        var memory = SeatMapMemory(byteLimit: 1 << 20)
        for id in Int64(1)...100 {
            _ = ask(&memory, id, at: start)
            memory.remove(id)
        }
        #expect(memory.count == 0)
    }
}
