/// The tickets of an order and what each costs after the stages so far.
struct TicketPrices {
    let tickets: [PricedTicket]
    /// What each ticket costs now, in fen: 0 to ``PricedTicket/pricesFen``'s upper bound.
    private(set) var fen: [Int64]

    init(_ tickets: [PricedTicket]) {
        self.tickets = tickets
        fen = tickets.map(\.baseFen)
    }

    /// A sum of a few thousand prices of at most 10,000,000 fen is far from the bounds of Int64, also a hundred times over.
    var sumFen: Int64 { fen.reduce(0, +) }

    /// What a payer may take off a ticket. The movie's minimum price holds for what a merchant pays; a ticket that is below it already,
    /// by its base or by what others paid, leaves a merchant nothing to take.
    func roomFen(of place: Int, for payer: DiscountPayer) -> Int64 {
        payer == .merchant ? max(0, fen[place] - tickets[place].floorFen) : fen[place]
    }

    /// - Parameter amountFen: at most what the ticket costs.
    mutating func take(_ amountFen: Int64, off place: Int) { fen[place] -= amountFen }
}

/// The places of the tickets that an offer acts on: none where something stands against it.
struct OfferReach {
    let places: [Int]
    let obstacle: Quote.WhyNothing?
}

extension OfferTerms {
    func reach(over tickets: [PricedTicket]) -> OfferReach {
        let places = tickets.indices.filter { covers.contains(tickets[$0].seatID) }
        if places.isEmpty { return OfferReach(places: [], obstacle: .noTicketCovered) }
        let spendFen = places.reduce(0) { $0 + tickets[$1].baseFen }
        if spendFen < leastSpendFen { return OfferReach(places: [], obstacle: .leastSpendNotReached) }
        return OfferReach(places: places, obstacle: nil)
    }
}

/// - Parameters:
///   - percent: one outside of 0 to 100 counts as the nearer bound.
///   - fen: prices or their sum, so that a hundred times as much fits.
/// - Returns: rounded down to the fen.
private func portion(_ percent: Int, of fen: Int64) -> Int64 { fen * Int64(min(max(percent, 0), 100)) / 100 }

extension MemberPrice {
    /// - Returns: what it takes off each ticket, in fen.
    func discountsFen(on prices: TicketPrices, _ reach: OfferReach) -> [Int64] {
        var discounts = [Int64](repeating: 0, count: prices.tickets.count)
        for place in reach.places {
            let wanted =
                switch kind {
                case .percentage(let percent): portion(percent, of: prices.fen[place])
                case .fixedPrice(let pricesFen): prices.fen[place] - max(0, pricesFen[prices.tickets[place].zone] ?? prices.fen[place])
                }
            discounts[place] = max(0, min(wanted, prices.roomFen(of: place, for: terms.payer)))
        }
        guard let mostTickets, reach.places.count > mostTickets else { return discounts }
        let bySaving = reach.places.sorted { (discounts[$1], $0) < (discounts[$0], $1) }
        for place in bySaving.dropFirst(max(0, mostTickets)) { discounts[place] = 0 }
        return discounts
    }
}

extension TicketCoupon {
    /// - Returns: what it would take off each ticket, in fen.
    func savingsFen(on prices: TicketPrices, _ reach: OfferReach) -> [Int64] {
        var savings = [Int64](repeating: 0, count: prices.tickets.count)
        for place in reach.places {
            let price = prices.fen[place]
            let room = prices.roomFen(of: place, for: terms.payer)
            let saving =
                switch kind {
                case .amount(let fen): min(fen, room)
                case .percentage(let percent, let capFen): min(portion(percent, of: price), capFen ?? price, room)
                case .fixedPrice(let fen): min(price - max(0, fen), room)
                case .exchange: price
                }
            savings[place] = max(0, saving)
        }
        return savings
    }
}

extension OrderOffer {
    /// What it would take off the tickets together, and what of that they can take, in fen.
    func amountsFen(on prices: TicketPrices, _ reach: OfferReach) -> (wanted: Int64, taken: Int64) {
        if reach.obstacle != nil { return (0, 0) }
        let wanted =
            switch kind {
            case .amount(let fen): fen
            case .percentage(let percent, let capFen):
                min(portion(percent, of: reach.places.reduce(0) { $0 + prices.fen[$1] }), capFen ?? .max)
            case .nthTicket(let n, let percent): portion(percent, of: cheapestFen(ofEach: n, on: prices, reach))
            }
        let rooms = reach.places.reduce(0) { $0 + prices.roomFen(of: $1, for: terms.payer) }
        return (max(0, wanted), max(0, min(wanted, rooms)))
    }

    /// The sum of the cheapest tickets, one of each full `n`: dearest first, the last of each group is its cheapest.
    private func cheapestFen(ofEach n: Int, on prices: TicketPrices, _ reach: OfferReach) -> Int64 {
        let dearestFirst = reach.places.map { prices.fen[$0] }.sorted(by: >)
        return stride(from: max(1, n) - 1, to: dearestFirst.count, by: max(1, n)).reduce(0) { $0 + dearestFirst[$1] }
    }
}

extension PointsOffer {
    /// - Parameter sumFen: what all tickets cost.
    /// - Returns: what points pay of it, in fen.
    func usedFen(of sumFen: Int64) -> Int64 { max(0, min(worthFen, portion(mostPercent, of: sumFen))) }
}
