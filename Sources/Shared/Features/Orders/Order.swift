import Database
package import Foundation

/// An order: one showtime, one to n seats, all or nothing.
package struct Order: Hashable, Sendable {
    /// A seat at the price that it was ordered for.
    package struct Line: Hashable, Sendable {
        package let seatID: Int64
        package let label: String
        package let zone: String
        /// In fen.
        package let priceFen: Int64

        package init(seatID: Int64, label: String, zone: String, priceFen: Int64) {
            self.seatID = seatID
            self.label = label
            self.zone = zone
            self.priceFen = priceFen
        }
    }

    package let id: UUID
    package let accountID: Int64
    package let showtimeID: Int64
    /// As stored. An unpaid order may have lapsed: see ``state(at:)``.
    package let state: OrderState
    package let lines: [Line]
    package let amount: OrderAmount
    package let createdAt: Date
    /// Until when an unpaid order holds its seats.
    package let expiresAt: Date
    package let paidAt: Date?
    package let version: Int64
    package let channel: OrderChannel
    /// Of a walk-in buyer who told it.
    package let buyerPhone: String?
    /// What the buyer agreed to; `nil` in orders from before there were policies.
    package let refundPolicyID: Int64?
    /// The payment that won.
    package let paidByPaymentID: Int64?
    /// Seats whose tickets went back.
    package let refundedSeatIDs: [Int64]
    /// What a person has to decide about it first; `nil` mostly.
    package let attention: OrderAttention?

    package init(
        id: UUID,
        accountID: Int64,
        showtimeID: Int64,
        state: OrderState,
        lines: [Line],
        amount: OrderAmount,
        createdAt: Date,
        expiresAt: Date,
        paidAt: Date? = nil,
        version: Int64 = 1,
        channel: OrderChannel = .online,
        buyerPhone: String? = nil,
        refundPolicyID: Int64? = nil,
        paidByPaymentID: Int64? = nil,
        refundedSeatIDs: [Int64] = [],
        attention: OrderAttention? = nil
    ) {
        self.id = id
        self.accountID = accountID
        self.showtimeID = showtimeID
        self.state = state
        self.lines = lines
        self.amount = amount
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.paidAt = paidAt
        self.version = version
        self.channel = channel
        self.buyerPhone = buyerPhone
        self.refundPolicyID = refundPolicyID
        self.paidByPaymentID = paidByPaymentID
        self.refundedSeatIDs = refundedSeatIDs
        self.attention = attention
    }

    /// Whether it is unpaid past its time: its seats count as free, though no one has written that yet.
    package func hasLapsed(at now: Date) -> Bool {
        state.isUnpaid && expiresAt <= now
    }

    /// The state that a person should see: expiry is lazy in the database, not towards people.
    package func state(at now: Date) -> OrderState {
        hasLapsed(at: now) ? .expired : state
    }
}

/// Where an order is in its life.
package enum OrderState: String, PostgresCodable, CaseIterable, Hashable, Sendable {
    case pendingPayment = "pending_payment"
    /// The buyer says that it paid; the gateway has not said so.
    case paidUnconfirmed = "paid_unconfirmed"
    case paid
    case collected
    case cancelled
    case expired
    case refunding
    case refunded

    /// Whether the order holds seats and waits for money.
    package var isUnpaid: Bool {
        self == .pendingPayment || self == .paidUnconfirmed
    }
}

/// How an order came about.
package enum OrderChannel: String, PostgresCodable, CaseIterable, Hashable, Sendable {
    /// The buyer ordered itself.
    case online
    /// A clerk ordered for somebody who stood at the counter; the order is under the clerk's account.
    case counter
}

/// The tickets of a paid order.
package struct OrderTickets: Hashable, Sendable {
    package let order: Order
    package let collectionCode: String
    package let tickets: [Ticket]
    package let showtime: ShowtimeSummary

    package init(order: Order, collectionCode: String, tickets: [Ticket], showtime: ShowtimeSummary) {
        self.order = order
        self.showtime = showtime
        self.collectionCode = collectionCode
        self.tickets = tickets
    }

    /// Each ticket with the showtime.
    package var detailed: [DetailedTicket] { tickets.map { DetailedTicket(ticket: $0, showtime: showtime) } }
}
