package import Foundation

/// The best combination of what a buyer has.
///
/// It has any of the ticket coupons, at most one order offer (a coupon or the campaign), and the member price or not; the points, if there are
/// any, always. Every two of them combine by ``CombinationRule``. Best is the least payable. Of equals: fewer coupons; then the coupons, in the
/// order of expiry and id, that come first when compared one by one; then with the campaign, which comes by itself; then without the member
/// price, which may be limited.
///
/// Of each level it looks at the 20 coupons that expire first, by id where they expire together.
///
/// Coupons are alike when each saves as much as the other on every ticket, with and without the member price, and they combine with the same.
/// Of coupons alike the first to expire are taken. ``Pricing`` gets them beside each other: where layings save the same, the order of coupons
/// decides, and so it makes no difference which of them is taken.
package struct BestOffers: Hashable, Sendable {
    /// A coupon that the buyer may use.
    package struct Coupon<Offer: Hashable & Sendable>: Hashable, Sendable {
        package let id: Int64
        package let expiresAt: Date
        package let combinesWith: Set<PriceStage>
        package let offer: Offer

        package init(id: Int64, expiresAt: Date, combinesWith: Set<PriceStage>, offer: Offer) {
            self.id = id
            self.expiresAt = expiresAt
            self.combinesWith = combinesWith
            self.offer = offer
        }
    }

    /// An offer that isn't a coupon.
    package struct Other<Offer: Hashable & Sendable>: Hashable, Sendable {
        package let combinesWith: Set<PriceStage>
        package let offer: Offer

        package init(combinesWith: Set<PriceStage>, offer: Offer) {
            self.combinesWith = combinesWith
            self.offer = offer
        }
    }

    /// What there is to choose from.
    package struct Candidates: Hashable, Sendable {
        package let ticketCoupons: [Coupon<TicketCoupon>]
        package let orderCoupons: [Coupon<OrderOffer>]
        /// The automatic campaign for the order.
        package let campaign: Other<OrderOffer>?
        package let memberPrice: Other<MemberPrice>?
        /// What the buyer named; it isn't up for choice.
        package let points: Other<PointsOffer>?

        package init(
            ticketCoupons: [Coupon<TicketCoupon>] = [], orderCoupons: [Coupon<OrderOffer>] = [], campaign: Other<OrderOffer>? = nil,
            memberPrice: Other<MemberPrice>? = nil, points: Other<PointsOffer>? = nil
        ) {
            self.ticketCoupons = ticketCoupons
            self.orderCoupons = orderCoupons
            self.campaign = campaign
            self.memberPrice = memberPrice
            self.points = points
        }
    }

    /// Of each level so many coupons are looked at.
    package static let mostCoupons = 20

    /// The best ones, in the order in which ``offers`` has them, the order coupon last.
    package let couponIDs: [Int64]
    /// Whether the order offer is the campaign.
    package let usesCampaign: Bool
    /// What ``Pricing`` gets for this combination.
    package let offers: PriceOffers
    /// In fen.
    package let payableFen: Int64
    /// Whether all combinations were compared; where not, another one may be better.
    package let isComplete: Bool

    package init(for tickets: [PricedTicket], among candidates: Candidates) {
        var search = BestOfferSearch(tickets, candidates)
        let hasComparedAll = search.run()
        let best = search.best
        let ticketCoupons = search.coupons(of: best)
        couponIDs = ticketCoupons.map(\.id) + (best.orderOption.coupon.map { [$0.id] } ?? [])
        usesCampaign = best.orderOption.isCampaign
        offers = PriceOffers(
            memberPrice: best.usesMemberPrice ? candidates.memberPrice?.offer : nil,
            ticketCoupons: ticketCoupons.map(\.offer),
            orderOffer: best.orderOption.offer,
            points: candidates.points?.offer
        )
        payableFen = best.payableFen
        isComplete = hasComparedAll && max(candidates.ticketCoupons.count, candidates.orderCoupons.count) <= Self.mostCoupons
    }
}

/// A search among all combinations, or among the most promising ones where there are too many.
///
/// What can't change the answer isn't looked at: coupons that save nothing on the tickets' bases, since no discount grows when a ticket becomes
/// cheaper; more ticket coupons than tickets; of coupons alike, which ones they are; and sets of coupons that would not be enough even if each
/// had its best ticket, or so many tickets their best coupon.
private struct BestOfferSearch {
    typealias Coupon = BestOffers.Coupon<TicketCoupon>

    /// So many steps take a few milliseconds; what ``steps(toCompare:)`` counts are some nanoseconds each.
    private static let mostSteps = 3_000_000

    /// Ticket coupons that are alike, in the order of expiry and id.
    struct Group {
        var coupons: [Coupon]
        let rule: CombinationRule
    }

    /// No order offer, a coupon, or the campaign.
    struct OrderOption {
        var offer: OrderOffer?
        var reach = OfferReach(places: [], obstacle: nil)
        var rule: CombinationRule?
        var coupon: BestOffers.Coupon<OrderOffer>?

        var isCampaign: Bool { offer != nil && coupon == nil }

        func takenFen(on prices: TicketPrices) -> Int64 { offer.map { $0.amountsFen(on: prices, reach).taken } ?? 0 }
    }

    /// A combination. Groups of ticket coupons are named by position, ascending, once for each coupon taken.
    struct Combination {
        let payableFen: Int64
        let groups: [Int]
        let orderOption: OrderOption
        let usesMemberPrice: Bool
    }

    /// What holds with the member price, or without.
    private struct Start {
        let usesMemberPrice: Bool
        let prices: TicketPrices
        /// Of each group, on each ticket.
        let savingsFen: [[Int64]]
        /// Positions of the groups that combine with what is there already.
        let groups: [Int]
        let orderOptions: [OrderOption]
        /// For each of these, whether each group combines with it.
        let combines: [[Bool]]
        /// Of each group, on the ticket on which it saves most.
        let mostSavingFen: [Int64]
        /// On each ticket, by the group that saves most there; the largest first.
        let mostOnTicketsFen: [Int64]
        /// What the tickets cost, less what the best order offer takes off.
        let leastSumFen: Int64
    }

    private let tickets: [PricedTicket]
    private let points: PointsOffer?
    private var groups: [Group] = []
    private var starts: [Start] = []
    private(set) var best: Combination

    init(_ tickets: [PricedTicket], _ candidates: BestOffers.Candidates) {
        self.tickets = tickets
        points = candidates.points?.offer
        let base = TicketPrices(tickets)
        var prices = [base]
        if let member = candidates.memberPrice?.offer {
            var reduced = base
            for (place, amount) in member.discountsFen(on: base, member.terms.reach(over: tickets)).enumerated() {
                reduced.take(amount, off: place)
            }
            prices.append(reduced)
        }
        let savings = Self.group(candidates.ticketCoupons, on: prices, into: &groups)
        let options = Self.orderOptions(candidates, on: base)
        let pointsRule = candidates.points.map { CombinationRule(stage: .points, combinesWith: $0.combinesWith) }
        let memberRule = candidates.memberPrice.map { CombinationRule(stage: .member, combinesWith: $0.combinesWith) }
        for (index, start) in prices.enumerated() {
            let given = [pointsRule, index == 1 ? memberRule : nil].compactMap(\.self)
            guard ExclusivePair(among: given) == nil else { continue }
            let rules = groups.map(\.rule)
            let onTickets = savings.map { $0[index] }
            let usable = options.filter { option in given.allSatisfy { option.rule?.combines(with: $0) ?? true } }
            starts.append(
                Start(
                    usesMemberPrice: index == 1,
                    prices: start,
                    savingsFen: onTickets,
                    groups: rules.indices.filter { group in given.allSatisfy { rules[group].combines(with: $0) } },
                    orderOptions: usable,
                    combines: usable.map { option in rules.map { option.rule?.combines(with: $0) ?? true } },
                    mostSavingFen: onTickets.map { $0.max() ?? 0 },
                    mostOnTicketsFen: tickets.indices.map { place in onTickets.map { $0[place] }.max() ?? 0 }.sorted(by: >),
                    leastSumFen: start.sumFen - (usable.map { $0.takenFen(on: start) }.max() ?? 0)
                )
            )
        }
        let payable = Self.payableFen(base.sumFen, with: points)
        best = Combination(payableFen: payable, groups: [], orderOption: OrderOption(), usesMemberPrice: false)
    }

    func coupons(of combination: Combination) -> [Coupon] {
        var taken = [Int](repeating: 0, count: groups.count)
        return combination.groups.map { group in
            let coupon = groups[group].coupons[taken[group]]
            taken[group] += 1
            return coupon
        }
    }

    /// - Returns: whether all combinations were compared.
    mutating func run() -> Bool {
        let comparesAll = starts.reduce(0) { $0 + steps(toCompare: $1) } <= Self.mostSteps
        // Good ones first leave fewer that could be enough.
        for start in starts { comparePromising(start) }
        if comparesAll {
            for start in starts { compareAll(start) }
        }
        return comparesAll
    }

    // MARK: What there is

    /// - Returns: what each group saves: by prices, then by tickets.
    private static func group(_ coupons: [Coupon], on prices: [TicketPrices], into groups: inout [Group]) -> [[[Int64]]] {
        var positions: [GroupKey: Int] = [:]
        var savings: [[[Int64]]] = []
        for coupon in firstToExpire(coupons) {
            let reach = coupon.offer.terms.reach(over: prices[0].tickets)
            let key = GroupKey(savingsFen: prices.map { coupon.offer.savingsFen(on: $0, reach) }, combinesWith: coupon.combinesWith)
            guard key.savingsFen[0].contains(where: { $0 > 0 }) else { continue }
            if let position = positions[key] {
                groups[position].coupons.append(coupon)
            } else {
                positions[key] = groups.count
                groups.append(Group(coupons: [coupon], rule: CombinationRule(stage: .ticket, combinesWith: coupon.combinesWith)))
                savings.append(key.savingsFen)
            }
        }
        return savings
    }

    private struct GroupKey: Hashable {
        let savingsFen: [[Int64]]
        let combinesWith: Set<PriceStage>
    }

    private static func orderOptions(_ candidates: BestOffers.Candidates, on base: TicketPrices) -> [OrderOption] {
        func option(_ offer: OrderOffer, _ combinesWith: Set<PriceStage>, _ coupon: BestOffers.Coupon<OrderOffer>?) -> OrderOption {
            OrderOption(
                offer: offer,
                reach: offer.terms.reach(over: base.tickets),
                rule: CombinationRule(stage: .order, combinesWith: combinesWith),
                coupon: coupon
            )
        }
        let coupons = firstToExpire(candidates.orderCoupons).map { option($0.offer, $0.combinesWith, $0) }
        let campaign = candidates.campaign.map { [option($0.offer, $0.combinesWith, nil)] } ?? []
        let useful = coupons.filter { $0.takenFen(on: base) > 0 }
        return [OrderOption()] + campaign + useful
    }

    private static func firstToExpire<Offer>(_ coupons: [BestOffers.Coupon<Offer>]) -> [BestOffers.Coupon<Offer>] {
        Array(coupons.sorted { ($0.expiresAt, $0.id) < ($1.expiresAt, $1.id) }.prefix(BestOffers.mostCoupons))
    }

    private func combinesWithTickets(_ group: Int) -> Bool { groups[group].rule.combines(with: groups[group].rule) }

    /// What comparing all costs: to lay each set of ticket coupons, and to reckon each order offer with each of them.
    ///
    /// There are at most 2^20 sets, since there are at most 20 coupons; so this doesn't overflow.
    private func steps(toCompare start: Start) -> Int {
        // How many sets there are of each size.
        var bySize = [Int](repeating: 0, count: min(tickets.count, BestOffers.mostCoupons) + 1)
        bySize[0] = 1
        for group in start.groups where combinesWithTickets(group) {
            let without = bySize
            for size in bySize.indices { bySize[size] = without[...size].suffix(groups[group].coupons.count + 1).reduce(0, +) }
        }
        if bySize.count > 1 { bySize[1] += start.groups.count { !combinesWithTickets($0) } }
        return bySize.enumerated().reduce(0) { steps, sets in
            let size = sets.offset
            let laying = size * size * (size + tickets.count) + 400 * size
            return steps + sets.element * (laying + start.orderOptions.count * (40 + 20 * tickets.count))
        }
    }

    // MARK: Comparing

    private mutating func compareAll(_ start: Start) {
        for group in start.groups where !combinesWithTickets(group) { consider([group], start) }
        extend([], with: start.groups.filter(combinesWithTickets)[...], start)
    }

    /// All sets that have these groups and some more of the others.
    private mutating func extend(_ chosen: [Int], with others: ArraySlice<Int>, _ start: Start) {
        guard let group = others.first else { return consider(chosen, start) }
        var chosen = chosen
        extend(chosen, with: others.dropFirst(), start)
        for _ in groups[group].coupons {
            guard chosen.count < tickets.count else { break }
            chosen.append(group)
            extend(chosen, with: others.dropFirst(), start)
        }
    }

    /// For each order offer the set that saves most on the tickets, each coupon that is used alone, and no ticket coupon.
    private mutating func comparePromising(_ start: Start) {
        var layings: [[Bool]: [Int]] = [:]
        consider([], start)
        for group in start.groups where !combinesWithTickets(group) { consider([group], start) }
        for combines in start.combines {
            let laid = layings[combines] ?? mostSaving(start.groups.filter { combines[$0] && combinesWithTickets($0) }, start)
            if layings.updateValue(laid, forKey: combines) == nil { consider(laid, start) }
        }
    }

    /// - Returns: of these groups, all that a laying of all their coupons uses.
    private func mostSaving(_ usable: [Int], _ start: Start) -> [Int] {
        let offered = usable.flatMap { Array(repeating: $0, count: min(groups[$0].coupons.count, tickets.count)) }
        let laying = CouponLaying(savingsFen: offered.map { start.savingsFen[$0] })
        return zip(offered, laying.places).compactMap { $1 == nil ? nil : $0 }
    }

    /// Compares these ticket coupons with each order offer that combines with them.
    private mutating func consider(_ chosen: [Int], _ start: Start) {
        let savingFen = min(
            chosen.reduce(0) { $0 + start.mostSavingFen[$1] }, start.mostOnTicketsFen.prefix(chosen.count).reduce(0, +)
        )
        // What is payable doesn't fall when the sum before points grows.
        let bound = Self.payableFen(max(0, start.leastSumFen - savingFen), with: points)
        let bestCount = best.groups.count + (best.orderOption.coupon == nil ? 0 : 1)
        guard bound < best.payableFen || (bound == best.payableFen && chosen.count <= bestCount) else { return }
        var prices = start.prices
        if !chosen.isEmpty {
            let laying = CouponLaying(savingsFen: chosen.map { start.savingsFen[$0] })
            for (group, place) in zip(chosen, laying.places) {
                if let place { prices.take(start.savingsFen[group][place], off: place) }
            }
        }
        let sum = prices.sumFen
        for (option, combines) in zip(start.orderOptions, start.combines) where chosen.allSatisfy({ combines[$0] }) {
            // All that is taken finds its place, so the shares needn't be known.
            let payable = Self.payableFen(sum - option.takenFen(on: prices), with: points)
            guard payable <= best.payableFen else { continue }
            let found = Combination(payableFen: payable, groups: chosen, orderOption: option, usesMemberPrice: start.usesMemberPrice)
            if payable < best.payableFen || isBetter(found, than: best) { best = found }
        }
    }

    private static func payableFen(_ sumFen: Int64, with points: PointsOffer?) -> Int64 { sumFen - (points?.usedFen(of: sumFen) ?? 0) }

    /// Of two combinations with the same payable.
    private func isBetter(_ one: Combination, than other: Combination) -> Bool {
        let (coupons, others) = (keys(of: one), keys(of: other))
        guard coupons.count == others.count else { return coupons.count < others.count }
        if let (mine, its) = zip(coupons, others).first(where: { $0 != $1 }) { return mine < its }
        guard one.orderOption.isCampaign == other.orderOption.isCampaign else { return one.orderOption.isCampaign }
        return !one.usesMemberPrice && other.usesMemberPrice
    }

    private func keys(of combination: Combination) -> [(Date, Int64)] {
        let order = combination.orderOption.coupon.map { [($0.expiresAt, $0.id)] } ?? []
        return (coupons(of: combination).map { ($0.expiresAt, $0.id) } + order).sorted { $0 < $1 }
    }
}
