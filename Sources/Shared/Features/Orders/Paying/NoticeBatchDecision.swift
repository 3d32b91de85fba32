import Foundation

/// Decides about a batch of notices: which pay an order that waited for it, and which are left to a transaction of their own.
///
/// By the same rules as ``PaymentArrivals``, which handles whatever isn't so plain.
struct NoticeBatchDecision: Sendable {
    struct Confirmed: Sendable {
        let fact: PaymentFact
        let confirmation: OrderConfirmation
    }

    /// One for each notice, in their order.
    private(set) var answers: [NoticeBatchAnswer] = []
    /// What is to be written.
    private(set) var confirmed: [Confirmed] = []
    /// The showtimes of orders that this batch paid when it was tried before.
    private(set) var acknowledgedShowtimeIDs: Set<Int64> = []

    private var orderIDs: Set<UUID> = []
    private var trades: Set<GatewayTrade> = []

    /// - Throws: ``OrderChangeImpossible``, which would be a defect of the rules.
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
        // Where money of it has gone back already, there is more to be entered.
        case .paid where PaymentArrival(order.state, canRevive: false) == .confirm && order.attention == nil:
            // What one notice writes the next one has to see: of two about one order or one trade the second waits.
            guard !orderIDs.contains(order.id), !trades.contains(fact.trade) else { return .leftAlone }
            orderIDs.insert(order.id)
            trades.insert(fact.trade)
            let confirmation = try OrderConfirmation(locked, by: .paymentConfirmed, payment: payment, code: request.code)
            confirmed.append(Confirmed(fact: fact, confirmation: confirmation))
            return .handled(.paid)
        case .paid, .alreadySettled, .amountMismatch, .tradeBoundElsewhere, .refundNoticed, .closed, .notYet:
            return .leftAlone
        }
    }
}

/// What a batch of notices is decided by; read under the locks of their orders.
struct NoticeBatchFacts: Sendable {
    let orders: OrderLockStore.LockedOrders
    let evidence: TradeEvidence
    /// The codes of the orders that are paid already.
    let codes: [UUID: String]
}
