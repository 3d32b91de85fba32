import Callers
import Database

/// Handles the gateways' notices in lanes: those that arrive while a batch is under way form the next one.
///
/// A lane handles only notices that plainly pay an unpaid order, which are nearly all. Each of the others gets a transaction of its own. So
/// do a gateway's answers to our questions.
///
/// A notice whose rows somebody keeps locked waits in the database, and occupies a connection of the pool that all others need too. So only
/// a few notices wait there; the others wait here, for a short time.
package struct BatchedPaymentArrivals: PaymentFactHandler {
    private let lanes: Lanes<NoticeBatchWork>
    private let alone: PaymentArrivals
    private let turns = FairQueue(places: 4, maximumWaiting: 64, waitLimit: .milliseconds(500))

    package init(lanes: Lanes<NoticeBatchWork>, alone: PaymentArrivals) {
        self.lanes = lanes
        self.alone = alone
    }

    /// - Throws: ``Refusal/busy`` among others. The gateway will then send the notice again.
    package func handle(_ fact: PaymentFact) async throws -> PaymentFactOutcome {
        guard case .notice = fact.origin else { return try await alone.handle(fact) }
        switch try await inLane(fact) {
        case .handled(let outcome): return outcome
        case .leftAlone: return try await alone.handle(fact)
        case .held: return try await turns.run(for: fact.gateway) { try await alone.handle(fact) }
        }
    }

    package func handle(refunded refund: Refund) async throws {
        try await alone.handle(refunded: refund)
    }

    private func inLane(_ fact: PaymentFact) async throws -> NoticeBatchAnswer {
        do {
            return try await lanes.submit(WaitingNotice(fact), key: Int64(fact.outTradeNo.hashValue))
        } catch let error as PostgresError where error.isTradeNumberTaken {
            // Another payment took the gateway's trade number between the batch's read and its write.
            return .leftAlone
        }
    }
}

extension LaneConfiguration {
    /// For notices. One lane is faster than gateways send. A gateway waits for the answer and repeats a notice without one, so the queue is
    /// short.
    package static let notices = LaneConfiguration(
        name: "notices", count: 1, queueLimit: 512, waitLimit: .milliseconds(500)
    )
}
