package import Foundation

/// One account's part of an entry.
package struct LedgerLine: Hashable, Sendable {
    package let account: LedgerAccount
    /// In fen; positive where we gain or are owed, negative where we owe.
    package let amountFen: Int64

    package init(_ account: LedgerAccount, _ amountFen: Int64) {
        self.account = account
        self.amountFen = amountFen
    }
}

/// One movement of money. Its lines add up to 0.
package struct LedgerEntry: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Money came.
        case payment
        /// Money was promised back.
        case refundRequested = "refund_requested"
        /// Money went back.
        case refundPaid = "refund_paid"
        /// Money went back at the gateway, though nobody here had asked for that.
        case foreignRefund = "foreign_refund"
    }

    package let kind: Kind
    package let orderID: UUID
    package let paymentID: Int64
    /// The refund of an entry of the kinds `refundRequested` and `refundPaid`; `nil` for the other kinds.
    package let refundID: Int64?
    /// Lines whose amount is 0 are left out.
    package let lines: [LedgerLine]

    package init(_ kind: Kind, orderID: UUID, paymentID: Int64, refundID: Int64? = nil, lines: [LedgerLine]) {
        self.kind = kind
        self.orderID = orderID
        self.paymentID = paymentID
        self.refundID = refundID
        self.lines = lines.filter { $0.amountFen != 0 }
    }
}

/// An entry as it stands in the ledger.
package struct PostedEntry: Hashable, Sendable {
    package let id: Int64
    package let at: Date
    package let entry: LedgerEntry
}

/// The sum of an account's lines.
package struct LedgerBalance: Hashable, Sendable {
    package let account: LedgerAccount
    /// In fen.
    package let amountFen: Int64
}
