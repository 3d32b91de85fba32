/// A hall as the choice of seats needs it: which seats are free, which are wanted, and where they lie. All arrays are by place in the
/// layout.
struct SeatField {
    let plan: ShowtimePlan
    /// Whether the seat can be bought.
    let isFree: [Bool]
    /// Whether the seat may be chosen: it is free, of the wanted zone and kind, and for a couple's seat the other half is too.
    let isWanted: [Bool]
    /// Whether the seat is directly beside the seat at the place before.
    let isJoined: [Bool]
    /// The seat's squared distance from the best point; see ``SeatField/distance(columns:rows:)``.
    let farness: [Int]

    init(_ wish: SeatWish, on map: SeatMap) {
        plan = map.plan
        let seats = map.plan.layout.seats
        let isFree = map.states.map { $0 == .free }
        let isJoined = seats.indices.map { place in
            place > 0 && seats[place].row == seats[place - 1].row && seats[place].column == seats[place - 1].column + 1
        }
        func suits(_ place: Int) -> Bool {
            isFree[place] && wish.allows(seats[place].kind) && (wish.zone.map { seats[place].zone == $0 } ?? true)
        }
        isWanted = seats.indices.map { place in
            switch seats[place].kind {
            case .coupleLeft: suits(place) && place + 1 < seats.count && isJoined[place + 1] && suits(place + 1)
            case .coupleRight: suits(place) && isJoined[place] && suits(place - 1)
            case .standard, .wheelchair, .house, .broken: suits(place)
            }
        }
        self.isFree = isFree
        self.isJoined = isJoined
        farness = Self.farness(seats)
    }

    /// A squared distance. Coordinates are multiplied by six, so that the best point, which lies between seats, has whole ones. A row is
    /// about as deep as two seats are wide.
    static func distance(columns: Int, rows: Int) -> Int {
        columns * columns + 4 * rows * rows
    }

    /// The best point is in the middle of the columns, and two thirds back.
    private static func farness(_ seats: [HallSeat]) -> [Int] {
        let (rows, columns) = (seats.map(\.row), seats.map(\.column))
        guard let front = rows.min(), let back = rows.max(), let left = columns.min(), let right = columns.max() else { return [] }
        return seats.map { distance(columns: 6 * $0.column - 3 * (left + right), rows: 6 * $0.row - 2 * (front + 2 * back)) }
    }

    // MARK: Beside one another

    /// The first place of the best run of so many seats; `nil` when there is none.
    func bestRun(of count: Int) -> Int? {
        var best: (leavesOrphan: Bool, farness: Int, start: Int)?
        var (length, sum) = (0, 0)
        for end in isWanted.indices {
            guard isWanted[end] else {
                (length, sum) = (0, 0)
                continue
            }
            if isJoined[end], length > 0 { (length, sum) = (length + 1, sum + farness[end]) } else { (length, sum) = (1, farness[end]) }
            if length > count { (length, sum) = (count, sum - farness[end - count]) }
            let start = end - count + 1
            guard length == count, !splitsCouple(start, end) else { continue }
            let leavesOrphan = leavesOrphan(start, end)
            if leavesOrphan, plan.refusesOrphans { continue }
            if let best, (best.leavesOrphan ? 1 : 0, best.farness) <= (leavesOrphan ? 1 : 0, sum) { continue }
            best = (leavesOrphan, sum, start)
        }
        return best?.start
    }

    private func splitsCouple(_ start: Int, _ end: Int) -> Bool {
        plan.layout.seats[start].kind == .coupleRight || plan.layout.seats[end].kind == .coupleLeft
    }

    /// The same rule as ``SeatChoice/orphans(leftBy:taken:of:)``, for a run.
    private func leavesOrphan(_ start: Int, _ end: Int) -> Bool {
        let left = start - 1
        if isJoined[start], isFree[left], !(isJoined[left] && isFree[left - 1]) { return true }
        let right = end + 1
        guard right < isFree.count, isJoined[right], isFree[right] else { return false }
        return !(right + 1 < isFree.count && isJoined[right + 1] && isFree[right + 1])
    }
}
