package import Database
package import FoundationEssentials

/// The comparison of a day of ours with a gateway's bill, and how far it has come.
package struct Reconciliation: Hashable, Sendable {
    package let id: Int64
    /// The name of the gateway.
    package let gateway: String
    /// By Beijing's clock.
    package let day: CalendarDay
    package let state: ReconciliationState
    package let requestedAt: Date
    package let finishedAt: Date?
    /// What our books have; `nil` before it was done for the first time.
    package let ours: MoneyMoved?
    /// What the bill has.
    package let gateways: MoneyMoved?
    /// How many differences were found the last time.
    package let differences: Int64?
    /// How many of all that were ever found nobody has resolved.
    package let unresolved: Int64
    /// Why it failed: a stable word.
    package let failure: String?
}

/// How far a comparison has come.
package enum ReconciliationState: String, CaseIterable, Sendable, PostgresCodable {
    /// The gateway will be asked for the bill until it has sent it.
    case requested
    case done
    /// The gateway will not send the bill.
    case failed
}

/// A difference that was found, and what became of it.
package struct ReconciliationDifference: Hashable, Sendable {
    package let id: Int64
    package let reconciliationID: Int64
    package let difference: BillDifference
    package let foundAt: Date
    package let resolvedAt: Date?
    /// Who looked into it; `nil` where a later bill or a repetition showed that it is none.
    package let resolvedByAccountID: Int64?
    /// What it was.
    package let note: String?
}
