/// Which coupon goes on which ticket.
///
/// A coupon goes on at most one ticket, a ticket takes at most one coupon, and none goes where it saves nothing. Of all such layings this is
/// one that saves most in sum; of those, the one that puts the first coupon on the earliest ticket, then the second, and so on, where no
/// ticket counts as later than all.
struct CouponLaying {
    /// For each coupon the place of its ticket; `nil` where it is laid on none.
    private(set) var places: [Int?]

    /// - Parameter savingsFen: for each coupon, in fen from 0 to ``PricedTicket/pricesFen``'s upper bound for each ticket.
    init(savingsFen: [[Int64]]) {
        guard savingsFen.count != 1 else {
            places = [Self.bestPlace(savingsFen[0])]
            return
        }
        var assignment = Assignment(savingsFen)
        assignment.assign()
        assignment.preferEarly()
        places = assignment.places
    }

    private static func bestPlace(_ savingsFen: [Int64]) -> Int? {
        var best: Int?
        var mostFen: Int64 = 0
        for (place, saving) in savingsFen.enumerated() where saving > mostFen { (best, mostFen) = (place, saving) }
        return best
    }
}

/// The assignment problem, by the Hungarian method.
///
/// Rows are coupons. Columns are tickets and, after them, one column for each coupon that may stay unused, at cost 0. A ticket costs what the
/// coupon saves on it, below 0; one on which it saves nothing costs more than staying unused, so that no best assignment has it.
///
/// Each row and each column has a potential. No cost is below the sum of both, and costs of assigned pairs equal it: that proves that no other
/// assignment is cheaper. It also tells all that are as cheap: they use pairs of such equality only, and leave only columns of potential 0
/// free. ``preferEarly()`` goes from one of these to another.
///
/// Nothing overflows: a potential is at most the sum of one cost for each row and column, of at most 10,000,000 each.
private struct Assignment {
    private static let nobody = -1

    private let rows: Int
    private let tickets: Int
    private let columns: Int
    /// Row by row.
    private let costs: [Int64]
    private var rowPotentials: [Int64]
    private var columnPotentials: [Int64]
    /// The row of each column. The one after the last column holds the row that is being assigned.
    private var owners: [Int]

    init(_ savingsFen: [[Int64]]) {
        rows = savingsFen.count
        tickets = savingsFen.first?.count ?? 0
        columns = tickets + rows
        var costs: [Int64] = []
        costs.reserveCapacity(rows * columns)
        for savings in savingsFen {
            for saving in savings { costs.append(saving > 0 ? 0 - saving : 1) }
            for _ in 0..<rows { costs.append(0) }
        }
        self.costs = costs
        rowPotentials = Array(repeating: 0, count: rows)
        columnPotentials = Array(repeating: 0, count: columns)
        owners = Array(repeating: Self.nobody, count: columns + 1)
    }

    var places: [Int?] {
        var places = [Int?](repeating: nil, count: rows)
        for column in 0..<tickets where owners[column] != Self.nobody { places[owners[column]] = column }
        return places
    }

    /// How much dearer the pair is than the potentials say: 0 or more.
    private func excess(_ row: Int, _ column: Int) -> Int64 {
        let position = row * columns + column
        return costs[position] - rowPotentials[row] - columnPotentials[column]
    }

    /// Assigns one row after the other, each by the cheapest way of moving others along.
    mutating func assign() {
        let start = columns
        var least = [Int64](repeating: .max, count: columns)
        var before = [Int](repeating: start, count: columns)
        var isReached = [Bool](repeating: false, count: columns)
        for row in 0..<rows {
            owners[start] = row
            for column in 0..<columns { (least[column], isReached[column]) = (.max, false) }
            var column = start
            repeat {
                if column != start { isReached[column] = true }
                let owner = owners[column]
                let (first, potential) = (owner * columns, rowPotentials[owner])
                var (step, next) = (Int64.max, start)
                for candidate in 0..<columns where !isReached[candidate] {
                    let position = first + candidate
                    let excess = costs[position] - potential - columnPotentials[candidate]
                    if excess < least[candidate] { (least[candidate], before[candidate]) = (excess, column) }
                    if least[candidate] < step { (step, next) = (least[candidate], candidate) }
                }
                if step != 0 {
                    rowPotentials[row] += step
                    for candidate in 0..<columns {
                        if isReached[candidate] {
                            rowPotentials[owners[candidate]] += step
                            columnPotentials[candidate] -= step
                        } else {
                            least[candidate] -= step
                        }
                    }
                }
                column = next
            } while owners[column] != Self.nobody
            while column != start {
                owners[column] = owners[before[column]]
                column = before[column]
            }
        }
        owners[start] = Self.nobody
    }

    /// Moves each coupon in turn to the earliest ticket that it can have without making the sum dearer or moving a coupon before it.
    ///
    /// Whoever has that ticket has to go elsewhere, and so on, until somebody takes the place that the coupon leaves.
    mutating func preferEarly() {
        var own = [Int](repeating: columns, count: rows)
        for column in 0..<columns where owners[column] != Self.nobody { own[owners[column]] = column }
        for row in 0..<rows {
            let left = own[row]
            let earlier = (0..<min(left, tickets)).filter { (owners[$0] == Self.nobody || owners[$0] > row) && excess(row, $0) == 0 }
            guard !earlier.isEmpty else { continue }
            let ways = ways(to: left, afterRow: row)
            guard let better = earlier.first(where: { ways[$0] != nil }) else { continue }
            var (moving, column) = (row, better)
            while true {
                let displaced = owners[column]
                owners[column] = moving
                if moving != Self.nobody { own[moving] = column }
                guard column != left, let next = ways[column] else { break }
                (moving, column) = (displaced, next)
            }
        }
    }

    /// From which columns a chain of moves leads to a column: to which one the owner of each goes. The chains move only rows after the given
    /// one. A free column counts as owned by nobody, who can move to any column of potential 0.
    private func ways(to target: Int, afterRow row: Int) -> [Int?] {
        var ways = [Int?](repeating: nil, count: columns)
        var reached = [target]
        while let goal = reached.popLast() {
            for column in 0..<columns where column != target && ways[column] == nil {
                let owner = owners[column]
                let canMove = owner == Self.nobody ? columnPotentials[goal] == 0 : owner > row && excess(owner, goal) == 0
                guard canMove else { continue }
                ways[column] = goal
                reached.append(column)
            }
        }
        return ways
    }
}
