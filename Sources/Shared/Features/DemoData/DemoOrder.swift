import Foundation

/// A made order with all that hangs on it. It is made by what happens to it, one thing after the other, each as its state allows.
struct DemoOrder: Sendable {
    struct Event: Sendable {
        let id: Int64
        let at: Date
        let from: OrderState?
        let to: OrderState
        let cause: String
        let actorID: Int64?
        let note: String?
    }

    struct Payment: Sendable {
        let id: Int64
        let gateway: String
        let method: String
        let outTradeNo: String
        let createdAt: Date
        let expiresAt: Date
        var state: PaymentState = .started
        var tradeNo: String?
        var succeededAt: Date?
        var closedAt: Date?
    }

    struct Ticket: Sendable {
        let id: Int64
        let seatID: Int64
        let priceFen: Int64
        let serviceFeeFen: Int64
        let issuedAt: Date
        var state: TicketState = .valid
        var collectedAt: Date?
        var enteredAt: Date?
        var version = 1
    }

    struct Refund: Sendable {
        let id: Int64
        let paymentID: Int64
        let requestNumber: String
        let amountFen: Int64
        let reason: RefundReason
        let requestedAt: Date
        let requestedByID: Int64?
        let note: String?
        /// The tickets that it is for; none where no ticket was issued.
        let tickets: [Ticket]
        var succeededAt: Date?
    }

    struct Entry: Sendable {
        let id: Int64
        let at: Date
        let kind: LedgerEntry.Kind
        let paymentID: Int64
        let refundID: Int64?
        let lines: [LedgerLine]
    }

    let id: UUID
    let accountID: Int64
    let showtimeID: Int64
    let channel: OrderChannel
    let seats: [(id: Int64, priceFen: Int64)]
    /// For each ticket.
    let serviceFeeFen: Int64
    let showtimeStartsAt: Date
    let createdAt: Date
    var expiresAt: Date
    var state = OrderState.pendingPayment
    var paidAt: Date?
    var collectionCode: String?
    var paidByPaymentID: Int64?
    var refundedSeatIDs: [Int64] = []
    var version = 1
    var events: [Event] = []
    var payments: [Payment] = []
    var tickets: [Ticket] = []
    var refunds: [Refund] = []
    var entries: [Entry] = []

    var ticketAmountFen: Int64 { seats.reduce(0) { $0 + $1.priceFen } }
    var feeAmountFen: Int64 { serviceFeeFen * Int64(seats.count) }
    var payableFen: Int64 { ticketAmountFen + feeAmountFen }
    var liveTickets: [Ticket] { tickets.filter { $0.state != .refunded } }

    /// The seats that nobody else can have.
    var claimedSeatIDs: [Int64] {
        switch state {
        case .pendingPayment, .paidUnconfirmed, .paid, .collected: seats.map(\.id).filter { !refundedSeatIDs.contains($0) }
        case .cancelled, .expired, .refunding, .refunded: []
        }
    }
}
