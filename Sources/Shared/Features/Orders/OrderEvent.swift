package import Foundation

/// One step in the life of an order.
package struct OrderEvent: Hashable, Sendable {
    package let id: Int64
    package let at: Date
    /// `nil` for the opening.
    package let fromState: OrderState?
    package let toState: OrderState
    /// ``opened`` or the raw value of an ``OrderChange``.
    package let cause: String
    /// The account that acted; `nil` for the gateway or time.
    package let actorAccountID: Int64?
    /// The reason that the person gave.
    package let note: String?

    /// The event as the order's buyer may see it. It hides which member of the staff acted, and what the staff noted.
    package func shown(to buyerID: Int64) -> OrderEvent {
        guard actorAccountID != buyerID else { return self }
        return OrderEvent(id: id, at: at, fromState: fromState, toState: toState, cause: cause, actorAccountID: nil, note: nil)
    }

    /// The cause of an order's first event.
    package static let opened = "opened"
}

/// The one who changes an order, and a reason if one was given.
package struct OrderActor: Hashable, Sendable {
    /// The account that acts; `nil` for the gateway or time.
    package let accountID: Int64?
    /// The person's reason, 1 to 200 characters.
    package let note: String?

    package init(_ accountID: Int64?, note: String? = nil) {
        self.accountID = accountID
        self.note = note
    }

    /// The gateway, or time.
    package static let nobody = OrderActor(nil)
}
