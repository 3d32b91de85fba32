package import Callers
package import FoundationEssentials

/// What a cinema promises about giving money back. An order keeps the version that its buyer agreed to.
package struct RefundPolicy: Hashable, Sendable {
    /// What is kept of a ticket's price when it is given back in time.
    package struct Step: Hashable, Sendable {
        /// Holds while at least so many minutes are left.
        package let minutesBeforeStart: Int
        /// Hundredths of the ticket's price that the cinema keeps.
        package let feePercent: Int

        package init(minutesBeforeStart: Int, feePercent: Int) {
            self.minutesBeforeStart = minutesBeforeStart
            self.feePercent = feePercent
        }
    }

    package let id: Int64
    /// From 1 for each cinema; 0 while the platform's own holds.
    package let version: Int
    /// The earliest first. After the last one nothing goes back; without any nothing ever does.
    package let steps: [Step]
    /// Whether the service fee goes back with the price.
    package let refundsServiceFee: Bool

    package init(id: Int64, version: Int, steps: [Step], refundsServiceFee: Bool) {
        self.id = id
        self.version = version
        self.steps = steps
        self.refundsServiceFee = refundsServiceFee
    }

    /// Until when tickets can be given back; `nil` where nothing ever goes back.
    package func end(startsAt: Date) -> Date? {
        steps.last.map { startsAt.addingTimeInterval(-60 * Double($0.minutesBeforeStart)) }
    }

    /// What is kept when a ticket is given back now; `nil` when it is too late.
    package func feePercent(at now: Date, startsAt: Date) -> Int? {
        let secondsLeft = startsAt.timeIntervalSince(now)
        return steps.first { Double($0.minutesBeforeStart) * 60 <= secondsLeft && secondsLeft > 0 }?.feePercent
    }
}

/// A policy as a cinema writes it.
package struct NewRefundPolicy: Hashable, Sendable {
    package let steps: [RefundPolicy.Step]
    package let refundsServiceFee: Bool

    package init(steps: [RefundPolicy.Step], refundsServiceFee: Bool) {
        self.steps = steps
        self.refundsServiceFee = refundsServiceFee
    }

    /// Steps come closer to the start one by one, and the later one never costs less.
    ///
    /// - Throws: ``Refusal/refundStepsUnordered``.
    func requireOrder() throws {
        for (earlier, later) in zip(steps, steps.dropFirst()) {
            guard earlier.minutesBeforeStart > later.minutesBeforeStart, earlier.feePercent <= later.feePercent else {
                throw Refusal.refundStepsUnordered
            }
        }
    }
}

extension Refusal {
    /// The steps of a refund policy go back and forth.
    package static let refundStepsUnordered = Refusal(.invalid(pointer: "/steps"), "refund_steps_unordered")
}
