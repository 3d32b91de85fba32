package import Callers
package import Database
import Foundation

/// Opens the orders of a batch in one transaction of two round trips, or three where an order costs nothing and is paid at once.
///
/// A request that needs a showtime or an account that somebody else keeps locked is refused after a while. The other requests of its batch
/// wait for that time, and are then booked, unless somebody has locked their showtime or account at that moment.
package struct OrderOpeningWork: LaneWork {
    private let plans: ShowtimePlans
    private let limits: OrderConfiguration
    private let policy: PermissionPolicy
    private let challenges: HoldChallenges?
    private let lockPatience: Duration
    private let encode: @Sendable (DetailedOrder) -> RecordedAnswer
    private let store = OrderOpeningStore()
    private let confirmations: OrderConfirmationStore

    /// - Parameters:
    ///   - challenges: makes the challenges that the rules ask for.
    ///   - lockPatience: how long a batch waits for each row that somebody else has locked, before it refuses the requests that need it.
    ///   - encode: makes the answer for an order that was just opened; the answer is recorded for repetitions.
    package init(
        plans: ShowtimePlans, limits: OrderConfiguration, policy: PermissionPolicy, challenges: HoldChallenges? = nil,
        ledger: Ledger = Ledger(),
        lockPatience: Duration = .milliseconds(500), encode: @escaping @Sendable (DetailedOrder) -> RecordedAnswer
    ) {
        self.plans = plans
        self.limits = limits
        self.policy = policy
        self.challenges = challenges
        confirmations = OrderConfirmationStore(ledger: ledger)
        self.lockPatience = lockPatience
        self.encode = encode
    }

    package func perform(
        _ batch: [OrderOpening],
        isRepetition: Bool,
        on connection: PostgresConnection
    ) async throws -> [Result<OpenedOrder, any Error>] {
        var openings = batch.map { Result<OrderOpening, any Error>.success($0) }
        for _ in 0..<Self.triesWithNewPlans {
            let willing = openings.compactMap { try? $0.get() }
            let results = try await connection.begin(lockPatience: lockPatience, isRepetition: isRepetition) {
                store.reads(willing, waiting: $0, isRepetition: isRepetition)
            }
            let facts = try store.facts(results, for: willing, policy: policy)
            guard willing.allSatisfy({ isSettled($0, facts) }) else {
                await connection.rollBack()
                openings = try await withCurrentPlans(openings, facts)
                continue
            }
            let decision = OpeningDecision(willing, facts: facts, limits: limits)
            let answers = Dictionary(
                uniqueKeysWithValues: try decision.opened.map { ($0.order.id, encode(try facts.detailed($0.concluded))) })
            var writes = store.writes(decision, answers: answers, at: facts.now, holdTime: limits.holdTime)
            let free = decision.opened.filter(\.order.isFree)
            if !free.isEmpty {
                writes.append(Payments.free(free.map { ($0.order.id, $0.order.expiresAt) }, at: facts.now))
                writes = try confirming(free, await connection.pipeline(writes).last, at: facts.now)
            }
            _ = try await connection.pipeline(writes + [store.end(decision)])
            let opened = decision.results.map { result in Result { try answered(result.get(), answers, facts) } }
            return merged(openings, withChallenges(opened, for: willing, at: facts.now))
        }
        throw Refusal.busy
    }

    /// The statements that make orders paid by payments of 0 fen.
    ///
    /// - Parameter payments: their rows.
    private func confirming(_ free: [OpeningDecision.Opened], _ payments: PostgresRows?, at now: Date) throws -> [Query] {
        let payments = Dictionary(uniqueKeysWithValues: try payments?.map { try Payment(row: $0) }.map { ($0.orderID, $0) } ?? [])
        let confirmations = try free.map { opened in
            guard let payment = payments[opened.order.id] else { throw Defect.paymentMissing(orderID: opened.order.id) }
            return try OrderConfirmation(
                opened.order, merchantID: opened.merchantID, by: .paymentConfirmed, payment: payment, code: CollectionCode())
        }
        return self.confirmations.writes(confirmations, by: .nobody, at: now)
    }

    private func answered(
        _ outcome: OpeningDecision.Outcome, _ answers: [UUID: RecordedAnswer], _ facts: OpeningFacts
    ) throws -> OpenedOrder {
        switch outcome {
        case .opened(let order, let recorded): .opened(order, try recorded ?? answers[order.id] ?? encode(facts.detailed(order)))
        case .repeated(let answer): .repeated(answer)
        case .folded(let order): .repeated(try answers[order.id] ?? encode(facts.detailed(order)))
        }
    }

    /// Whether the rules can decide about the request: it was carried out before, or its plan is the showtime's present one.
    private func isSettled(_ opening: OrderOpening, _ facts: OpeningFacts) -> Bool {
        facts.existing[opening.orderID] != nil || isCurrent(opening.plan, facts)
    }

    private func isCurrent(_ plan: ShowtimePlan, _ facts: OpeningFacts) -> Bool {
        facts.showtimes[plan.showtimeID].map { $0.version == plan.version } ?? true
    }

    /// The same requests with the present plans of their showtimes, after a showtime has changed. The new plan may refuse a request.
    private func withCurrentPlans(
        _ openings: [Result<OrderOpening, any Error>],
        _ facts: OpeningFacts
    ) async throws -> [Result<OrderOpening, any Error>] {
        var renewed: [Result<OrderOpening, any Error>] = []
        for result in openings {
            guard case .success(let opening) = result, !isSettled(opening, facts) else {
                renewed.append(result)
                continue
            }
            let version = facts.showtimes[opening.plan.showtimeID]?.version ?? 0
            let plan = try await plans.plan(showtimeID: opening.plan.showtimeID, version: version)
            renewed.append(
                Result {
                    guard let plan else { throw Refusal.showtimeUnknown }
                    return try opening.following(plan)
                }
            )
        }
        return renewed
    }

    /// Gives a challenge to each request that was refused for lack of one.
    private func withChallenges(
        _ results: [Result<OpenedOrder, any Error>], for openings: [OrderOpening], at now: Date
    ) -> [Result<OpenedOrder, any Error>] {
        guard let challenges else { return results }
        return zip(openings, results).map { opening, result in
            result.mapError { error -> any Error in
                guard let refusal = error as? Refusal, refusal.code == Refusal.challengeRequired.code else { return error }
                let challenge = challenges.challenge(for: opening.accountID, showtimeID: opening.plan.showtimeID, at: now)
                return ChallengeRequired(refusal: refusal, challenge: challenge)
            }
        }
    }

    private func merged(
        _ openings: [Result<OrderOpening, any Error>],
        _ results: [Result<OpenedOrder, any Error>]
    ) -> [Result<OpenedOrder, any Error>] {
        var results = results[...]
        return openings.map { opening in
            switch opening {
            case .success: results.popFirst() ?? .failure(LaneWorkMiscounted())
            case .failure(let refusal): .failure(refusal)
            }
        }
    }

    /// How often a batch is tried, when showtimes change between reading their plans and locking them.
    private static let triesWithNewPlans = 3
}
