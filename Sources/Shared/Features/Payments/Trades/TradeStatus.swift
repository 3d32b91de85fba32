/// How a trade stands at the gateway.
package enum TradeStatus: String, CaseIterable, Sendable {
    /// It exists and nobody has paid yet.
    case waiting
    /// Paid; can be refunded.
    case succeeded
    /// Paid, and too old to be refunded.
    case finished
    /// Never paid, or paid and refunded entirely.
    case closed
}
