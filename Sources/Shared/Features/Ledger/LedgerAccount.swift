/// A place where money lies, or somebody to whom we owe it. Money that we have is positive, money that we owe is negative.
package struct LedgerAccount: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Money that a gateway holds for us.
    package static func gateway(_ name: String) -> LedgerAccount {
        LedgerAccount(rawValue: "gateway:\(name)")
    }

    /// A merchant's ticket money: what buyers paid for its tickets, and what others paid of discounts on them.
    package static func tickets(merchantID: Int64) -> LedgerAccount {
        LedgerAccount(rawValue: "merchant:\(merchantID):tickets")
    }

    package static func serviceFees(merchantID: Int64) -> LedgerAccount {
        LedgerAccount(rawValue: "merchant:\(merchantID):service_fees")
    }

    /// The fees that a merchant keeps of tickets that were given back.
    package static func refundFees(merchantID: Int64) -> LedgerAccount {
        LedgerAccount(rawValue: "merchant:\(merchantID):refund_fees")
    }

    /// What the platform pays of discounts: it owes that for tickets which are cheaper by it.
    package static let platformDiscounts = LedgerAccount(rawValue: "platform:discounts")

    /// What a distributor pays of discounts.
    package static func distributorDiscounts(companyID: Int64) -> LedgerAccount {
        LedgerAccount(rawValue: "distributor:\(companyID):discounts")
    }

    /// Money that no order wants, because it came late or twice. It goes back.
    package static let unallocated = LedgerAccount(rawValue: "buyers:unallocated")

    /// Money that has been promised back and has not left yet.
    package static let refundsPayable = LedgerAccount(rawValue: "refunds:payable")

    /// Money that somebody sent back in a gateway's own console. Nobody has decided yet who bears it, so it counts as owed to us.
    package static let foreignRefunds = LedgerAccount(rawValue: "refunds:foreign")
}
