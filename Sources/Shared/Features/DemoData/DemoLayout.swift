/// A hall's drawing, and which of its seats are sold beside each other.
struct DemoLayout: Sendable {
    /// The sizes of halls, smallest first.
    static func sizes() throws -> [DemoLayout] {
        [
            try DemoLayout(rows: 6, blocks: [3, 6, 3], couples: false),
            try DemoLayout(rows: 8, blocks: [4, 8, 4], couples: true),
            try DemoLayout(rows: 11, blocks: [4, 10, 4], couples: true),
            try DemoLayout(rows: 14, blocks: [6, 14, 6], couples: false),
        ]
    }

    static let plainZone = "标准区"
    static let bestZone = "优选区"

    let layout: HallLayout
    /// Places among the layout's seats: those of a row that stand side by side and are sold one by one.
    let runs: [[Int]]
    /// The two places of each couple's seats.
    let couples: [[Int]]

    /// - Parameters:
    ///   - blocks: how many seats a row has between its aisles.
    ///   - couples: whether the last row is of couples' seats.
    private init(rows: Int, blocks: [Int], couples: Bool) throws {
        let letters = Array("ABCDEFGHJKLMNPQRST").map(String.init)
        layout = try HallLayout(
            rows: letters.prefix(rows).enumerated().map { place, letter in
                let isMiddle = place * 3 >= rows && place * 4 < rows * 3
                let isForCouples = couples && place == rows - 1
                let plain = blocks.map { String(repeating: isForCouples ? "LR" : "S", count: isForCouples ? $0 / 2 : $0) }
                    .joined(separator: "_")
                // Two for wheelchairs at the front, one that the cinema keeps in the middle.
                let cells = place == 0 ? "WW\(plain.dropFirst(2))" : place == rows / 2 ? "\(plain.dropLast())H" : plain
                return HallLayout.Row(label: letter, zone: isMiddle ? Self.bestZone : Self.plainZone, cells: cells)
            })
        var runs: [[Int]] = []
        var pairs: [[Int]] = []
        var last: HallLayout.Seat?
        for (place, seat) in layout.seats.enumerated() {
            switch seat.kind {
            case .standard:
                if let last, last.kind == .standard, last.row == seat.row, last.column + 1 == seat.column, !runs.isEmpty {
                    runs[runs.endIndex - 1].append(place)
                } else {
                    runs.append([place])
                }
            case .coupleLeft: pairs.append([place, place + 1])
            case .coupleRight, .wheelchair, .house, .broken: break
            }
            last = seat
        }
        self.runs = runs
        self.couples = pairs
    }

    /// The zones that need a price.
    var zones: [String] { Set(layout.seats.lazy.filter(\.kind.isSold).map(\.zone)).sorted() }
}

/// Which seats of a showtime are still to be had while its orders are made.
struct DemoSeats {
    private let layout: DemoLayout
    private var isTaken: [Bool]

    init(_ layout: DemoLayout) {
        self.layout = layout
        isTaken = Array(repeating: false, count: layout.layout.seats.count)
    }

    /// Finds free seats side by side.
    ///
    /// - Returns: their places; `nil` when there are none.
    func free(_ count: Int, using numbers: inout SeededNumbers) -> [Int]? {
        if count == 2, !layout.couples.isEmpty, numbers.isTrue(inPercent: 10) {
            let pair = numbers.pick(layout.couples)
            if isFree(pair[...]) { return pair }
        }
        for _ in 0..<12 {
            let run = numbers.pick(layout.runs)
            guard run.count >= count else { continue }
            let seats = run.dropFirst(numbers.below(run.count - count + 1)).prefix(count)
            if isFree(seats) { return Array(seats) }
        }
        for run in layout.runs where run.count >= count {
            for start in 0...(run.count - count) {
                let seats = run.dropFirst(start).prefix(count)
                if isFree(seats) { return Array(seats) }
            }
        }
        return nil
    }

    mutating func take(_ seats: [Int]) {
        for seat in seats { isTaken[seat] = true }
    }

    private func isFree(_ seats: ArraySlice<Int>) -> Bool { seats.allSatisfy { !isTaken[$0] } }
}
