/// A seat map in memory, encoded once, with the steps of changes that led to it.
package final class KeptSeatMap: Sendable {
    package let map: SeatMap
    /// The encoded answer for the whole map.
    package let body: [UInt8]
    /// The text of its tag, made once like the body.
    package let tagText: String
    /// Grows from map to map over all showtimes. Of two maps of one showtime, the one with the greater number is newer.
    package let number: UInt64
    let steps: SeatMapSteps
    /// When the next seat claim lapses, and the map shows it no longer as it is; `nil` when none will.
    let lapsesAt: ContinuousClock.Instant?

    init(map: SeatMap, body: [UInt8], number: UInt64, steps: SeatMapSteps, lapsesAt: ContinuousClock.Instant?) {
        self.map = map
        self.body = body
        tagText = map.tag.text
        self.number = number
        self.steps = steps
        self.lapsesAt = lapsesAt
    }

    package var tag: SeatMapTag { map.tag }

    /// The seats that have changed since a revision.
    ///
    /// - Returns: the whole map, without ``SeatMap/since``, when the revision is too old or unknown.
    package func changes(since revision: Int64) -> SeatMap {
        steps.places(changedSince: revision, in: map).map { map.part(at: $0, since: revision) } ?? map
    }

    /// The seats that have changed since a state.
    ///
    /// - Returns: the whole map, without ``SeatMap/since``, when the state is too old or unknown.
    package func changes(since tag: SeatMapTag) -> SeatMap {
        steps.places(changedSince: tag, in: map).map { map.part(at: $0, since: tag.revision) } ?? map
    }

    /// About how much memory it takes.
    var byteCount: Int { body.count + map.states.count + steps.byteCount + 1024 }
}
