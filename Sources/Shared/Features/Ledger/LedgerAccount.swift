/// Where money lies or whom it is owed to. What we have is positive, what we owe is negative.
package struct LedgerAccount: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Money that a gateway holds for us.
    package static func gateway(_ name: String) -> LedgerAccount {
        LedgerAccount(rawValue: "gateway:\(name)")
    }

    /// A merchant's ticket money.
    package static func tickets(merchantID: Int64) -> LedgerAccount {
        LedgerAccount(rawValue: "merchant:\(merchantID):tickets")
    }

    package static func serviceFees(merchantID: Int64) -> LedgerAccount {
        LedgerAccount(rawValue: "merchant:\(merchantID):service_fees")
    }

    /// What a merchant keeps of tickets that were given back.
    package static func refundFees(merchantID: Int64) -> LedgerAccount {
        LedgerAccount(rawValue: "merchant:\(merchantID):refund_fees")
    }

    /// Money that came for no order, late or twice, and goes back.
    package static let unallocated = LedgerAccount(rawValue: "buyers:unallocated")

    /// Money that has been promised back and has not left yet.
    package static let refundsPayable = LedgerAccount(rawValue: "refunds:payable")

    /// Money that went back without us. Nobody has said yet at whose cost, so somebody owes it.
    package static let foreignRefunds = LedgerAccount(rawValue: "refunds:foreign")
}
