import Callers
import Testing

@testable import Shared

@Suite("The best seats")
struct BestSeatsTests {
    /// A hall drawn like ``SeatFixtures``; a lower-case letter is a seat that is taken.
    private func map(_ rows: [String], refusesOrphans: Bool = false) -> SeatMap {
        let plan = SeatFixtures.plan(rows.map { $0.uppercased() }, refusesOrphans: refusesOrphans)
        var taken: [Int64: SeatState] = [:]
        for (row, cells) in rows.enumerated() {
            for (column, cell) in cells.enumerated() where cell.isLowercase { taken[Int64((row + 1) * 100 + column + 1)] = .sold }
        }
        return SeatMap(plan: plan, claims: SeatClaims(version: 1, revision: 1, states: taken))
    }

    private func best(
        _ rows: [String], _ count: Int, zone: String? = nil, kind: SeatWish.Kind? = nil, refusesOrphans: Bool = false
    ) throws -> [Int64] {
        try BestSeats(SeatWish(count: count, zone: zone, kind: kind), on: map(rows, refusesOrphans: refusesOrphans)).seats.map(\.seat.id)
    }

    @Test("In an empty hall they are in the middle, two thirds back")
    func emptyHall() throws {
        let hall = Array(repeating: "SSSSSSSSS", count: 7)
        #expect(try best(hall, 1) == [505])
        #expect(try best(hall, 3) == [504, 505, 506])
        #expect(try best(hall, 5) == [503, 504, 505, 506, 507])
        #expect(try best(hall, 9) == Array(501...509))
        #expect(try best(["S"], 1) == [101])
    }

    @Test("An aisle breaks a run, and so does a taken seat")
    func runs() throws {
        #expect(try best(["SSS_SSSS", "SSsSSsSs"], 4) == [105, 106, 107, 108])
        #expect(try best(["SSS_SSSS"], 3) == [101, 102, 103])
        #expect(try best(["SsSSSsSS", "SSSSSSSS"], 8) == Array(201...208))
    }

    @Test("A single seat is left alone only when there is no other run")
    func orphans() throws {
        #expect(try best(["SSSSS"], 4) == [101, 102, 103, 104])
        #expect(try best(["sSSSSs"], 2) == [102, 103])
        #expect(try best(["sSSSSSs", "sSSs___"], 2) == [202, 203])
        #expect(try best(["sSSSs"], 2) == [102, 103])
        #expect(throws: Refusal.seatsUnavailable) { try best(["sSSSs"], 2, refusesOrphans: true) }
        #expect(try best(["sSSSs", "sSSs_"], 2, refusesOrphans: true) == [202, 203])
    }

    @Test("Seats apart leave no single seat alone if any such can be had, whether the showtime refuses the others or not")
    func orphanFreeGroups() throws {
        for refusesOrphans in [false, true] {
            let found = try best(["SSS", "SSS"], 4, refusesOrphans: refusesOrphans)
            #expect(found.suffix(3) == [201, 202, 203])
            #expect(found.first != 102)
            // Both others lie equally near to the first seat.
            #expect(try best(["S_S", "S_X"], 2, refusesOrphans: refusesOrphans) == [101, 201])
        }
        #expect(try best(["SSS"], 2) == [101, 102], "Beside one another comes first.")
        #expect(try best(["SWS"], 2) == [101, 103], "There are no others.")
    }

    @Test("Where no single seat may be left alone, seats apart that leave none are found, however far apart they lie")
    func tidyGroups() throws {
        #expect(try best(["SSS", "SSS"], 2, refusesOrphans: true) == [101, 201])
        #expect(try best(["SSS", "SSSS", "sSSS"], 4, refusesOrphans: true) == [201, 202, 203, 204])
        #expect(throws: Refusal.seatsUnavailable) { try best(["SSS"], 2, refusesOrphans: true) }
        // Pairs alone give no odd number; with one seat more, at the other end of the hall, they do.
        let row = String(repeating: "SSs", count: 8)
        let pairs = Array(repeating: row, count: 20)
        #expect(throws: Refusal.seatsUnavailable) { try best(pairs, 19, refusesOrphans: true) }
        let found = try best(["Sss"] + pairs, 19, refusesOrphans: true)
        #expect(found.count == 19)
        #expect(found.contains(101))
        let pairsChosen = Dictionary(grouping: found.dropFirst()) { $0 / 100 * 100 + ($0 % 100 + 2) / 3 }
        #expect(pairsChosen.count == 9 && pairsChosen.values.allSatisfy { $0.count == 2 }, "\(found)")
    }

    @Test("In every small hall a choice is made exactly when there is one, and of seats apart it is the best one", arguments: 0..<16)
    func everyHall(first: Int) throws {
        for rest in 0..<16 {
            let rows = [first, rest].map { row in String((0..<4).map { row >> $0 & 1 == 1 ? "S" : "s" }) }
            for refusesOrphans in [false, true] {
                let map = map(rows, refusesOrphans: refusesOrphans)
                for count in 1...6 {
                    let wish = SeatWish(count: count)
                    let oracle = BestSeatsOracle(wish, map: map)
                    let found = try? BestSeats(wish, on: map)
                    let label = "\(rows) \(count) \(refusesOrphans) \(found?.places ?? [])"
                    let group = oracle.bestGroup
                    #expect((found == nil) == (group == nil), "\(label)")
                    if let found, let group, !found.isAdjacent {
                        #expect(oracle.groupMerit(of: found.places) == oracle.groupMerit(of: group), "\(label) \(group)")
                    }
                    if let found, refusesOrphans { #expect(oracle.orphans(leftBy: found.places) == 0, "\(label)") }
                }
            }
        }
    }

    @Test("A couple's seat comes whole; an odd number takes a single seat to it")
    func couples() throws {
        #expect(try best(["LRLRLR"], 2) == [103, 104])
        #expect(try best(["LRLRLR"], 4) == [101, 102, 103, 104])
        #expect(throws: Refusal.seatsUnavailable) { try best(["LRLRLR"], 3) }
        #expect(throws: Refusal.seatsUnavailable) { try best(["LRLRLR"], 1) }
        #expect(try best(["LRS"], 3) == [101, 102, 103])
        #expect(try best(["LRS"], 1) == [103])
        #expect(try best(["lrLRSSS"], 2, kind: .couple) == [103, 104])
        #expect(try best(["LRSSLR"], 2, kind: .standard) == [103, 104])
        #expect(throws: Refusal.seatsUnavailable) { try best(["LRSS"], 3, kind: .couple) }
    }

    @Test("A wheelchair place is given to who asks for it and to nobody else; house and broken seats to nobody")
    func kinds() throws {
        #expect(try best(["WWSS"], 2, kind: .wheelchair) == [101, 102])
        #expect(throws: Refusal.seatsUnavailable) { try best(["WWSS"], 3) }
        #expect(throws: Refusal.seatsUnavailable) { try best(["WWSS"], 3, kind: .wheelchair) }
        #expect(throws: Refusal.seatsUnavailable) { try best(["HXSH"], 2) }
        #expect(try best(["SWS"], 2) == [101, 103])
    }

    @Test("Of a zone only that zone's seats are given; of one that isn't there none")
    func zones() throws {
        #expect(try best(["SS"], 2, zone: "standard") == [101, 102])
        #expect(throws: Refusal.seatsUnavailable) { try best(["SS"], 1, zone: "vip") }
    }

    @Test("More seats than one person may hold are not chosen")
    func limit() throws {
        let plan = SeatFixtures.plan(["SSSSSSSS"])
        let map = SeatMap(plan: plan, claims: SeatClaims(version: 1, revision: 1, seatLimit: 6))
        #expect(try BestSeats(SeatWish(count: 6), on: map).places.count == 6)
        #expect(throws: Refusal.seatLimitExceeded.about(limit: 6)) { try BestSeats(SeatWish(count: 7), on: map) }
    }

    @Test("Without a run they lie as near together as can be, over neighbouring rows")
    func groups() throws {
        #expect(try best(["SsSsS", "sSsss"], 3) == [101, 103, 105])
        #expect(try best(["Sss", "Sss", "ssS"], 2) == [101, 201])
        #expect(try best(["S_________S", "__________S", "___________"], 2) == [111, 211])
        #expect(try best(["Ss", "sS", "sS"], 3) == [101, 202, 302])
        let apart = try BestSeats(SeatWish(count: 2), on: map(["Ss", "sS"]))
        #expect(!apart.isAdjacent)
        #expect(try BestSeats(SeatWish(count: 2), on: map(["SS"])).isAdjacent)
        #expect(throws: Refusal.seatsUnavailable) { try best(["Ss", "sS"], 3) }
        #expect(throws: Refusal.seatsUnavailable) { try best(["ss"], 1) }
    }

    @Test("The chosen seats can be ordered, and are the best by a plain version of the rule", arguments: UInt64(0)..<80)
    func oracle(seed: UInt64) throws {
        var chance = SplitMix(state: seed)
        let refusesOrphans = seed % 3 == 0
        let rows = Self.hall(using: &chance)
        let map = map(rows, refusesOrphans: refusesOrphans)
        for count in 1...4 {
            for kind in [nil] + SeatWish.Kind.allCases.map(Optional.some) {
                let wish = SeatWish(count: count, kind: kind)
                let oracle = BestSeatsOracle(wish, map: map)
                let found = try? BestSeats(wish, on: map)
                let label = "\(rows) \(count) \(kind.map(\.rawValue) ?? "any") \(found?.places ?? [])"
                if let run = oracle.bestRun {
                    #expect(found?.isAdjacent == true, "\(label)")
                    #expect(oracle.merit(of: found?.places ?? []) == oracle.merit(of: run), "\(label) \(run)")
                } else if let found {
                    #expect(!found.isAdjacent, "\(label)")
                    #expect(oracle.isAllowed(found.places), "\(label)")
                    let group = oracle.bestGroup
                    #expect(oracle.groupMerit(of: found.places) == group.map(oracle.groupMerit), "\(label) \(group ?? [])")
                } else {
                    #expect(oracle.bestGroup == nil, "\(label)")
                }
                guard let found else { continue }
                _ = try SeatChoice.seats(found.seats.map(\.seat.id), of: map.plan)
                #expect(found.seats.allSatisfy { $0.state == .free })
                if refusesOrphans { #expect(oracle.orphans(leftBy: found.places) == 0, "\(label)") }
            }
        }
    }

    /// A small hall with some of everything.
    private static func hall(using chance: inout SplitMix) -> [String] {
        (0..<Int.random(in: 1...3, using: &chance)).map { _ in
            var row = ""
            while row.count < 5 {
                let seat = ["S", "S", "S", "s", "s", "_", "LR", "lr", "W", "H", "X"].randomElement(using: &chance) ?? "S"
                row += seat
            }
            return row
        }
    }
}

/// The rule of the best seats told plainly: all choices are looked at.
private struct BestSeatsOracle {
    let wish: SeatWish
    let map: SeatMap

    /// Every allowed set of places of the wished size.
    private var choices: [[Int]] = [[]]

    init(_ wish: SeatWish, map: SeatMap) {
        self.wish = wish
        self.map = map
        for place in map.states.indices where map.states[place] == .free {
            choices += choices.filter { $0.count < wish.count }.map { $0 + [place] }
        }
        choices = choices.filter(isAllowed)
    }

    private var seats: [HallSeat] { map.plan.layout.seats }

    /// Whether the places can be had together.
    func isAllowed(_ places: [Int]) -> Bool {
        places.count == wish.count
            && places.allSatisfy { map.states[$0] == .free && wish.allows(seats[$0].kind) }
            && (try? SeatChoice.seats(places.map { seats[$0].id }, of: map.plan)) != nil
    }

    func orphans(leftBy places: [Int]) -> Int {
        let taken = Set(seats.indices.filter { map.states[$0] == .sold }.map { seats[$0].id })
        return SeatChoice.orphans(leftBy: places.map { seats[$0] }, taken: taken, of: map.plan).count
    }

    private func isRun(_ places: [Int]) -> Bool {
        zip(places, places.dropFirst()).allSatisfy { map.plan.layout.neighbours(of: seats[$0]).right?.id == seats[$1].id }
    }

    /// Of seats beside one another. Less is better: a single seat left alone, then the distances from the best point.
    func merit(of places: [Int]) -> [Int] {
        [min(orphans(leftBy: places), 1), farness(of: places)]
    }

    /// The distances from the best point, 36 times: rounded, since they are summed up in fractions.
    private func farness(of places: [Int]) -> Int {
        let (rows, columns) = (seats.map(\.row), seats.map(\.column))
        let (front, back) = (Double(rows.min() ?? 0), Double(rows.max() ?? 0))
        let middle = Double((columns.min() ?? 0) + (columns.max() ?? 0)) / 2
        let far = places.reduce(0.0) { sum, place in
            let (x, y) = (Double(seats[place].column) - middle, Double(seats[place].row) - (front + (back - front) * 2 / 3))
            return sum + x * x + (2 * y) * (2 * y)
        }
        return Int((far * 36).rounded())
    }

    var bestRun: [Int]? {
        choices.filter { isRun($0) && !(map.plan.refusesOrphans && orphans(leftBy: $0) > 0) }
            .min { merit(of: $0).lexicographicallyPrecedes(merit(of: $1)) }
    }

    /// How far apart seats lie, measured from the seat among them, or the left half of a couple's, from which that is least.
    private func spread(of places: [Int]) -> Int {
        seats.indices.filter { map.states[$0] == .free && wish.allows(seats[$0].kind) && seats[$0].kind != .coupleRight }.map { anchor in
            places.reduce(0) { sum, place in
                let (x, y) = (seats[place].column - seats[anchor].column, seats[place].row - seats[anchor].row)
                return sum + x * x + 4 * y * y
            }
        }.min() ?? .max
    }

    /// Less is better: a single seat left alone, then how far apart they lie, then the distances from the best point.
    func groupMerit(of places: [Int]) -> [Int] {
        [min(orphans(leftBy: places), 1), spread(of: places), farness(of: places)]
    }

    /// Of all choices that can be ordered, beside one another or not.
    var bestGroup: [Int]? {
        choices.map { (places: $0, merit: groupMerit(of: $0)) }
            .filter { !map.plan.refusesOrphans || $0.merit[0] == 0 }
            .min { $0.merit.lexicographicallyPrecedes($1.merit) }?.places
    }
}
