/// With what an offer combines. Exclusion is symmetric: two offers combine only if each lists the other's stage.
package struct CombinationRule: Hashable, Sendable {
    package let stage: PriceStage
    package let combinesWith: Set<PriceStage>

    package init(stage: PriceStage, combinesWith: Set<PriceStage>) {
        self.stage = stage
        self.combinesWith = combinesWith
    }

    /// Of ticket coupons there may be several; of another stage an order has one offer, whatever the two list.
    package func combines(with other: CombinationRule) -> Bool {
        if stage == other.stage && stage != .ticket { return false }
        return combinesWith.contains(other.stage) && other.combinesWith.contains(stage)
    }
}

/// Two offers that exclude each other.
package struct ExclusivePair: Hashable, Sendable {
    /// Positions in the list, the smaller one first.
    package let first: Int
    package let second: Int

    /// The pair with the earliest first offer, and of these the one with the earliest second; `nil` where all combine.
    package init?(among offers: [CombinationRule]) {
        for (first, offer) in offers.enumerated() {
            guard let second = offers.indices.first(where: { $0 > first && !offer.combines(with: offers[$0]) }) else { continue }
            self.first = first
            self.second = second
            return
        }
        return nil
    }
}
