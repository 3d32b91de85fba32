/// What the tickets of an order cost, and why. The service fee stays outside.
package struct Quote: Hashable, Sendable {
    /// A ticket's share of a discount.
    package struct Discount: Hashable, Sendable {
        package let stage: PriceStage
        /// In fen, above 0.
        package let amountFen: Int64
        package let payer: DiscountPayer
        package let source: PriceSource

        package init(stage: PriceStage, amountFen: Int64, payer: DiscountPayer, source: PriceSource) {
            self.stage = stage
            self.amountFen = amountFen
            self.payer = payer
            self.source = source
        }
    }

    package struct Line: Hashable, Sendable {
        package let seatID: Int64
        /// The list price, in fen.
        package let baseFen: Int64
        /// In the order of the stages, at most one of each.
        package let discounts: [Discount]
        /// What the buyer pays for the ticket, in fen.
        package let priceFen: Int64
        /// `priceFen` and what others than the merchant paid, in fen: the base of the box office and of what the merchant gets.
        package let creditedFen: Int64
    }

    /// Why an offer took nothing off.
    package enum WhyNothing: Hashable, Sendable {
        case noTicketCovered
        case leastSpendNotReached
        /// It acts on tickets, and none became cheaper by it: they cost no more than the fixed price, stand at their minimum, or other coupons
        /// were laid on them.
        case nothingSaved
    }

    /// What an offer did.
    package struct Outcome: Hashable, Sendable {
        package let source: PriceSource
        /// What it took off, in fen. Of points: as many of them were used.
        package let discountFen: Int64
        /// Of an order offer: what no ticket could take, in fen.
        package let unusedFen: Int64
        /// `nil` when it took something off.
        package let whyNothing: WhyNothing?

        init(source: PriceSource, discountFen: Int64, unusedFen: Int64 = 0, obstacle: WhyNothing?) {
            self.source = source
            self.discountFen = discountFen
            self.unusedFen = unusedFen
            whyNothing = discountFen > 0 ? nil : obstacle ?? .nothingSaved
        }
    }

    /// In the order of the tickets.
    package let lines: [Line]
    package let memberPrice: Outcome?
    /// In the order of the coupons.
    package let ticketCoupons: [Outcome]
    package let orderOffer: Outcome?
    package let points: Outcome?

    /// In fen.
    package var discountFen: Int64 { lines.reduce(0) { $0 + $1.baseFen - $1.priceFen } }
    /// For the tickets, in fen.
    package var payableFen: Int64 { lines.reduce(0) { $0 + $1.priceFen } }
    /// What the order offer would give and no ticket can take, in fen.
    package var unusedFen: Int64 { orderOffer?.unusedFen ?? 0 }
    /// What points pay, in fen; the rest of them is not taken.
    package var pointsFen: Int64 { points?.discountFen ?? 0 }
}
