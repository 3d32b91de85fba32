import Database
package import Foundation

/// An order: one showtime, one to n seats, all or nothing.
package struct Order: Hashable, Sendable {
    /// A seat at the price that it was ordered for.
    package struct Line: Hashable, Sendable {
        package let seatID: Int64
        package let label: String
        package let zone: String
        /// The list price, in fen.
        package let priceFen: Int64
        /// Its shares of discounts, in the order of their stages.
        package let discounts: [OrderDiscount]
        /// What is taken off, in fen.
        package let discountFen: Int64
        /// The part of that which others than the merchant pay, in fen.
        package let othersFen: Int64

        package init(seatID: Int64, label: String, zone: String, priceFen: Int64, discounts: [OrderDiscount] = []) {
            self.seatID = seatID
            self.label = label
            self.zone = zone
            self.priceFen = priceFen
            self.discounts = discounts
            discountFen = discounts.reduce(0) { $0 + $1.amountFen }
            othersFen = discounts.reduce(0) { $1.payer == .merchant ? $0 : $0 + $1.amountFen }
        }

        /// What the buyer pays for the ticket, in fen.
        package var paidFen: Int64 { priceFen - discountFen }
        /// What the merchant is credited for it, in fen: what its buyer pays, and what others pay of the discount.
        package var creditedFen: Int64 { paidFen + othersFen }
    }

    package let id: UUID
    package let accountID: Int64
    package let showtimeID: Int64
    /// As stored. An unpaid order may have lapsed: see ``state(at:)``.
    package private(set) var state: OrderState
    package let lines: [Line]
    package let amount: OrderAmount
    package let createdAt: Date
    /// The time until which an unpaid order holds its seats.
    package let expiresAt: Date
    package private(set) var paidAt: Date?
    package private(set) var version: Int64
    package let channel: OrderChannel
    /// The phone number of a walk-in buyer who gave it.
    package let buyerPhone: String?
    /// The refund policy that the buyer agreed to; `nil` in orders that are older than policies.
    package let refundPolicyID: Int64?
    /// The payment that paid the order.
    package let paidByPaymentID: Int64?
    /// Seats whose tickets were given back.
    package let refundedSeatIDs: [Int64]
    /// The reason why an administrator has to decide about the order; mostly `nil`.
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

    /// Whether it costs nothing. Such an order is paid in the transaction that opens it.
    package var isFree: Bool { amount.payableFen == 0 }

    /// The order as it is once it has been paid.
    func paid(at now: Date) -> Order {
        var order = self
        (order.state, order.paidAt, order.version) = (.paid, now, version + 1)
        return order
    }

    /// Whether the order is unpaid and its time is over. Then its seats count as free, even before somebody writes that it has expired.
    package func hasLapsed(at now: Date) -> Bool {
        state.isUnpaid && expiresAt <= now
    }

    /// The state to show to people. An order that has lapsed shows as expired, even before the database says so.
    package func state(at now: Date) -> OrderState {
        hasLapsed(at: now) ? .expired : state
    }
}

/// The states of an order.
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

/// The way in which an order was opened.
package enum OrderChannel: String, PostgresCodable, CaseIterable, Hashable, Sendable {
    /// The buyer opened it.
    case online
    /// A clerk opened it for somebody at the counter. The order belongs to the clerk's account.
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
