package import Foundation

/// One step of an order's story.
package struct OrderEvent: Hashable, Sendable {
    package let id: Int64
    package let at: Date
    /// `nil` for the opening.
    package let fromState: OrderState?
    package let toState: OrderState
    /// ``opened`` or the raw value of an ``OrderChange``.
    package let cause: String
    /// `nil` where no person acted: the gateway, or time.
    package let actorAccountID: Int64?
    /// Why, in the words of whoever did it.
    package let note: String?

    /// The event as the order's buyer may see it: who among the staff did something, and what they noted for each other, stays with them.
    package func shown(to buyerID: Int64) -> OrderEvent {
        guard actorAccountID != buyerID else { return self }
        return OrderEvent(id: id, at: at, fromState: fromState, toState: toState, cause: cause, actorAccountID: nil, note: nil)
    }

    /// The cause of an order's first event.
    package static let opened = "opened"
}

/// Who changes an order, and why if they said so.
package struct OrderActor: Hashable, Sendable {
    /// `nil` where no person acts: the gateway, or time.
    package let accountID: Int64?
    /// In their words, 1 to 200 characters.
    package let note: String?

    package init(_ accountID: Int64?, note: String? = nil) {
        self.accountID = accountID
        self.note = note
    }

    /// The gateway, or time.
    package static let nobody = OrderActor(nil)
}
