package import Foundation

/// A request to open an order, as a lane takes it: what could be checked without the database has been.
package struct OrderOpening: Sendable {
    /// Made before the transaction, so that the order can be looked for when nobody knows how the transaction ended.
    package let orderID: UUID
    package let accountID: Int64
    package let sessionID: Int64
    package let plan: ShowtimePlan
    package let seats: [HallSeat]
    package let idempotency: IdempotentRequest?
    /// How the order will be answered; recorded under the idempotency key.
    package let answer: @Sendable (Order) -> RecordedAnswer

    /// - Throws: the refusals of ``SeatChoice/seats(_:of:)``.
    package init(
        orderID: UUID,
        accountID: Int64,
        sessionID: Int64,
        plan: ShowtimePlan,
        seatIDs: [Int64],
        idempotency: IdempotentRequest?,
        answer: @escaping @Sendable (Order) -> RecordedAnswer
    ) throws {
        self.init(
            orderID: orderID,
            accountID: accountID,
            sessionID: sessionID,
            plan: plan,
            seats: try SeatChoice.seats(seatIDs, of: plan),
            idempotency: idempotency,
            answer: answer
        )
    }

    private init(
        orderID: UUID,
        accountID: Int64,
        sessionID: Int64,
        plan: ShowtimePlan,
        seats: [HallSeat],
        idempotency: IdempotentRequest?,
        answer: @escaping @Sendable (Order) -> RecordedAnswer
    ) {
        self.orderID = orderID
        self.accountID = accountID
        self.sessionID = sessionID
        self.plan = plan
        self.seats = seats
        self.idempotency = idempotency
        self.answer = answer
    }

    /// The same request by a newer plan of its showtime.
    ///
    /// - Throws: the refusals of ``SeatChoice/seats(_:of:)``: the new plan may no longer sell a seat.
    func following(_ plan: ShowtimePlan) throws -> OrderOpening {
        OrderOpening(
            orderID: orderID,
            accountID: accountID,
            sessionID: sessionID,
            plan: plan,
            seats: try SeatChoice.seats(seats.map(\.id), of: plan),
            idempotency: idempotency,
            answer: answer
        )
    }

    /// The order that this request asks for.
    func order(at now: Date, holdTime: Duration) -> Order {
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
            expiresAt: now.addingTimeInterval(holdTime.seconds)
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
