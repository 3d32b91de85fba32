package import Callers

extension Refusal {
    /// There is no such gateway here.
    package static let gatewayUnknown = Refusal(.invalid(pointer: "/gateway"), "gateway_unknown", "There is no such gateway.")

    /// The day has not begun.
    package static let dayInFuture = Refusal(.invalid(pointer: "/day"), "day_in_future", "The day has not begun in Beijing.")

    /// Somebody has looked into it already.
    package static let alreadyResolved = Refusal(.conflict, "already_resolved", "The difference is resolved already.")
}
