/// The seats of one version of a hall's layout. It never changes, so showtimes share it.
package struct SeatLayout: Sendable {
    package let id: Int64
    /// By row, then column.
    package let seats: [HallSeat]
    /// The last row and the last column that have a seat: how large a drawing is.
    package let rows: Int
    package let columns: Int
    /// The colours of the zones, by name.
    package let zoneColours: [String: ZoneColour]
    private let indices: [Int64: Int]

    package init(id: Int64, seats: [HallSeat]) {
        self.id = id
        self.seats = seats.sorted { ($0.row, $0.column) < ($1.row, $1.column) }
        rows = seats.map(\.row).max() ?? 0
        columns = seats.map(\.column).max() ?? 0
        zoneColours = ZoneColour.colours(of: Set(seats.map(\.zone)))
        indices = Dictionary(self.seats.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The seat with this id; `nil` when the layout has none.
    package func seat(_ id: Int64) -> HallSeat? {
        indices[id].map { seats[$0] }
    }

    /// The other half of a couple's seat; `nil` for every other kind.
    package func partner(of seat: HallSeat) -> HallSeat? {
        switch seat.kind {
        case .coupleLeft: neighbours(of: seat).right
        case .coupleRight: neighbours(of: seat).left
        case .standard, .wheelchair, .house, .broken: nil
        }
    }

    /// The seats directly beside this one. An aisle breaks adjacency.
    package func neighbours(of seat: HallSeat) -> (left: HallSeat?, right: HallSeat?) {
        guard let index = indices[seat.id] else { return (nil, nil) }
        return (
            adjacent(index - 1) { $0.column == seat.column - 1 && $0.row == seat.row },
            adjacent(index + 1) { $0.column == seat.column + 1 && $0.row == seat.row }
        )
    }

    private func adjacent(_ index: Int, _ isBeside: (HallSeat) -> Bool) -> HallSeat? {
        seats.indices.contains(index) && isBeside(seats[index]) ? seats[index] : nil
    }
}
