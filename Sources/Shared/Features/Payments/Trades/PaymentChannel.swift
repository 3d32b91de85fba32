/// Who takes the money.
package enum PaymentChannel: Hashable, Sendable {
    /// A gateway, from the buyer itself.
    case online
    /// A clerk of the cinema, whose word counts.
    case counter
}
