import Callers

/// The best free seats for a wish. Choosing them doesn't hold them.
///
/// The order of preference: seats beside one another that leave no single seat alone; other seats beside one another; seats apart over
/// neighbouring rows that leave no single seat alone; other seats apart. Of seats apart, the ones nearest together are better. Among
/// equals, the ones nearest to the best point of the hall win.
///
/// The two seats of a couple are chosen together. Where the showtime refuses orders that leave a single seat alone, no choice leaves one.
/// When some choice of seats apart leaves none, one such choice is found, though in a large hall not always the one whose seats are nearest
/// together.
package struct BestSeats: Sendable {
    package let map: SeatMap
    /// Places in the layout, ascending.
    package let places: [Int]
    /// Whether all seats are beside one another.
    package let isAdjacent: Bool

    package var showtimeID: Int64 { map.showtimeID }
    package var revision: Int64 { map.revision }
    /// By row, then column.
    package var seats: [SeatMap.Entry] { map.entries(at: places) }

    /// Chosen from the showtime's seats as they are now.
    ///
    /// - Throws: ``Refusal/notFound``, and what ``init(_:on:)`` throws.
    package init(_ wish: SeatWish, showtimeID: Int64, from maps: SeatMaps) async throws {
        try self.init(wish, on: try await maps.map(showtimeID: showtimeID).map)
    }

    /// - Throws: ``Refusal/seatsUnavailable``; ``Refusal/seatLimitExceeded`` for more seats than any order may have.
    package init(_ wish: SeatWish, on map: SeatMap) throws {
        guard wish.count <= map.seatLimit else { throw Refusal.seatLimitExceeded.about(limit: map.seatLimit) }
        self.map = map
        let choice = SeatField(wish, on: map)
        if let start = choice.bestRun(of: wish.count) {
            places = Array(start..<start + wish.count)
            isAdjacent = true
        } else if let group = choice.bestGroup(of: wish.count) {
            places = group
            isAdjacent = false
        } else {
            throw Refusal.seatsUnavailable
        }
    }
}
