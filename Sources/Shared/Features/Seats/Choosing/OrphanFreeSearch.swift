/// Searches for seats apart that leave no single seat alone. It looks for the best choice around one seat after the other.
///
/// Whether a seat is left alone depends only on the free seats beside it (a segment): where seats of a segment are chosen, no remaining gap
/// may be of one seat. So the search goes through each segment seat by seat. For each number of seats and each kind of gap before the
/// present seat it keeps the best way. A segment takes as many steps as its seats times the number of wanted seats, whatever the segment
/// looks like.
struct OrphanFreeSearch {
    /// A way to choose a number of seats: what it costs, and the last of them.
    private struct Way {
        var cost: Int
        /// Its place among ``links``.
        var last: Int

        static let none = Way(cost: .max, last: -1)
    }

    /// A longest run of free seats beside one another.
    private struct Segment {
        let places: Range<Int>
        let row: Int
        let columns: ClosedRange<Int>
    }

    private let field: SeatField
    private let count: Int
    private let segments: [Segment]
    /// The number of the segment of each free seat, by place.
    private let segmentNumbers: [Int]
    /// How many seats, and segments that were too far away, the search has looked at.
    private(set) var work = 0
    /// Chosen seats or couples' left halves, each linked to the one chosen before it.
    private var links: [(place: Int, size: Int, before: Int)] = []
    /// The best ways in all segments so far, by the number of seats.
    private var ways: [Way]
    /// The best ways including the present segment, by what lies before the present seat: a chosen seat or nothing, a gap of one seat, a
    /// longer gap.
    private var closed: [Way]
    private var single: [Way]
    private var wide: [Way]

    init(_ field: SeatField, count: Int) {
        self.field = field
        self.count = count
        let seats = field.plan.layout.seats
        var segments: [Segment] = []
        var numbers = Array(repeating: -1, count: seats.count)
        var start = 0
        for place in seats.indices where field.isFree[place] {
            if place == 0 || !field.isFree[place - 1] || !field.isJoined[place] { start = place }
            numbers[place] = place == start ? segments.count : segments.count - 1
            let segment = Segment(
                places: start..<place + 1, row: seats[place].row, columns: seats[start].column...seats[place].column)
            if place == start { segments.append(segment) } else { segments[segments.count - 1] = segment }
        }
        self.segments = segments
        segmentNumbers = numbers
        ways = Array(repeating: .none, count: count + 1)
        (closed, single, wide) = (ways, ways, ways)
    }

    /// The best choice around a seat, or a couple's left half, that costs less than `limit`; `nil` when there is none.
    mutating func choice(around anchor: Int, below limit: Int) -> (cost: Int, places: [Int])? {
        let middle = field.plan.layout.seats[anchor]
        links.removeAll(keepingCapacity: true)
        for number in ways.indices { ways[number] = .none }
        ways[0].cost = 0
        ways[count].cost = limit
        var (before, after) = (segmentNumbers[anchor] - 1, segmentNumbers[anchor])
        while before >= 0 || after < segments.count {
            let back = before >= 0 ? middle.row - segments[before].row : .max
            let ahead = after < segments.count ? segments[after].row - middle.row : .max
            let rows = min(back, ahead)
            guard canImprove(rows: rows) else { break }
            let segment = ahead <= back ? segments[after] : segments[before]
            if ahead <= back { after += 1 } else { before -= 1 }
            work += 1
            let columns = max(segment.columns.lowerBound - middle.column, middle.column - segment.columns.upperBound, 0)
            // A segment that is as far away as the best choice may still win by lying nearer to the best point.
            if SeatField.distance(columns: columns, rows: rows) <= ways[count].cost / SeatField.nearness {
                take(segment, around: middle)
            }
        }
        let best = ways[count]
        return best.last < 0 ? nil : (best.cost, places(of: best))
    }

    /// Whether seats that lie so many rows away can be part of a choice that is better than the best so far.
    private func canImprove(rows: Int) -> Bool {
        let cost = SeatField.distance(columns: 0, rows: rows) * SeatField.nearness
        for number in 1...count {
            let rest = ways[count - number].cost
            if rest < ways[count].cost, number * cost < ways[count].cost - rest { return true }
        }
        return false
    }

    private mutating func take(_ segment: Segment, around middle: HallSeat) {
        work += segment.places.count
        for number in ways.indices {
            closed[number] = number < count ? ways[number] : .none
            single[number] = .none
            wide[number] = .none
        }
        var place = segment.places.lowerBound
        var column = segment.columns.lowerBound - middle.column
        let rows = segment.row - middle.row
        while place < segment.places.upperBound {
            var cost = SeatField.distance(columns: column, rows: rows) * SeatField.nearness + field.farness[place]
            var size = 1
            if field.isWanted[place], field.plan.layout.seats[place].kind == .coupleLeft {
                size = 2
                cost += SeatField.distance(columns: column + 1, rows: rows) * SeatField.nearness + field.farness[place + 1]
            }
            pass(place, size, cost: field.isWanted[place] ? cost : nil)
            place += size
            column += size
        }
        for number in 1...count {
            let best = closed[number].cost <= wide[number].cost ? closed[number] : wide[number]
            if best.cost < ways[number].cost { ways[number] = best }
        }
    }

    /// Goes past a seat, or a couple's two, chosen or not.
    ///
    /// - Parameter cost: the cost of choosing it; `nil` when it can't be chosen.
    private mutating func pass(_ place: Int, _ size: Int, cost: Int?) {
        // The numbers go downwards, so that the ways with fewer seats are still those from before this seat.
        for number in ways.indices.reversed() {
            let before = closed[number]
            if single[number].cost < wide[number].cost { wide[number] = single[number] }
            single[number] = before
            if size == 2 {
                if before.cost < wide[number].cost { wide[number] = before }
                single[number] = .none
            }
            closed[number] = .none
            guard let cost, number >= size else { continue }
            let rest = closed[number - size].cost <= wide[number - size].cost ? closed[number - size] : wide[number - size]
            guard rest.cost < ways[count].cost, cost < ways[count].cost - rest.cost else { continue }
            links.append((place, size, rest.last))
            closed[number] = Way(cost: rest.cost + cost, last: links.count - 1)
        }
    }

    private func places(of way: Way) -> [Int] {
        var places: [Int] = []
        var last = way.last
        while last >= 0 {
            let link = links[last]
            places += link.place..<link.place + link.size
            last = link.before
        }
        return places.sorted()
    }
}
