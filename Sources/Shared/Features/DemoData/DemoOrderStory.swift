import Database
import Foundation
import Text

/// Gives rows their numbers, one after the other.
struct DemoCounters: Sendable {
    private let ids: DemoIDs
    private var counts: [DemoIDs.Table: Int] = [:]

    init(_ ids: DemoIDs) {
        self.ids = ids
    }

    mutating func next(_ table: DemoIDs.Table) -> Int64 {
        let place = counts[table, default: 0]
        counts[table] = place + 1
        return ids.id(table, place)
    }
}

/// Lets things happen to an order, and writes down what the services write when they do.
struct DemoOrderStory {
    private static let noteOfCancelling = "演示：场次取消"

    private(set) var order: DemoOrder
    private(set) var counters: DemoCounters
    private var numbers: SeededNumbers
    private let merchantID: Int64
    /// Who acts for the cinema.
    private let staffID: Int64

    /// - Parameter order: as it is opened.
    init(_ order: DemoOrder, merchantID: Int64, staffID: Int64, counters: DemoCounters, numbers: SeededNumbers) {
        self.order = order
        self.merchantID = merchantID
        self.staffID = staffID
        self.counters = counters
        self.numbers = numbers
        self.order.events = [
            DemoOrder.Event(
                id: self.counters.next(.events), at: order.createdAt, from: nil, to: order.state, cause: OrderEvent.opened,
                actorID: order.accountID, note: nil)
        ]
    }

    private mutating func apply(_ change: OrderChange, at: Date, by actorID: Int64? = nil, note: String? = nil) throws {
        let step = try OrderTransition(change, from: order.state)
        order.events.append(
            DemoOrder.Event(
                id: counters.next(.events), at: at, from: step.from, to: step.to, cause: change.rawValue, actorID: actorID, note: note))
        order.state = step.to
        order.version += 1
    }

    // MARK: Unpaid

    /// The buyer is shown how to pay.
    mutating func startPayment(at: Date) {
        let isCounter = order.channel == .counter
        order.payments.append(
            DemoOrder.Payment(
                id: counters.next(.payments),
                gateway: isCounter ? CounterGateway.name : DemoGateway.name,
                method: isCounter ? CounterGateway.cash.rawValue : DemoGateway.page.rawValue,
                outTradeNo: tradeNumber(at: at),
                createdAt: at,
                expiresAt: order.expiresAt))
    }

    /// The buyer says that it has paid.
    mutating func claimPayment(at: Date, grace: TimeInterval) throws {
        try apply(.paymentClaimed, at: at, by: order.accountID)
        order.expiresAt += grace
    }

    mutating func cancel(at: Date) throws { try end(.cancelledByBuyer, at: at, by: order.accountID) }

    mutating func void(at: Date) throws { try end(.voided, at: at, by: staffID, note: "演示：放映设备检修") }

    mutating func cancelWithShowtime(at: Date) throws { try end(.showtimeCancelled, at: at, by: staffID, note: Self.noteOfCancelling) }

    mutating func lapse() throws { try end(.lapsed, at: order.expiresAt, by: nil, closesPayments: false) }

    private mutating func end(
        _ change: OrderChange, at: Date, by actorID: Int64?, note: String? = nil, closesPayments: Bool = true
    ) throws {
        try apply(change, at: at, by: actorID, note: note)
        guard closesPayments else { return }
        closePayments(at: at + 2)
    }

    /// The outbox has closed what was started.
    mutating func closePayments(at: Date) {
        for place in order.payments.indices where order.payments[place].state == .started {
            order.payments[place].state = .closed
            order.payments[place].closedAt = at
        }
    }

    // MARK: Paid

    /// The money has come, and the order becomes paid.
    mutating func pay(at: Date) throws {
        let payment = succeed(at: at)
        try apply(order.state == .expired ? .latePaymentAccepted : .paymentConfirmed, at: at, by: order.channel == .counter ? staffID : nil)
        order.paidAt = at
        order.paidByPaymentID = payment.id
        order.collectionCode = Self.collectionCode(of: payment.id)
        order.tickets = order.seats.map {
            DemoOrder.Ticket(
                id: counters.next(.tickets), seatID: $0.id, priceFen: $0.priceFen, serviceFeeFen: order.serviceFeeFen, issuedAt: at)
        }
        post(
            .payment, of: payment.id, at: at,
            [
                LedgerLine(.gateway(payment.gateway), order.payableFen),
                LedgerLine(.tickets(merchantID: merchantID), 0 - order.ticketAmountFen),
                LedgerLine(.serviceFees(merchantID: merchantID), 0 - order.feeAmountFen),
            ])
    }

    /// The money has come too late, and goes back.
    mutating func returnLatePayment(at: Date) throws {
        let payment = succeed(at: at)
        try apply(.latePaymentReturned, at: at)
        post(
            .payment, of: payment.id, at: at,
            [LedgerLine(.gateway(payment.gateway), order.payableFen), LedgerLine(.unallocated, 0 - order.payableFen)])
        addRefund(of: payment.id, tickets: [], amountFen: order.payableFen, reason: .latePayment, by: nil, note: nil, at: at)
        try payRefunds(at: at + 20)
    }

    private mutating func succeed(at: Date) -> DemoOrder.Payment {
        var payment = order.payments.removeLast()
        payment.state = .succeeded
        payment.succeededAt = at
        payment.tradeNo = payment.gateway == DemoGateway.name ? "demo-\(payment.id)" : payment.outTradeNo
        order.payments.append(payment)
        return payment
    }

    mutating func collect(at: Date) throws {
        try apply(.collected, at: at, by: staffID)
        for place in order.tickets.indices where order.tickets[place].state == .valid {
            order.tickets[place].state = .collected
            order.tickets[place].collectedAt = at
            order.tickets[place].version += 1
        }
    }

    /// All who still have a ticket are let in, one after the other.
    mutating func enter(at: Date) throws {
        var at = at
        for place in order.tickets.indices where order.tickets[place].state != .refunded {
            try apply(.entered, at: at, by: staffID)
            order.tickets[place].enteredAt = at
            order.tickets[place].version += 1
            at += 4
        }
    }

    // MARK: Going back

    /// The first tickets go back, or all of them.
    mutating func refund(_ count: Int, for reason: RefundReason, at: Date) throws {
        guard let payment = order.paidByPaymentID else { return }
        let isWhole = count == order.seats.count
        let byBuyer = reason == .requestedByBuyer
        let actorID = byBuyer ? order.accountID : staffID
        let change: OrderChange =
            switch reason {
            case .requestedByBuyer: isWhole ? .refundedByBuyer : .ticketsRefundedByBuyer
            case .showtimeCancelled: .showtimeCancelled
            default: isWhole ? .refundedByCinema : .ticketsRefundedByCinema
            }
        let note = byBuyer ? nil : reason == .showtimeCancelled ? Self.noteOfCancelling : "演示：影院退票"
        try apply(change, at: at, by: actorID, note: note)
        for place in order.tickets.indices.prefix(count) {
            order.tickets[place].state = .refunded
            order.tickets[place].version += 1
        }
        let tickets = Array(order.tickets.prefix(count))
        order.refundedSeatIDs = tickets.map(\.seatID)
        let amount = tickets.reduce(0) { $0 + $1.priceFen + $1.serviceFeeFen }
        addRefund(of: payment, tickets: tickets, amountFen: amount, reason: reason, by: actorID, note: note, at: at)
    }

    /// The money has gone back.
    mutating func payRefunds(at: Date) throws {
        for place in order.refunds.indices where order.refunds[place].succeededAt == nil {
            let refund = order.refunds[place]
            order.refunds[place].succeededAt = at
            try apply(order.state == .refunding ? .refundCompleted : .refundPaid, at: at)
            let gateway = order.payments.first { $0.id == refund.paymentID }?.gateway ?? DemoGateway.name
            post(
                .refundPaid, of: refund.paymentID, refund: refund.id, at: at,
                [LedgerLine(.refundsPayable, refund.amountFen), LedgerLine(.gateway(gateway), 0 - refund.amountFen)])
        }
    }

    private mutating func addRefund(
        of paymentID: Int64, tickets: [DemoOrder.Ticket], amountFen: Int64, reason: RefundReason, by actorID: Int64?,
        note: String?, at: Date
    ) {
        let refund = DemoOrder.Refund(
            id: counters.next(.refunds), paymentID: paymentID, requestNumber: tradeNumber(at: at), amountFen: amountFen, reason: reason,
            requestedAt: at, requestedByID: actorID, note: note, tickets: tickets)
        order.refunds.append(refund)
        var lines = [
            LedgerLine(.tickets(merchantID: merchantID), tickets.reduce(0) { $0 + $1.priceFen }),
            LedgerLine(.serviceFees(merchantID: merchantID), tickets.reduce(0) { $0 + $1.serviceFeeFen }),
        ]
        if tickets.isEmpty { lines = [LedgerLine(.unallocated, amountFen)] }
        post(.refundRequested, of: paymentID, refund: refund.id, at: at, lines + [LedgerLine(.refundsPayable, 0 - amountFen)])
    }

    private mutating func post(_ kind: LedgerEntry.Kind, of paymentID: Int64, refund: Int64? = nil, at: Date, _ lines: [LedgerLine]) {
        order.entries.append(
            DemoOrder.Entry(
                id: counters.next(.entries), at: at, kind: kind, paymentID: paymentID, refundID: refund,
                lines: lines.filter { $0.amountFen != 0 }))
    }

    private mutating func tradeNumber(at: Date) -> String {
        TradeNumber(madeAt: at, using: &numbers).rawValue
    }

    /// A code that no other payment's number gives: codes must differ among a million orders, and random ones of eight characters would not.
    private static func collectionCode(of paymentID: Int64) -> String {
        // An odd factor keeps different numbers below 2^40 different.
        let number = UInt64(truncatingIfNeeded: paymentID) &* 0x5D_588B_656D
        return CollectionCode.alphabet.text(of: number, length: CollectionCode.length)
    }
}
