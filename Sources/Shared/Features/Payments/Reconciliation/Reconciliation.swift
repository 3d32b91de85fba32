import Database
package import FoundationEssentials
package import Text

/// The comparison of a day in our books with a gateway's bill, and its state.
package struct Reconciliation: Hashable, Sendable {
    package let id: Int64
    /// The name of the gateway.
    package let gateway: String
    /// The day in Beijing's time.
    package let day: CalendarDay
    package let state: ReconciliationState
    package let requestedAt: Date
    package let finishedAt: Date?
    /// The sums in our books; `nil` before the first comparison.
    package let ours: MoneyMoved?
    /// The sums in the bill; `nil` before the first comparison.
    package let gateways: MoneyMoved?
    /// The number of differences that the last comparison found.
    package let differences: Int64?
    /// The number of differences, of all comparisons of this day, that nobody has resolved.
    package let unresolved: Int64
    /// A stable word for the reason of a failure.
    package let failure: String?
}

/// The states of a comparison.
package enum ReconciliationState: String, CaseIterable, Sendable, PostgresCodable {
    /// The gateway will be asked for the bill until it has sent it.
    case requested
    case done
    /// The gateway will not send the bill.
    case failed
}

/// A difference that was found, and its resolution.
package struct ReconciliationDifference: Hashable, Sendable {
    package let id: Int64
    package let reconciliationID: Int64
    package let difference: BillDifference
    package let foundAt: Date
    package let resolvedAt: Date?
    /// The account that resolved it; `nil` where a later bill or a repeated comparison did.
    package let resolvedByAccountID: Int64?
    /// The cause that the person noted.
    package let note: String?
}
