/// The changes of a showtime's seats from state to state, as far as this process has seen them. Old steps are removed.
///
/// Another process may have shown a state that this one has never seen: seat claims that lapsed one after the other within a revision. Whoever
/// knows a revision only is told of every seat that may look different from what it was shown.
struct SeatMapSteps: Sendable {
    /// The step from one state to the next one that this process has seen.
    private struct Step {
        /// The state before.
        let tag: SeatMapTag
        /// The places whose seat claims had lapsed then.
        let lapsed: [UInt16]
        /// The places that changed.
        let changed: [UInt16]
    }

    /// How many steps are kept.
    static let limit = 64

    private var steps: [Step] = []

    /// About how much memory they take.
    var byteCount: Int { steps.reduce(0) { $0 + 96 + 2 * ($1.lapsed.count + $1.changed.count) } }

    /// The steps that lead to `next`.
    ///
    /// - Parameter mayHaveLapsed: whether a seat claim of `previous` may have lapsed before `next` was seen.
    func adding(_ previous: SeatMap, to next: SeatMap, mayHaveLapsed: Bool) -> SeatMapSteps {
        // Another plan has other prices or seats, which steps don't contain.
        guard previous.plan.version == next.plan.version, previous.states.count == next.states.count, next.states.count <= Int(UInt16.max)
        else { return SeatMapSteps() }
        let changed = next.states.indices.filter { place in
            previous.states[place] != next.states[place] || (mayHaveLapsed && previous.states[place] == .claimed)
        }
        var added = self
        if added.steps.count == Self.limit { added.steps.removeFirst() }
        added.steps.append(
            Step(tag: previous.tag, lapsed: previous.lapsed.map { UInt16($0) }, changed: changed.map { UInt16($0) })
        )
        return added
    }

    /// The places of the seats of `current` that may differ from those shown at a revision.
    ///
    /// - Returns: `nil` when this process doesn't know that revision.
    func places(changedSince revision: Int64, in current: SeatMap) -> [Int]? {
        if let first = steps.firstIndex(where: { $0.tag.revision == revision }) {
            return union(from: first, besides: steps[first].lapsed.map { Int($0) })
        }
        return revision == current.revision ? current.lapsed : nil
    }

    /// The places of the seats of `current` that differ from an exactly known state.
    func places(changedSince tag: SeatMapTag, in current: SeatMap) -> [Int]? {
        guard tag.version == current.tag.version else { return nil }
        if tag == current.tag { return [] }
        if let first = steps.firstIndex(where: { $0.tag == tag }) { return union(from: first, besides: []) }
        return places(changedSince: tag.revision, in: current)
    }

    private func union(from first: Int, besides more: [Int]) -> [Int] {
        var places = Set(more)
        for step in steps[first...] { places.formUnion(step.changed.map { Int($0) }) }
        return places.sorted()
    }
}
