package import Callers
package import Foundation
import Waiting

/// A request to open an order, as a lane takes it. All checks that need no database have been made. It never changes. It is a class,
/// because it is passed on many times.
package final class OrderOpening: Sendable {
    /// Chosen before the transaction. When it is unknown how the transaction ended, the order is looked for by this id.
    package let orderID: UUID
    package let accountID: Int64
    package let sessionID: Int64
    /// The session's realm.
    package let realm: Realm
    package let channel: OrderChannel
    /// The phone number of a walk-in buyer, if the buyer gave it.
    package let buyerPhone: PhoneNumber?
    package let plan: ShowtimePlan
    package let seats: [HallSeat]
    package let idempotency: IdempotentRequest?
    /// The address block under which the limits for squatters count the buyer; `nil` where they don't apply.
    package let addressBlock: Int64?
    /// The answer to a challenge that came with the request.
    package let challenge: CheckedChallenge?
    /// What the buyer expects to pay, in fen; `nil` when it doesn't say.
    package let expectedPayableFen: Int64?

    /// - Parameters:
    ///   - buyerPhone: the phone number of a walk-in buyer.
    ///   - addressBlock: see ``addressBlock``.
    /// - Throws: the refusals of ``SeatChoice/seats(_:of:includingHouse:)``.
    package init(
        orderID: UUID,
        by account: Principal,
        channel: OrderChannel = .online,
        buyerPhone: PhoneNumber? = nil,
        plan: ShowtimePlan,
        seatIDs: [Int64],
        idempotency: IdempotentRequest?,
        addressBlock: Int64? = nil,
        challenge: CheckedChallenge? = nil,
        expectedPayableFen: Int64? = nil
    ) throws {
        self.orderID = orderID
        accountID = account.accountID
        sessionID = account.sessionID
        realm = account.realm
        self.channel = channel
        self.buyerPhone = buyerPhone
        self.plan = plan
        seats = try SeatChoice.seats(seatIDs, of: plan, includingHouse: channel == .counter)
        self.idempotency = idempotency
        self.addressBlock = addressBlock
        self.challenge = challenge
        self.expectedPayableFen = expectedPayableFen
    }

    private init(_ opening: OrderOpening, plan: ShowtimePlan, seats: [HallSeat]) {
        orderID = opening.orderID
        accountID = opening.accountID
        sessionID = opening.sessionID
        realm = opening.realm
        channel = opening.channel
        buyerPhone = opening.buyerPhone
        self.plan = plan
        self.seats = seats
        idempotency = opening.idempotency
        addressBlock = opening.addressBlock
        challenge = opening.challenge
        expectedPayableFen = opening.expectedPayableFen
    }

    /// The same request, checked against a newer plan of its showtime.
    ///
    /// - Throws: the refusals of ``SeatChoice/seats(_:of:includingHouse:)``: the new plan may no longer sell a seat.
    func following(_ plan: ShowtimePlan) throws -> OrderOpening {
        let seats = try SeatChoice.seats(seats.map(\.id), of: plan, includingHouse: channel == .counter)
        return OrderOpening(self, plan: plan, seats: seats)
    }

    /// The order that this request asks for.
    ///
    /// - Parameters:
    ///   - refundPolicyID: the refund policy in force at the cinema.
    ///   - price: what its seats cost; `nil` where nothing is taken off.
    func order(at now: Date, holdTime: Duration, refundPolicyID: Int64?, price: OrderPrice? = nil) -> Order {
        let price = price ?? OrderPrice(of: seats, by: plan)
        return Order(
            id: orderID,
            accountID: accountID,
            showtimeID: plan.showtimeID,
            state: .pendingPayment,
            lines: price.lines(for: seats),
            amount: price.amount,
            createdAt: now,
            expiresAt: now.addingTimeInterval(holdTime.seconds),
            channel: channel,
            buyerPhone: buyerPhone?.description,
            refundPolicyID: refundPolicyID
        )
    }
}

/// The result of a request to open an order.
package enum OpenedOrder: Sendable {
    case opened(Order, RecordedAnswer)
    /// The request was made before under the same key, and got this answer.
    case repeated(RecordedAnswer)

    package var answer: RecordedAnswer {
        switch self {
        case .opened(_, let answer), .repeated(let answer): answer
        }
    }
}
