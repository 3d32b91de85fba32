package import Foundation

/// What giving tickets back would come to.
package struct RefundPreview: Hashable, Sendable {
    package let orderID: UUID
    package let tickets: [TicketRefund]
    /// Whether nothing would be left of the order.
    package let isWhole: Bool
    /// The one that the buyer agreed to.
    package let policy: RefundPolicy
    /// Until when it costs no more; `nil` for the staff, who give back without a fee at any time.
    package let termsEndAt: Date?

    /// In fen.
    package var amountFen: Int64 { tickets.reduce(0) { $0 + $1.amountFen } }
    /// In fen.
    package var feeFen: Int64 { tickets.reduce(0) { $0 + $1.feeFen } }
}
