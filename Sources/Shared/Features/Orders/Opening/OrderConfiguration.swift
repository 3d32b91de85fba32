/// The times and counts that hold for all orders.
package struct OrderConfiguration: Hashable, Sendable {
    /// How long an unpaid order holds its seats.
    package var holdTime: Duration
    /// How much longer the seats are held once the buyer says that it paid.
    package var claimGrace: Duration
    /// How many unpaid orders a person may have.
    package var unpaidOrders: Int
    /// How many payments may be started for an order.
    package var paymentAttempts: Int
    /// The rules against holding seats without buying them; `nil` turns them off.
    package var squatting: SquattingConfiguration?

    package init(
        holdTime: Duration = .seconds(15 * 60),
        claimGrace: Duration = .seconds(5 * 60),
        unpaidOrders: Int = 3,
        paymentAttempts: Int = 20,
        squatting: SquattingConfiguration? = nil
    ) {
        self.holdTime = holdTime
        self.claimGrace = claimGrace
        self.unpaidOrders = unpaidOrders
        self.paymentAttempts = paymentAttempts
        self.squatting = squatting
    }
}
