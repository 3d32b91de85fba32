package import Foundation

/// How far an order has got, for whoever waits for it.
package struct OrderProgress: Hashable, Sendable {
    package let id: UUID
    /// As people see it: an unpaid order whose time is over has expired.
    package let state: OrderState
    package let expiresAt: Date
    package let paidAt: Date?
    package let version: Int64

    /// Whether nobody need wait any longer. An expired order may still revive when its money was under way; what happens to a collected one
    /// only its showtime's cancellation brings about.
    package var isLast: Bool {
        switch state {
        case .collected, .cancelled, .refunded: true
        case .pendingPayment, .paidUnconfirmed, .paid, .expired, .refunding: false
        }
    }

    /// Names this state: it changes with the row and when the order lapses.
    package var tag: String { "\(version)-\(state.rawValue)" }
}
