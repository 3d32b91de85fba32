/// Seats apart: the group around some seat that lies nearest together.
extension SeatField {
    /// What is chosen whole: a seat, or a couple's two.
    private struct Unit {
        let place: Int
        let size: Int
        let row: Int
        /// Of a couple's seat the left half's.
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
        /// What a further unit must stay below to be among them.
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

    /// Costs are compared by how near to one another seats are, and among equals by how near to the best point: in the upper and lower half
    /// of one number, which can be added up.
    static let nearness = 1 << 32
    /// How many seats, and segments of free ones beside one another, are looked at before the search for a still better group that leaves
    /// no single seat alone ends: in a hall of 30 free seats, however they lie, it looks around each of them.
    private static let workLimit = 1_800

    /// The places of the best group of so many seats; `nil` when there is none.
    ///
    /// A group that leaves no single seat alone comes before all that leave one; these are chosen only when there is no other, and never
    /// where the showtime refuses them.
    func bestGroup(of count: Int) -> [Int]? {
        var nearest = NearestUnits(self, count: count)
        let costs = nearest.units.indices.map { nearest.cost(around: $0) }
        guard let middle = costs.indices.min(by: { costs[$0] < costs[$1] }), costs[middle] < .max else { return nil }
        if let group = bestOrphanFreeGroup(of: count, costs, nearest.units) { return group }
        return plan.refusesOrphans ? nil : nearest.places(around: middle)
    }

    /// The best group that leaves no single seat alone; `nil` when there is none.
    ///
    /// The groups around some of the seats are compared: those around which seats lie nearest together, and so many of them as
    /// ``workLimit`` lets; but when any such choice is possible, one is made.
    ///
    /// - Parameter costs: what the nearest groups around the units cost, whatever they leave.
    private func bestOrphanFreeGroup(of count: Int, _ costs: [Int], _ units: [Unit]) -> [Int]? {
        var search = OrphanFreeSearch(self, count: count)
        var best: (cost: Int, places: [Int])?
        // No such group around a seat lies nearer together than the nearest one.
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

    /// The units that lie nearest to one of them.
    private struct NearestUnits {
        let units: [Unit]
        private let count: Int
        /// The units of each row, from front to back.
        private let rows: [Range<Int>]
        /// The number of a unit's row among these.
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

        /// What the group around a unit costs; the greatest number when there are not enough seats.
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
            // From its row outwards, and in each row from its column outwards.
            var (before, after) = (rowNumbers[anchor] - 1, rowNumbers[anchor])
            while true {
                let back = before >= 0 ? middle.row - units[rows[before].lowerBound].row : .max
                let ahead = after < rows.count ? units[rows[after].lowerBound].row - middle.row : .max
                guard min(back, ahead) < .max, mayAdd(columns: 0, rows: min(back, ahead)) else { return }
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

        /// Whether a unit that lies so far away may be among the nearest: even a couple's seat, which costs more than any two single ones
        /// when its nearer half lies beyond them.
        private func mayAdd(columns: Int, rows: Int) -> Bool {
            let bound = singles.found.count == count ? singles.bound : max(singles.bound, couples.bound)
            return SeatField.distance(columns: columns, rows: rows) * SeatField.nearness <= bound
        }

        private mutating func add(_ unit: Unit, _ middle: Unit) -> Bool {
            let (rows, columns) = (unit.row - middle.row, unit.column - middle.column)
            guard mayAdd(columns: unit.size == 2 && columns < 0 ? columns + 1 : columns, rows: rows) else { return false }
            let cost = SeatField.distance(columns: columns, rows: rows)
            if unit.size == 1 {
                singles.add(cost * SeatField.nearness + unit.farness, unit.place)
            } else {
                let both = cost + SeatField.distance(columns: columns + 1, rows: rows)
                couples.add(both * SeatField.nearness + unit.farness, unit.place)
            }
            return true
        }

        /// The best of all ways to make up the number of single seats and couples' ones.
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
