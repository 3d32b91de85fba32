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
    }

    /// Costs are compared by how near to one another seats are, and among equals by how near to the best point: in the upper and lower half
    /// of one number, which can be added up.
    private static let nearness = 1 << 32

    /// The places of the best group of so many seats; `nil` when there are not enough.
    func bestGroup(of count: Int) -> [Int]? {
        let units = units
        let singles = units.count { $0.size == 1 }
        var groups: [(cost: Int, places: [Int])] = []
        for anchor in units.indices {
            guard let group = group(of: count, around: anchor, among: units, singles: singles) else { return nil }
            if plan.refusesOrphans {
                groups.append(group)
            } else if groups.isEmpty || group.cost < groups[0].cost {
                groups = [group]
            }
        }
        guard plan.refusesOrphans else { return groups.first?.places }
        let taken = Set(plan.layout.seats.indices.filter { !isFree[$0] }.map { plan.layout.seats[$0].id })
        return groups.sorted { ($0.cost, $0.places[0]) < ($1.cost, $1.places[0]) }.first { group in
            SeatChoice.orphans(leftBy: group.places.map { plan.layout.seats[$0] }, taken: taken, of: plan).isEmpty
        }?.places
    }

    private var units: [Unit] {
        let seats = plan.layout.seats
        return seats.indices.compactMap { place in
            guard isWanted[place], seats[place].kind != .coupleRight else { return nil }
            let isCouple = seats[place].kind == .coupleLeft
            return Unit(
                place: place, size: isCouple ? 2 : 1, row: seats[place].row, column: seats[place].column,
                farness: farness[place] + (isCouple ? farness[place + 1] : 0))
        }
    }

    /// The seats nearest to a unit, itself included: the best of all ways to make up the number of single seats and couples' ones.
    ///
    /// - Parameter singles: how many single seats there are.
    private func group(of count: Int, around anchor: Int, among units: [Unit], singles: Int) -> (cost: Int, places: [Int])? {
        let middle = units[anchor]
        var near = (singles: Nearest(limit: min(count, singles)), couples: Nearest(limit: min(count / 2, units.count - singles)))
        func add(_ unit: Unit) -> Bool {
            let (rows, columns) = (unit.row - middle.row, unit.column - middle.column)
            // Whole rows are too far: even a couple's seat there would cost more than any two of the single ones.
            let bound = near.singles.found.count == count ? near.singles.bound : max(near.singles.bound, near.couples.bound)
            if Self.distance(columns: 0, rows: rows) * Self.nearness > bound { return false }
            let cost = Self.distance(columns: columns, rows: rows)
            if unit.size == 1 {
                near.singles.add(cost * Self.nearness + unit.farness, unit.place)
            } else {
                let both = cost + Self.distance(columns: columns + 1, rows: rows)
                near.couples.add(both * Self.nearness + unit.farness, unit.place)
            }
            return true
        }
        // From the middle outwards.
        for unit in units[anchor...] where !add(unit) { break }
        for unit in units[..<anchor].reversed() where !add(unit) { break }
        return cheapest(count, singles: near.singles.found, couples: near.couples.found)
    }

    private func cheapest(
        _ count: Int, singles: [(cost: Int, place: Int)], couples: [(cost: Int, place: Int)]
    ) -> (cost: Int, places: [Int])? {
        var best: (cost: Int, couples: Int)?
        for number in 0...count / 2 where number <= couples.count && count - 2 * number <= singles.count {
            let cost =
                couples[..<number].reduce(0) { $0 + $1.cost } + singles[..<(count - 2 * number)].reduce(0) { $0 + $1.cost }
            if best.map({ cost < $0.cost }) ?? true { best = (cost, number) }
        }
        guard let best else { return nil }
        let places = couples[..<best.couples].flatMap { [$0.place, $0.place + 1] } + singles[..<(count - 2 * best.couples)].map(\.place)
        return (best.cost, places.sorted())
    }
}
