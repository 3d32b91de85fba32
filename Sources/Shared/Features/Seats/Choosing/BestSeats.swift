import Callers

/// The best free seats for a wish. They are held for nobody.
///
/// Seats beside one another come first, and of these the ones that leave no single seat alone; else seats apart over neighbouring rows,
/// again such as leave no single seat alone before all others, and of these the ones that lie nearest together. Of equals those are best
/// that are nearest to the best point of the hall. A couple's seat comes whole. Where the showtime refuses orders that leave a single seat,
/// no such choice is made. When any seats apart leave none, some are found, though in a large hall not always those nearest together.
package struct BestSeats: Sendable {
    package let map: SeatMap
    /// Places in the layout, ascending.
    package let places: [Int]
    /// Whether all are beside one another.
    package let isAdjacent: Bool

    package var showtimeID: Int64 { map.showtimeID }
    package var revision: Int64 { map.revision }
    /// By row, then column.
    package var seats: [SeatMap.Entry] { map.entries(at: places) }

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
