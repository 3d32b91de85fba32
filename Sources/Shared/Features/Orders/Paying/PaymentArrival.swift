import Foundation

/// The consequence of money that arrives for an order.
enum PaymentArrival: Hashable, Sendable {
    /// The order is unpaid: it becomes paid.
    case confirm
    /// The order has expired, but can be revived.
    case acceptLate
    /// The order has ended: the money goes back.
    case returnLate
    /// Another payment has paid the order already: this one goes back.
    case returnDuplicate

    /// Applies the rule. An order that is unpaid under its lock becomes paid, however late the money comes: time alone doesn't end an
    /// order.
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
