import Foundation

@testable import Shared

// What Oracles/pricing.py reads and writes.

struct OracleOrders: Encodable {
    let quotes: [QuoteForm]
    let bests: [BestForm]
}

struct OracleAnswers: Decodable {
    let quotes: [QuoteAnswer]
    let bests: [BestAnswer]
}

struct TicketForm: Encodable {
    let ticket: PricedTicket

    enum CodingKeys: String, CodingKey {
        case zone
        case seatID = "seat_id"
        case baseFen = "base_fen"
        case floorFen = "floor_fen"
    }

    func encode(to encoder: any Encoder) throws {
        var form = encoder.container(keyedBy: CodingKeys.self)
        try form.encode(ticket.seatID, forKey: .seatID)
        try form.encode(ticket.zone, forKey: .zone)
        try form.encode(ticket.baseFen, forKey: .baseFen)
        try form.encode(ticket.floorFen, forKey: .floorFen)
    }
}

struct OfferForm: Encodable {
    let payer: String
    let covers: [Int64]?
    let leastSpendFen: Int64
    var kind = ""
    var amountFen: Int64?
    var percent: Int?
    var capFen: Int64?
    var priceFen: Int64?
    var prices: [String: Int64]?
    var n: Int?
    var mostTickets: Int?

    enum CodingKeys: String, CodingKey {
        case payer, covers, kind, percent, prices, n
        case leastSpendFen = "least_spend_fen"
        case amountFen = "amount_fen"
        case capFen = "cap_fen"
        case priceFen = "price_fen"
        case mostTickets = "most_tickets"
    }

    private init(_ terms: OfferTerms) {
        payer = terms.payer.rawValue
        leastSpendFen = terms.leastSpendFen
        covers =
            switch terms.covers {
            case .all: nil
            case .seats(let ids): ids.sorted()
            }
    }

    init(_ offer: MemberPrice) {
        self.init(offer.terms)
        mostTickets = offer.mostTickets
        switch offer.kind {
        case .percentage(let percent): (kind, self.percent) = ("percentage", percent)
        case .fixedPrice(let prices): (kind, self.prices) = ("fixed_price", prices)
        }
    }

    init(_ offer: TicketCoupon) {
        self.init(offer.terms)
        switch offer.kind {
        case .amount(let fen): (kind, amountFen) = ("amount", fen)
        case .percentage(let percent, let cap): (kind, self.percent, capFen) = ("percentage", percent, cap)
        case .fixedPrice(let fen): (kind, priceFen) = ("fixed_price", fen)
        case .exchange: kind = "exchange"
        }
    }

    init(_ offer: OrderOffer) {
        self.init(offer.terms)
        switch offer.kind {
        case .amount(let fen): (kind, amountFen) = ("amount", fen)
        case .percentage(let percent, let cap): (kind, self.percent, capFen) = ("percentage", percent, cap)
        case .nthTicket(let n, let percent): (kind, self.n, self.percent) = ("nth_ticket", n, percent)
        }
    }
}

struct PointsForm: Encodable {
    let worthFen: Int64
    let mostPercent: Int

    enum CodingKeys: String, CodingKey {
        case worthFen = "worth_fen"
        case mostPercent = "most_percent"
    }

    init(_ offer: PointsOffer) {
        worthFen = offer.worthFen
        mostPercent = offer.mostPercent
    }
}

struct QuoteForm: Encodable {
    let tickets: [TicketForm]
    let member: OfferForm?
    let ticket: [OfferForm]
    let order: OfferForm?
    let points: PointsForm?

    init(_ order: RandomOrder.Order) {
        tickets = order.tickets.map(TicketForm.init)
        member = order.offers.memberPrice.map(OfferForm.init)
        ticket = order.offers.ticketCoupons.map(OfferForm.init)
        self.order = order.offers.orderOffer.map(OfferForm.init)
        points = order.offers.points.map(PointsForm.init)
    }
}

struct QuoteAnswer: Decodable, Hashable {
    struct Line: Decodable, Hashable {
        let discounts: [Discount]
        let priceFen: Int64
        let creditedFen: Int64

        enum CodingKeys: String, CodingKey {
            case discounts
            case priceFen = "price_fen"
            case creditedFen = "credited_fen"
        }
    }

    struct Discount: Hashable {
        let stage: String
        let amountFen: Int64
        let payer: String
        let number: Int
    }

    struct OfEach<Value: Decodable & Hashable>: Decodable, Hashable {
        let member: Value?
        let ticket: [Value?]
        let order: Value?
        let points: Value?
    }

    let lines: [Line]
    let discountFen: Int64
    let payableFen: Int64
    let unusedFen: Int64
    let gave: OfEach<Int64>
    let why: OfEach<String>

    enum CodingKeys: String, CodingKey {
        case lines, gave, why
        case discountFen = "discount_fen"
        case payableFen = "payable_fen"
        case unusedFen = "unused_fen"
    }

    init(_ quote: Quote, _ offers: PriceOffers) {
        lines = quote.lines.map { line in
            let discounts = line.discounts.map { discount in
                let number = discount.stage == .ticket ? offers.ticketCoupons.firstIndex { $0.terms.source == discount.source } : 0
                return Discount(
                    stage: discount.stage.rawValue, amountFen: discount.amountFen, payer: discount.payer.rawValue, number: number ?? -1
                )
            }
            return Line(discounts: discounts, priceFen: line.priceFen, creditedFen: line.creditedFen)
        }
        discountFen = quote.discountFen
        payableFen = quote.payableFen
        unusedFen = quote.unusedFen
        gave = OfEach(
            member: quote.memberPrice?.discountFen, ticket: quote.ticketCoupons.map(\.discountFen), order: quote.orderOffer?.discountFen,
            points: quote.points?.discountFen
        )
        why = OfEach(
            member: quote.memberPrice?.whyNothing?.word, ticket: quote.ticketCoupons.map(\.whyNothing?.word),
            order: quote.orderOffer?.whyNothing?.word, points: quote.points?.whyNothing?.word
        )
    }
}

extension QuoteAnswer.Discount: Decodable {
    init(from decoder: any Decoder) throws {
        var parts = try decoder.unkeyedContainer()
        stage = try parts.decode(String.self)
        amountFen = try parts.decode(Int64.self)
        payer = try parts.decode(String.self)
        number = try parts.decode(Int.self)
    }
}

extension Quote.WhyNothing {
    var word: String {
        switch self {
        case .noTicketCovered: "no_ticket_covered"
        case .leastSpendNotReached: "least_spend_not_reached"
        case .nothingSaved: "nothing_saved"
        }
    }
}

struct BestForm: Encodable {
    struct Candidate<Offer: Encodable>: Encodable {
        var id: Int64 = 0
        var expires: Double = 0
        let combinesWith: [String]
        let offer: Offer

        enum CodingKeys: String, CodingKey {
            case id, expires, offer
            case combinesWith = "combines_with"
        }

        init(_ stages: Set<PriceStage>, _ offer: Offer) {
            combinesWith = stages.map(\.rawValue).sorted()
            self.offer = offer
        }

        init(_ id: Int64, _ expiresAt: Date, _ stages: Set<PriceStage>, _ offer: Offer) {
            self.init(stages, offer)
            self.id = id
            expires = expiresAt.timeIntervalSince1970
        }
    }

    let tickets: [TicketForm]
    let ticket: [Candidate<OfferForm>]
    let order: [Candidate<OfferForm>]
    let campaign: Candidate<OfferForm>?
    let member: Candidate<OfferForm>?
    let points: Candidate<PointsForm>?

    init(_ choice: RandomOrder.Choice) {
        let candidates = choice.candidates
        tickets = choice.tickets.map(TicketForm.init)
        ticket = candidates.ticketCoupons.map { Candidate($0.id, $0.expiresAt, $0.combinesWith, OfferForm($0.offer)) }
        order = candidates.orderCoupons.map { Candidate($0.id, $0.expiresAt, $0.combinesWith, OfferForm($0.offer)) }
        campaign = candidates.campaign.map { Candidate($0.combinesWith, OfferForm($0.offer)) }
        member = candidates.memberPrice.map { Candidate($0.combinesWith, OfferForm($0.offer)) }
        points = candidates.points.map { Candidate($0.combinesWith, PointsForm($0.offer)) }
    }
}

struct BestAnswer: Decodable, Hashable {
    let couponIDs: [Int64]
    let payableFen: Int64
    let usesCampaign: Bool
    let usesMember: Bool

    enum CodingKeys: String, CodingKey {
        case couponIDs = "coupon_ids"
        case payableFen = "payable_fen"
        case usesCampaign = "uses_campaign"
        case usesMember = "uses_member"
    }

    init(_ best: BestOffers) {
        couponIDs = best.couponIDs
        payableFen = best.payableFen
        usesCampaign = best.usesCampaign
        usesMember = best.offers.memberPrice != nil
    }
}

extension Date {
    /// One of a few, so that some are equal.
    static func moment(_ random: inout SplitMix) -> Date { Date(timeIntervalSince1970: Double(Int.random(in: 1...3, using: &random))) }
}
