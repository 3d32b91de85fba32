import Callers
import Database
import Foundation
import TestSupport

@testable import Shared

/// Booking with the same reads, rules and writes as a lane's, but each request by itself on a connection of its own,
/// and with the row locks given up between reading and writing.
///
/// For control tests only: it shows that a race is there to be won.
struct UnguardedBooking: Sendable {
    let database: PostgresPool
    /// Where all requests wait for each other between reading and writing.
    let everybodyHasRead: Meeting
    var limits = OrderConfiguration()
    var addressBlock: Int64?
    var challenge: CheckedChallenge?

    /// Opens an order and gives the id that its buyer is answered.
    @discardableResult
    func open(_ seats: [Int64], of showtimeID: Int64, by buyer: Principal, key: String? = nil) async throws -> UUID {
        guard let plan = try await ShowtimePlans(pool: database).plan(showtimeID: showtimeID) else { throw Refusal.showtimeUnknown }
        let opening = try OrderOpening(
            orderID: UUID(),
            by: buyer,
            plan: plan,
            seatIDs: seats,
            idempotency: key.map {
                IdempotentRequest(accountID: buyer.accountID, operation: "POST /v1/orders", key: $0, sha256: Array(repeating: 1, count: 32))
            },
            addressBlock: addressBlock,
            challenge: challenge
        )
        let store = OrderOpeningStore()
        let connection = try await PostgresConnection.connect(to: database.configuration.connection)
        let reads = try await connection.pipeline(store.reads([opening], waiting: .forLock, isRepetition: false))
        let facts = try store.facts(reads, for: [opening], policy: .bits)
        await everybodyHasRead.arrive()
        _ = try await connection.rows("BEGIN")
        let decision = OpeningDecision([opening], facts: facts, limits: limits)
        _ = try await connection.pipeline(
            store.writes(
                decision,
                answers: Dictionary(
                    uniqueKeysWithValues: try decision.opened.map { ($0.order.id, answeredByItsID(try facts.detailed($0.order))) }),
                at: facts.now, holdTime: .seconds(900)) + [store.end(decision)])
        await connection.close()
        return switch try decision.results[0].get() {
        case .opened(let order, _): order.id
        case .repeated, .folded: throw NothingOpened()
        }
    }

    struct NothingOpened: Error {}
}

/// A place where a known number of tasks wait until all have come.
actor Meeting {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(of count: Int) {
        missing = count
    }

    func arrive() async {
        missing -= 1
        guard missing > 0 else {
            for continuation in waiting { continuation.resume() }
            waiting = []
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}
