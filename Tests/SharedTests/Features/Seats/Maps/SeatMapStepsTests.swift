import Testing

@testable import Shared

@Suite("What has changed of a seat map")
struct SeatMapStepsTests {
    /// A map of five seats, 101 to 105.
    private func map(
        _ revision: Int64, claimed: Set<Int64> = [], sold: Set<Int64> = [], lapsed: Set<Int64> = [], version: Int64 = 1
    ) -> SeatMap {
        var states: [Int64: SeatState] = [:]
        for id in claimed { states[id] = .claimed }
        for id in sold { states[id] = .sold }
        return SeatMap(
            plan: SeatFixtures.plan(["SSSSS"], version: version),
            claims: SeatClaims(version: version, revision: revision, lapsed: lapsed, states: states))
    }

    private func steps(_ maps: [SeatMap], mayHaveLapsed: Bool = false) -> SeatMapSteps {
        zip(maps, maps.dropFirst()).reduce(SeatMapSteps()) { $0.adding($1.0, to: $1.1, mayHaveLapsed: mayHaveLapsed) }
    }

    @Test("Exactly the seats that changed since a revision are told, over several revisions too")
    func changes() {
        let maps = [map(1), map(2, claimed: [101]), map(3, claimed: [101, 103]), map(4, claimed: [103], sold: [101])]
        let steps = steps(maps)
        #expect(steps.places(changedSince: 1, in: maps[3]) == [0, 2])
        #expect(steps.places(changedSince: 2, in: maps[3]) == [0, 2])
        #expect(steps.places(changedSince: 3, in: maps[3]) == [0])
        #expect(steps.places(changedSince: 4, in: maps[3]) == [])
    }

    @Test("A revision that was never seen, that is still to come, or that is of another plan gives the whole map")
    func unknown() {
        let maps = [map(2), map(5, claimed: [101])]
        let steps = steps(maps)
        for revision: Int64 in [0, 1, 3, 4, 6, .max] { #expect(steps.places(changedSince: revision, in: maps[1]) == nil, "\(revision)") }
        let dearer = map(6, claimed: [101], version: 2)
        let since = steps.adding(maps[1], to: dearer, mayHaveLapsed: false)
        #expect(since.places(changedSince: 5, in: dearer) == nil)
        #expect(since.places(changedSince: SeatMapTag(revision: 6, lapsed: 0, version: 1), in: dearer) == nil)
        #expect(since.places(changedSince: dearer.tag, in: dearer) == [])
    }

    @Test("Claims that lapse within a revision are told to whoever knows only the revision")
    func lapsed() {
        let maps = [map(1, claimed: [101, 102]), map(1, claimed: [102], lapsed: [101]), map(1, lapsed: [101, 102])]
        let steps = steps(maps)
        #expect(steps.places(changedSince: 1, in: maps[2]) == [0, 1])
        #expect(steps.places(changedSince: maps[0].tag, in: maps[2]) == [0, 1])
        #expect(steps.places(changedSince: maps[1].tag, in: maps[2]) == [1])
        // This process saw the revision only after one had lapsed; another may have shown it before.
        #expect(SeatMapSteps().places(changedSince: 1, in: maps[1]) == [0])
        let next = map(2, claimed: [102, 105])
        let later = SeatMapSteps().adding(maps[1], to: next, mayHaveLapsed: false)
        #expect(later.places(changedSince: 1, in: next) == [0, 4])
        #expect(later.places(changedSince: maps[1].tag, in: next) == [4])
    }

    @Test("A claim that may have lapsed unseen before it was taken over is told again")
    func unseenLapse() {
        let maps = [map(1, claimed: [101], sold: [102]), map(2, claimed: [101], sold: [102])]
        #expect(steps(maps).places(changedSince: 1, in: maps[1]) == [])
        #expect(steps(maps, mayHaveLapsed: true).places(changedSince: 1, in: maps[1]) == [0])
    }

    @Test("Old steps are removed, and then the whole map is given")
    func bounded() {
        let maps = (0...Int64(SeatMapSteps.limit) + 1).map { map($0, claimed: $0 % 2 == 0 ? [] : [101]) }
        let steps = steps(maps)
        #expect(steps.places(changedSince: 0, in: maps[maps.count - 1]) == nil)
        #expect(steps.places(changedSince: 1, in: maps[maps.count - 1]) == [0])
    }

    @Test("A reader that applies the changes to the map it was shown gets the present map, whatever happens", arguments: UInt64(1)...20)
    func replay(seed: UInt64) {
        var chance = SplitMix(state: seed)
        var (current, seen) = (map(0), map(0))
        var steps = SeatMapSteps()
        // What others were shown, by this process or another that sees each state.
        var shown: [SeatMap] = [current]
        for _ in 0..<60 {
            var claimed = Set(zip(Int64(101)...105, current.states).filter { $1 == .claimed }.map(\.0))
            var sold = Set(zip(Int64(101)...105, current.states).filter { $1 == .sold }.map(\.0))
            var lapsed = Set(current.lapsed.map { Int64($0 + 101) })
            let seat = Int64.random(in: 101...105, using: &chance)
            var revision = current.revision
            if claimed.contains(seat), Bool.random(using: &chance) {
                claimed.remove(seat)
                lapsed.insert(seat)
            } else {
                revision += 1
                lapsed.remove(seat)
                if claimed.remove(seat) != nil { sold.insert(seat) } else if sold.remove(seat) == nil { claimed.insert(seat) }
            }
            let next = map(revision, claimed: claimed, sold: sold, lapsed: lapsed)
            shown.append(next)
            current = next
            // This process misses some of the states.
            guard Bool.random(using: &chance) else { continue }
            steps = steps.adding(seen, to: next, mayHaveLapsed: true)
            seen = next
            for old in shown {
                for places in [steps.places(changedSince: old.revision, in: next), steps.places(changedSince: old.tag, in: next)] {
                    guard let places else { continue }
                    var states = old.states
                    for place in places { states[place] = next.states[place] }
                    #expect(states == next.states, "since \(old.tag.text) to \(next.tag.text)")
                }
            }
        }
    }
}
