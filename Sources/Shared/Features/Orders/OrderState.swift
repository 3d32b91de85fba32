import Database

/// Where an order is in its life.
package enum OrderState: String, PostgresCodable, CaseIterable, Hashable, Sendable {
    case pendingPayment = "pending_payment"
    /// The buyer says that it paid; the gateway has not said so.
    case paidUnconfirmed = "paid_unconfirmed"
    case paid
    case collected
    case cancelled
    case expired
    case refunding
    case refunded

    /// Whether the order holds seats and waits for money.
    package var isUnpaid: Bool {
        self == .pendingPayment || self == .paidUnconfirmed
    }
}
