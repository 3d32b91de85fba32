/// A ticket's share of a discount, as it is stored with its order: what was computed when the order was opened, and is never computed again.
package struct OrderDiscount: Hashable, Sendable {
    /// Who bears it.
    package enum Payer: Hashable, Sendable {
        case platform
        case merchant
        /// The distributor that is this company.
        case distributor(companyID: Int64)

        /// - Parameter companyID: the distributor's.
        init(_ payer: DiscountPayer, companyID: Int64) {
            self =
                switch payer {
                case .platform: .platform
                case .merchant: .merchant
                case .distributor: .distributor(companyID: companyID)
                }
        }

        /// The word in the database and in answers.
        package var word: DiscountPayer {
            switch self {
            case .platform: .platform
            case .merchant: .merchant
            case .distributor: .distributor
            }
        }

        /// The distributor's; `nil` for the others.
        package var companyID: Int64? {
            if case .distributor(let companyID) = self { companyID } else { nil }
        }
    }

    package let stage: PriceStage
    /// In fen, above 0.
    package let amountFen: Int64
    package let payer: Payer

    package init(stage: PriceStage, amountFen: Int64, payer: Payer) {
        self.stage = stage
        self.amountFen = amountFen
        self.payer = payer
    }

    /// - Parameter companyID: the distributor's, where it pays.
    init(_ discount: Quote.Discount, companyID: Int64) {
        self.init(stage: discount.stage, amountFen: discount.amountFen, payer: Payer(discount.payer, companyID: companyID))
    }
}
