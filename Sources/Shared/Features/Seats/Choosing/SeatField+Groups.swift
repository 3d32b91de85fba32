/// The choice of seats apart: among the groups around each seat, the one whose seats lie nearest together.
extension SeatField {
    /// Seats that are chosen together: one seat, or the two of a couple.
    private struct Unit {
        let place: Int
        let size: Int
        let row: Int
        /// The seat's column; for a couple, that of the left half.
        let column: Int
        let farness: Int
    }

    /// Units of one size that are nearest to one seat, nearest first, as many as could be needed.
    private struct Nearest {
        let limit: Int
        private(set) var found: [(cost: Int, place: Int)] = []

        init(limit: Int) {
            self.limit = limit
            found.reserveCapacity(limit)
        }

        var isFull: Bool { found.count == limit }
        /// The cost below which a further unit belongs to the nearest ones.
        var bound: Int { isFull ? found.last?.cost ?? .min : .max }

        mutating func add(_ cost: Int, _ place: Int) {
            guard cost < bound else { return }
            if isFull { found.removeLast() }
            var index = found.count
            while index > 0, found[index - 1].cost > cost { index -= 1 }
            found.insert((cost, place), at: index)
        }

        mutating func removeAll() { found.removeAll(keepingCapacity: true) }
    }

    /// A cost has two parts in one number, so that costs can be added up. The upper half says how near to one another the seats are; the
    /// lower half, how near to the best point, which decides among equals.
    static let nearness = 1 << 32
    /// The number of seats and segments after which the search for a better group that leaves no single seat alone stops. In a hall of 30
    /// free seats, however they lie, the search still looks around each of them.
    private static let workLimit = 1_800

    /// The places of the best group of so many seats; `nil` when there is none.
    ///
    /// A group that leaves no single seat alone is preferred. Another one is chosen only when there is no such group, and never where the
    /// showtime refuses it.
    func bestGroup(of count: Int) -> [Int]? {
        var nearest = NearestUnits(self, count: count)
        let costs = nearest.units.indices.map { nearest.cost(around: $0) }
        guard let middle = costs.indices.min(by: { costs[$0] < costs[$1] }), costs[middle] < .max else { return nil }
        if let group = bestOrphanFreeGroup(of: count, costs, nearest.units) { return group }
        return plan.refusesOrphans ? nil : nearest.places(around: middle)
    }

    /// The best group that leaves no single seat alone; `nil` when there is none.
    ///
    /// It compares the groups around some of the seats: first those around which seats lie nearest together, as many as ``workLimit``
    /// allows. When such a group exists, one is found.
    ///
    /// - Parameter costs: the cost of the nearest group around each unit, whether or not it leaves a single seat alone.
    private func bestOrphanFreeGroup(of count: Int, _ costs: [Int], _ units: [Unit]) -> [Int]? {
        var search = OrphanFreeSearch(self, count: count)
        var best: (cost: Int, places: [Int])?
        // A group that leaves no single seat alone costs at least as much as the nearest group around the same seat, so the search can stop
        // early.
        for anchor in costs.indices.sorted(by: { (costs[$0], $0) < (costs[$1], $1) }) {
            if let best, costs[anchor] >= best.cost || search.work >= Self.workLimit { break }
            guard let found = search.choice(around: units[anchor].place, below: best?.cost ?? .max) else {
                if best == nil { return nil }
                continue
            }
            best = found
        }
        return best?.places
    }

    /// Finds the units that lie nearest to one of them.
    private struct NearestUnits {
        let units: [Unit]
        private let count: Int
        /// The units of each row, from front to back.
        private let rows: [Range<Int>]
        /// The index in ``rows`` of each unit's row.
        private let rowNumbers: [Int]
        private var singles: Nearest
        private var couples: Nearest

        init(_ field: SeatField, count: Int) {
            self.count = count
            let seats = field.plan.layout.seats
            units = seats.indices.compactMap { place in
                guard field.isWanted[place], seats[place].kind != .coupleRight else { return nil }
                let isCouple = seats[place].kind == .coupleLeft
                return Unit(
                    place: place, size: isCouple ? 2 : 1, row: seats[place].row, column: seats[place].column,
                    farness: field.farness[place] + (isCouple ? field.farness[place + 1] : 0))
            }
            var rows: [Range<Int>] = []
            var numbers: [Int] = []
            for index in units.indices {
                if index > 0, units[index].row == units[index - 1].row {
                    rows[rows.count - 1] = rows[rows.count - 1].lowerBound..<index + 1
                } else {
                    rows.append(index..<index + 1)
                }
                numbers.append(rows.count - 1)
            }
            (self.rows, rowNumbers) = (rows, numbers)
            let single = units.count { $0.size == 1 }
            singles = Nearest(limit: min(count, single))
            couples = Nearest(limit: min(count / 2, units.count - single))
        }

        /// The cost of the group around a unit; the greatest number when there are not enough seats.
        mutating func cost(around anchor: Int) -> Int {
            find(around: anchor)
            return cheapest()?.cost ?? .max
        }

        mutating func places(around anchor: Int) -> [Int]? {
            find(around: anchor)
            return cheapest().map { best in
                let couples = couples.found[..<best.couples].flatMap { [$0.place, $0.place + 1] }
                return (couples + singles.found[..<(count - 2 * best.couples)].map(\.place)).sorted()
            }
        }

        private mutating func find(around anchor: Int) {
            singles.removeAll()
            couples.removeAll()
            let middle = units[anchor]
            // The search goes from the unit's row outwards, and in each row from its column outwards.
            var (before, after) = (rowNumbers[anchor] - 1, rowNumbers[anchor])
            while true {
                let back = before >= 0 ? middle.row - units[rows[before].lowerBound].row : .max
                let ahead = after < rows.count ? units[rows[after].lowerBound].row - middle.row : .max
                guard min(back, ahead) < .max, canAdd(columns: 0, rows: min(back, ahead)) else { return }
                let row = ahead <= back ? rows[after] : rows[before]
                if ahead <= back { after += 1 } else { before -= 1 }
                let start = start(in: row, column: middle.column)
                for unit in units[start..<row.upperBound] {
                    guard add(unit, middle) else { break }
                }
                for unit in units[row.lowerBound..<start].reversed() {
                    guard add(unit, middle) else { break }
                }
            }
        }

        /// The first unit of a row that doesn't lie before a column.
        private func start(in row: Range<Int>, column: Int) -> Int {
            var (low, high) = (row.lowerBound, row.upperBound)
            while low < high {
                let middle = (low + high) / 2
                if units[middle].column < column { low = middle + 1 } else { high = middle }
            }
            return low
        }

        /// Whether a unit at this distance may be among the nearest. This allows for a couple's seat, which costs more than two single ones
        /// when even its nearer half lies beyond them.
        private func canAdd(columns: Int, rows: Int) -> Bool {
            let bound = singles.found.count == count ? singles.bound : max(singles.bound, couples.bound)
            return SeatField.distance(columns: columns, rows: rows) * SeatField.nearness <= bound
        }

        private mutating func add(_ unit: Unit, _ middle: Unit) -> Bool {
            let (rows, columns) = (unit.row - middle.row, unit.column - middle.column)
            guard canAdd(columns: unit.size == 2 && columns < 0 ? columns + 1 : columns, rows: rows) else { return false }
            let cost = SeatField.distance(columns: columns, rows: rows)
            if unit.size == 1 {
                singles.add(cost * SeatField.nearness + unit.farness, unit.place)
            } else {
                let both = cost + SeatField.distance(columns: columns + 1, rows: rows)
                couples.add(both * SeatField.nearness + unit.farness, unit.place)
            }
            return true
        }

        /// The cheapest combination of single seats and couples' seats that has the wanted number.
        private func cheapest() -> (cost: Int, couples: Int)? {
            var best: (cost: Int, couples: Int)?
            for number in 0...count / 2 where number <= couples.found.count && count - 2 * number <= singles.found.count {
                let cost =
                    couples.found[..<number].reduce(0) { $0 + $1.cost } + singles.found[..<(count - 2 * number)].reduce(0) { $0 + $1.cost }
                if best.map({ cost < $0.cost }) ?? true { best = (cost, number) }
            }
            return best
        }
    }
}
