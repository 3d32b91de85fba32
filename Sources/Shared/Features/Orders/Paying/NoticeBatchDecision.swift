import Foundation

/// Decides about a batch of notices: which of them pay an unpaid order, and which are left to a transaction of their own.
///
/// The rules are those of ``PaymentArrivals``, which handles all other notices.
struct NoticeBatchDecision: Sendable {
    struct Confirmed: Sendable {
        let fact: PaymentFact
        let confirmation: OrderConfirmation
    }

    /// One answer for each notice, in their order.
    private(set) var answers: [NoticeBatchAnswer] = []
    /// The payments to write.
    private(set) var confirmed: [Confirmed] = []
    /// The showtimes of orders that an earlier try of this batch paid.
    private(set) var acknowledgedShowtimeIDs: Set<Int64> = []

    private var orderIDs: Set<UUID> = []
    private var trades: Set<GatewayTrade> = []

    /// - Throws: ``OrderChangeImpossible``; then the rules have a defect.
    init(_ requests: [WaitingNotice], facts: NoticeBatchFacts) throws {
        for request in requests {
            answers.append(try decide(request, facts))
        }
    }

    private mutating func decide(_ request: WaitingNotice, _ facts: NoticeBatchFacts) throws -> NoticeBatchAnswer {
        let fact = request.fact
        guard let (payment, judgement) = facts.evidence.judge(fact) else { return .leftAlone }
        guard let locked = facts.orders.order(payment.orderID) else { return .held }
        let order = locked.order
        switch judgement {
        case .alreadySettled where facts.codes[order.id] == request.code.text:
            acknowledgedShowtimeIDs.insert(order.showtimeID)
            return .handled(.paid)
        // A payment of which money has already gone back needs further ledger entries, so it is left alone.
        case .paid where PaymentArrival(order.state, canRevive: false) == .confirm && order.attention == nil && payment.foreignFen == 0:
            // A notice has to see what an earlier one writes. So of two about one order or one trade, the second is left alone.
            guard !orderIDs.contains(order.id), !trades.contains(fact.trade) else { return .leftAlone }
            orderIDs.insert(order.id)
            trades.insert(fact.trade)
            let confirmation = try OrderConfirmation(locked, by: .paymentConfirmed, payment: payment, code: request.code)
            confirmed.append(Confirmed(fact: fact, confirmation: confirmation))
            return .handled(.paid)
        case .paid, .alreadySettled, .amountMismatch, .tradeBoundElsewhere, .refundExceedsPayment, .refundNoticed, .closed, .notYet:
            return .leftAlone
        }
    }
}

/// The facts that decide about a batch of notices, read under the locks of their orders.
struct NoticeBatchFacts: Sendable {
    let orders: OrderLockStore.LockedOrders
    let evidence: TradeEvidence
    /// The collection codes of the orders that are paid already.
    let codes: [UUID: String]
}
