package import Callers
package import Foundation

/// A request to open an order, as a lane takes it: what could be checked without the database has been. It never changes; a class, since it goes
/// through many hands.
package final class OrderOpening: Sendable {
    /// Made before the transaction, so that the order can be looked for when nobody knows how the transaction ended.
    package let orderID: UUID
    package let accountID: Int64
    package let sessionID: Int64
    /// The session's realm.
    package let realm: Realm
    package let channel: OrderChannel
    /// Of a walk-in buyer, if it told.
    package let buyerPhone: PhoneNumber?
    package let plan: ShowtimePlan
    package let seats: [HallSeat]
    package let idempotency: IdempotentRequest?
    /// By which the limits for squatters count the buyer; `nil` where none hold.
    package let addressBlock: Int64?
    /// The answer to a challenge that came along.
    package let challenge: CheckedChallenge?

    /// - Parameters:
    ///   - buyerPhone: of a walk-in buyer.
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
        challenge: CheckedChallenge? = nil
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
    }

    /// The same request by a newer plan of its showtime.
    ///
    /// - Throws: the refusals of ``SeatChoice/seats(_:of:includingHouse:)``: the new plan may no longer sell a seat.
    func following(_ plan: ShowtimePlan) throws -> OrderOpening {
        let seats = try SeatChoice.seats(seats.map(\.id), of: plan, includingHouse: channel == .counter)
        return OrderOpening(self, plan: plan, seats: seats)
    }

    /// The order that this request asks for.
    ///
    /// - Parameter refundPolicyID: of the policy in force at the cinema.
    func order(at now: Date, holdTime: Duration, refundPolicyID: Int64?) -> Order {
        let lines = seats.map { seat in
            Order.Line(seatID: seat.id, label: seat.label, zone: seat.zone, priceFen: plan.pricesFen[seat.zone, default: 0])
        }
        return Order(
            id: orderID,
            accountID: accountID,
            showtimeID: plan.showtimeID,
            state: .pendingPayment,
            lines: lines,
            amount: OrderAmount(lines: lines, serviceFeeFen: plan.serviceFeeFen),
            createdAt: now,
            expiresAt: now.addingTimeInterval(holdTime.seconds),
            channel: channel,
            buyerPhone: buyerPhone?.description,
            refundPolicyID: refundPolicyID
        )
    }
}

/// What became of a request to open an order.
package enum OpenedOrder: Sendable {
    case opened(Order, RecordedAnswer)
    /// The request had been made before under the same key; this is what it was answered then.
    case repeated(RecordedAnswer)

    package var answer: RecordedAnswer {
        switch self {
        case .opened(_, let answer), .repeated(let answer): answer
        }
    }
}
