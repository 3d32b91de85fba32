import Foundation

/// What money that arrived for an order means to it.
enum PaymentArrival: Hashable, Sendable {
    /// The order waited for it.
    case confirm
    /// The order had expired, but its seats can still be had.
    case acceptLate
    /// The order has ended: the money goes back.
    case returnLate
    /// The order has its money already, from another payment: this one goes back.
    case returnDuplicate

    /// The rule. Time alone ends nothing: an order that is found unpaid under its lock is confirmed, however late.
    ///
    /// - Parameter canRevive: whether the seats of an expired order are free, its showtime is on and its buyer within the limits.
    init(_ state: OrderState, canRevive: Bool) {
        self =
            switch state {
            case .pendingPayment, .paidUnconfirmed: .confirm
            case .expired: canRevive ? .acceptLate : .returnLate
            case .cancelled: .returnLate
            case .paid, .collected, .refunding, .refunded: .returnDuplicate
            }
    }
}
