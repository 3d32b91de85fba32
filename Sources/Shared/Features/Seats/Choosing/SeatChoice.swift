import Callers

/// The rules about which seats may be bought together, as far as they need no database.
package enum SeatChoice {
    /// The chosen seats in the order asked for.
    ///
    /// - Parameter includingHouse: whether house seats can be bought too, as at the counter.
    /// - Throws: ``Refusal/seatRepeated``, ``Refusal/seatUnknown``, ``Refusal/seatNotForSale``, ``Refusal/coupleSeatsSoldInPairs``.
    package static func seats(_ ids: [Int64], of plan: ShowtimePlan, includingHouse: Bool = false) throws -> [HallSeat] {
        let chosen = Set(ids)
        guard chosen.count == ids.count else {
            throw Refusal.seatRepeated.about(seats: repeated(ids))
        }
        let unknown = ids.filter { plan.layout.seat($0) == nil }
        guard unknown.isEmpty else {
            throw Refusal.seatUnknown.about(seats: unknown)
        }
        let seats = ids.compactMap(plan.layout.seat)
        let notForSale = seats.filter { !plan.sells($0, includingHouse: includingHouse) }
        guard notForSale.isEmpty else {
            throw Refusal.seatNotForSale.about(seats: notForSale.map(\.id))
        }
        let missing = seats.compactMap(plan.layout.partner).filter { !chosen.contains($0.id) }
        guard missing.isEmpty else {
            throw Refusal.coupleSeatsSoldInPairs.about(seats: missing.map(\.id))
        }
        return seats
    }

    /// The free seats that buying `chosen` would leave alone between taken ones, an aisle or the wall.
    ///
    /// A seat that was alone before, or that is always sold alone, doesn't count.
    package static func orphans(leftBy chosen: [HallSeat], taken: Set<Int64>, of plan: ShowtimePlan) -> [HallSeat] {
        let chosenIDs = Set(chosen.map(\.id))
        func isFree(_ seat: HallSeat?, without gone: Set<Int64>) -> Bool {
            guard let seat else { return false }
            return plan.sells(seat) && !taken.contains(seat.id) && !gone.contains(seat.id)
        }
        func isAlone(_ seat: HallSeat, without gone: Set<Int64>) -> Bool {
            let neighbours = plan.layout.neighbours(of: seat)
            return !isFree(neighbours.left, without: gone) && !isFree(neighbours.right, without: gone)
        }
        let beside = chosen.flatMap { seat -> [HallSeat] in
            let neighbours = plan.layout.neighbours(of: seat)
            return [neighbours.left, neighbours.right].compactMap(\.self)
        }
        var seen: Set<Int64> = []
        return beside.filter { seat in
            isFree(seat, without: chosenIDs)
                && isAlone(seat, without: chosenIDs)
                && !isAlone(seat, without: [])
                && seen.insert(seat.id).inserted
        }
    }

    private static func repeated(_ ids: [Int64]) -> Set<Int64> {
        var seen: Set<Int64> = []
        return Set(ids.filter { !seen.insert($0).inserted })
    }
}
