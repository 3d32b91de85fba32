import Callers
import Database

/// Handles the gateways' notices in lanes: those that arrive while a batch is under way form the next one.
///
/// Only what plainly pays a waiting order goes that way, which is nearly everything. The rest is handled in a transaction of its own,
/// and so is what we have asked for ourselves.
///
/// Notices about what somebody keeps locked wait in the database, each with a connection of the pool that all others need too. So only a
/// few of them do; the rest wait here for their turn, not long.
package struct BatchedPaymentArrivals: PaymentFactHandler {
    private let lanes: Lanes<NoticeBatchWork>
    private let alone: PaymentArrivals
    private let turns = FairQueue(places: 4, maximumWaiting: 64, waitLimit: .milliseconds(500), refusal: .busy)

    package init(lanes: Lanes<NoticeBatchWork>, alone: PaymentArrivals) {
        self.lanes = lanes
        self.alone = alone
    }

    /// - Throws: ``Refusal/busy`` besides: the gateway will tell it again.
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
            // Another payment took the gateway's number between the batch's look and its write.
            return .leftAlone
        }
    }
}

extension LaneConfiguration {
    /// For notices: one lane is faster than gateways speak. A gateway waits for its answer and tells again what it got none for, so the queue is short.
    package static let notices = LaneConfiguration(
        name: "notices", count: 1, queueLimit: 512, waitLimit: .milliseconds(500)
    )
}
