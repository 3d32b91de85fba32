package import Foundation

/// What giving tickets back would come to.
package struct RefundPreview: Hashable, Sendable {
    package let orderID: UUID
    package let tickets: [TicketRefund]
    /// What would go back from now on, in fen.
    package let sentFen: Int64
    /// Whether nothing would be left of the order.
    package let isWhole: Bool
    /// The one that the buyer agreed to.
    package let policy: RefundPolicy
    /// Until when it costs no more; `nil` for the staff, who give back without a fee at any time.
    package let termsEndAt: Date?

    /// What had gone back before in the gateway's own console, in fen.
    package var foreignFen: Int64 { tickets.reduce(0) { $0 + $1.amountFen } - sentFen }
    /// In fen.
    package var feeFen: Int64 { tickets.reduce(0) { $0 + $1.feeFen } }
}
