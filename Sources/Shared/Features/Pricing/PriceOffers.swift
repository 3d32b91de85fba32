/// The stages of a price after its base, in their order. The stage of an offer is also the class by which offers exclude each other.
package enum PriceStage: String, CaseIterable, Hashable, Sendable {
    /// The member price of one card.
    case member
    /// Coupons, each on one ticket.
    case ticket
    /// One coupon or campaign for the order.
    case order
    case points
}

/// Who bears a discount.
package enum DiscountPayer: String, CaseIterable, Hashable, Sendable {
    case platform
    case merchant
    case distributor
}

/// Where a discount comes from.
package enum PriceSource: Hashable, Sendable {
    /// A coupon, of a version of its template.
    case coupon(id: Int64, templateID: Int64, version: Int)
    /// An automatic campaign: a version of a template, without a coupon.
    case campaign(templateID: Int64, version: Int)
    /// A membership card.
    case card(id: Int64)
    case points
}

/// Which tickets of an order an offer may act on. Whoever makes the offer turns its limits (zones, formats, …) into seats.
package enum OfferCoverage: Hashable, Sendable {
    case all
    case seats(Set<Int64>)

    func contains(_ seatID: Int64) -> Bool {
        switch self {
        case .all: true
        case .seats(let ids): ids.contains(seatID)
        }
    }
}

/// What all offers but points have in common.
package struct OfferTerms: Hashable, Sendable {
    package let source: PriceSource
    package let payer: DiscountPayer
    package let covers: OfferCoverage
    /// In fen, of `base_fen` of the tickets that the offer covers; below it the offer gives nothing.
    package let leastSpendFen: Int64

    package init(source: PriceSource, payer: DiscountPayer, covers: OfferCoverage = .all, leastSpendFen: Int64 = 0) {
        self.source = source
        self.payer = payer
        self.covers = covers
        self.leastSpendFen = leastSpendFen
    }
}

/// A card's price for tickets. They are those on which it saves most, ties by the order of the tickets.
package struct MemberPrice: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// So much is taken off, 1 to 100.
        case percentage(percent: Int)
        /// By zone, in fen; a zone without a price has no member price.
        case fixedPrice(pricesFen: [String: Int64])
    }

    package let terms: OfferTerms
    package let kind: Kind
    /// `nil` for no limit.
    package let mostTickets: Int?

    package init(_ kind: Kind, mostTickets: Int? = nil, terms: OfferTerms) {
        self.terms = terms
        self.kind = kind
        self.mostTickets = mostTickets
    }
}

/// A coupon for one ticket.
package struct TicketCoupon: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// In fen.
        case amount(fen: Int64)
        /// So much is taken off, 1 to 100, but not more than the cap in fen.
        case percentage(percent: Int, capFen: Int64? = nil)
        /// What the ticket costs with it, in fen.
        case fixedPrice(fen: Int64)
        /// The ticket costs nothing more; no minimum price stands against it.
        case exchange
    }

    package let terms: OfferTerms
    package let kind: Kind

    package init(_ kind: Kind, terms: OfferTerms) {
        self.terms = terms
        self.kind = kind
    }
}

/// A coupon or an automatic campaign for the tickets of an order that it covers together.
package struct OrderOffer: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// In fen.
        case amount(fen: Int64)
        /// So much is taken off, 1 to 100, but not more than the cap in fen.
        case percentage(percent: Int, capFen: Int64? = nil)
        /// Of each full `n` tickets the cheapest is cheaper by `percent`, 1 to 100.
        case nthTicket(n: Int, percent: Int)
    }

    package let terms: OfferTerms
    package let kind: Kind

    package init(_ kind: Kind, terms: OfferTerms) {
        self.terms = terms
        self.kind = kind
    }
}

/// Points as a discount. The platform pays it.
package struct PointsOffer: Hashable, Sendable {
    /// What the buyer's points are worth, in fen.
    package let worthFen: Int64
    /// The share that points may pay at most, in percent of what the tickets cost before them.
    package let mostPercent: Int

    package init(worthFen: Int64, mostPercent: Int) {
        self.worthFen = worthFen
        self.mostPercent = mostPercent
    }
}

/// All that acts on the prices of an order. Whoever hands it over has decided already that the buyer may use it, and that its parts combine.
package struct PriceOffers: Hashable, Sendable {
    package let memberPrice: MemberPrice?
    /// Their order decides between layings that save the same.
    package let ticketCoupons: [TicketCoupon]
    package let orderOffer: OrderOffer?
    package let points: PointsOffer?

    package init(
        memberPrice: MemberPrice? = nil, ticketCoupons: [TicketCoupon] = [], orderOffer: OrderOffer? = nil, points: PointsOffer? = nil
    ) {
        self.memberPrice = memberPrice
        self.ticketCoupons = ticketCoupons
        self.orderOffer = orderOffer
        self.points = points
    }
}
