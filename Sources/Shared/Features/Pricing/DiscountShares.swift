/// How a discount of an order is shared over its tickets.
///
/// In proportion to what the tickets cost, by largest remainder: a ticket's exact share is amount × price ÷ sum of the prices; each gets it
/// rounded down, and the fen that are left go one each to the tickets whose exact shares lost most by it, ties to the first.
///
/// No ticket takes more than its room. The amount is first cut to the sum of all rooms. Then it is shared; tickets whose share is larger than
/// their room take their room and stand aside, and what is left is shared anew over the others, until no share is too large. So what is shared
/// always finds its place, and the shares add up to it.
enum DiscountShares {
    /// - Parameters:
    ///   - amountFen: a negative one counts as 0.
    ///   - pricesFen: what each ticket costs, 0 or more, in fen.
    ///   - roomsFen: what each can take, 0 to its price, in fen.
    /// - Returns: as many as there are prices, in fen.
    static func shares(of amountFen: Int64, over pricesFen: [Int64], roomsFen: [Int64]) -> [Int64] {
        var shares = [Int64](repeating: 0, count: pricesFen.count)
        var remainders = shares
        var left = min(max(amountFen, 0), roomsFen.reduce(0, +))
        var open = Array(pricesFen.indices)
        while left > 0 {
            let sum = open.reduce(0) { $0 + pricesFen[$1] }
            guard sum > 0 else { break }
            var rest = left
            for place in open {
                // The double width can't overflow. The quotient fits, because `left` is at most the rooms of the open tickets and these are
                // at most `sum`: no exact share is above its price.
                (shares[place], remainders[place]) = sum.dividingFullWidth(left.multipliedFullWidth(by: pricesFen[place]))
                rest -= shares[place]
            }
            let byLoss = open.sorted { (remainders[$1], $0) < (remainders[$0], $1) }
            for place in byLoss.prefix(Int(rest)) { shares[place] += 1 }
            let full = open.filter { shares[$0] > roomsFen[$0] }
            if full.isEmpty { break }
            for place in full { left -= roomsFen[place] }
            open.removeAll { shares[$0] > roomsFen[$0] }
            for place in full { shares[place] = roomsFen[place] }
            // With nothing left to share anew, these have been given nothing.
            for place in open { shares[place] = 0 }
        }
        return shares
    }
}
