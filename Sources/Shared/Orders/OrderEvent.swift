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

    /// The cause of an order's first event.
    package static let opened = "opened"
}
