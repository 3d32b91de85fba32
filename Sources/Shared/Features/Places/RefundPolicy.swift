package import Callers
package import FoundationEssentials

/// A cinema's rules for giving money back. An order keeps the version that its buyer agreed to.
package struct RefundPolicy: Hashable, Sendable {
    /// The fee for a ticket that is given back early enough.
    package struct Step: Hashable, Sendable {
        /// The step applies while at least so many minutes are left before the start.
        package let minutesBeforeStart: Int
        /// The part of the ticket's price that the cinema keeps, in per cent.
        package let feePercent: Int

        package init(minutesBeforeStart: Int, feePercent: Int) {
            self.minutesBeforeStart = minutesBeforeStart
            self.feePercent = feePercent
        }
    }

    package let id: Int64
    /// Counts from 1 for each cinema; 0 while the platform's own policy applies.
    package let version: Int
    /// The earliest step first. After the last step nothing goes back; without any step nothing ever goes back.
    package let steps: [Step]
    /// Whether the service fee goes back with the price.
    package let refundsServiceFee: Bool

    package init(id: Int64, version: Int, steps: [Step], refundsServiceFee: Bool) {
        self.id = id
        self.version = version
        self.steps = steps
        self.refundsServiceFee = refundsServiceFee
    }

    /// The time until which tickets can be given back; `nil` when no money ever goes back.
    package func end(startsAt: Date) -> Date? {
        steps.last.map { startsAt.addingTimeInterval(-60 * Double($0.minutesBeforeStart)) }
    }

    /// The fee, in per cent, for a ticket that is given back now; `nil` when it is too late.
    package func feePercent(at now: Date, startsAt: Date) -> Int? {
        step(at: now, startsAt: startsAt)?.feePercent
    }

    /// Until when a ticket is given back for what ``feePercent(at:startsAt:)`` says; `nil` when it is too late.
    package func termsEnd(at now: Date, startsAt: Date) -> Date? {
        step(at: now, startsAt: startsAt).map { startsAt.addingTimeInterval(Double($0.minutesBeforeStart) * -60) }
    }

    private func step(at now: Date, startsAt: Date) -> Step? {
        let secondsLeft = startsAt.timeIntervalSince(now)
        return steps.first { Double($0.minutesBeforeStart) * 60 <= secondsLeft && secondsLeft > 0 }
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

    /// Checks that each step is closer to the start than the one before, and that its fee is not lower.
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
    /// The steps of a refund policy are in no sensible order.
    package static let refundStepsUnordered = Refusal(.invalid(pointer: "/steps"), "refund_steps_unordered")
}
