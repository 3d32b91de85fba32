package import Callers
package import Database
package import FoundationEssentials

/// Attempts to pay, what the gateways say about them, and money that goes back. Knows no order: an order's id is an opaque number here.
///
/// Writes belong to the caller's transaction, which holds the lock on what is paid. Nothing here waits for a gateway: closing, asking and refunding
/// are left in the outbox and done by ``PaymentClosing``, ``PaymentQuerying`` and ``PaymentRefunding``.
package struct Payments: Sendable {
    /// The kinds of messages in the outbox.
    package static let closing = "payment_closing"
    package static let query = "payment_query"
    package static let refund = "payment_refund"
    /// Delivered by whoever knows until when what is paid waits for its money.
    package static let watch = "payment_watch"

    private let gateways: [any PaymentGateway]
    private let outbox: Outbox
    private let store = PaymentStore()
    private let refundStore = RefundStore()

    package init(gateways: [any PaymentGateway], outbox: Outbox) {
        self.gateways = gateways
        self.outbox = outbox
    }

    /// Starts an attempt to pay and tells what the client does next. The gateway is not called.
    ///
    /// - Parameters:
    ///   - amountFen: what is to be paid, more than 0.
    ///   - channel: who takes the money; methods of the other kind don't exist for the caller.
    ///   - subject: what the buyer reads on the payment page.
    ///   - expiresAt: when the order's time is over; the gateway is told the whole second at or before it.
    /// - Throws: ``Refusal/paymentMethodUnknown``, ``Refusal/paymentTimeOver``.
    package func start(
        orderID: UUID,
        amountFen: Int64,
        method: PaymentMethod,
        channel: PaymentChannel = .online,
        subject: String,
        expiresAt: Date,
        in transaction: PostgresTransaction
    ) async throws -> StartedPayment {
        let prepared = try prepare(amountFen: amountFen, method: method, channel: channel, subject: subject, expiresAt: expiresAt)
        return try await start(prepared, orderID: orderID, in: transaction)
    }

    /// What an attempt to pay would be: its number, and signed what the client does next. Nothing is written.
    ///
    /// Signing takes about as long as all the rest, so whoever can does it before taking a lock. Parameters and errors are those of
    /// ``start(orderID:amountFen:method:channel:subject:expiresAt:in:)``.
    package func prepare(
        amountFen: Int64, method: PaymentMethod, channel: PaymentChannel = .online, subject: String, expiresAt: Date
    ) throws -> PreparedPayment {
        let offering = gateways.first { $0.channel == channel && $0.methods.contains(method) }
        guard let gateway = offering else { throw Refusal.paymentMethodUnknown }
        let trade = NewTrade(outTradeNo: .make(at: Date()), amountFen: amountFen, subject: subject, expiresAt: expiresAt.wholeSecond)
        return PreparedPayment(
            gateway: gateway.name, method: method, trade: trade, instruction: try gateway.start(trade, method: method))
    }

    /// Starts an attempt that was prepared. One at a gateway is watched from then on (``watch``).
    ///
    /// - Throws: ``Refusal/paymentTimeOver``.
    package func start(_ prepared: PreparedPayment, orderID: UUID, in transaction: PostgresTransaction) async throws -> StartedPayment {
        let trade = prepared.trade
        // The counter's money is there at once; of a gateway's a notice may be lost.
        let isWatched = gateway(named: prepared.gateway)?.channel == .online
        let payment = try await store.insert(
            orderID: orderID, gateway: prepared.gateway, method: prepared.method, outTradeNo: trade.outTradeNo, amountFen: trade.amountFen,
            expiresAt: trade.expiresAt, isWatched: isWatched, in: transaction
        )
        guard let payment else { throw Refusal.paymentTimeOver }
        return StartedPayment(payment: payment, instruction: prepared.instruction)
    }

    /// The payment of this number of ours.
    package func payment(outTradeNo: TradeNumber, in session: some PostgresSession) async throws -> Payment? {
        try await store.payment(outTradeNo: outTradeNo, in: session)
    }

    package func payment(id: Int64, in session: some PostgresSession) async throws -> Payment? {
        try await store.payment(id: id, in: session)
    }

    /// The attempts to pay an order, oldest first.
    package func payments(orderID: UUID, in session: some PostgresSession) async throws -> [Payment] {
        try await store.payments(orderID: orderID, in: session)
    }

    /// The refunds of an order, oldest first.
    package func refunds(orderID: UUID, in session: some PostgresSession) async throws -> [Refund] {
        try await refundStore.refunds(orderID: orderID, in: session)
    }

    /// A refund of an order; `nil` when it has none of this id.
    package func refund(_ id: Int64, orderID: UUID, in session: some PostgresSession) async throws -> Refund? {
        try await refundStore.refunds(orderID: orderID, in: session).first { $0.id == id }
    }

    /// What a fact means: the payment that it names, and the judgement. `nil` when we never started such a payment.
    ///
    /// Call it under the lock on what is paid; a fact's payment can be looked up before without a lock.
    package func judge(_ fact: PaymentFact, in transaction: PostgresTransaction) async throws -> (
        payment: Payment, judgement: FactJudgement
    )? {
        try TradeEvidence(try await transaction.results(of: TradeEvidence.reads([fact]))).judge(fact)
    }

    /// Notes that the money came, also for a payment that was taken for closed.
    ///
    /// - Returns: `nil` when it was noted already.
    package func markSucceeded(_ payment: Payment, by fact: PaymentFact, in transaction: PostgresTransaction) async throws -> Payment? {
        try await transaction.row(succeeding([ProvenPayment(payment, by: fact)]), PaymentStore.payment)
    }

    /// The same for several payments at once, as a statement for the caller's transaction; those that were noted already are left as they are.
    package func succeeding(_ proven: [ProvenPayment]) -> Query {
        PaymentStore.succeeding(proven)
    }

    /// Notes that nobody can pay it any more.
    ///
    /// - Returns: `nil` when it was not open.
    @discardableResult
    package func markClosed(_ payment: Payment, in session: some PostgresSession) async throws -> Payment? {
        try await store.markClosed(id: payment.id, in: session)
    }

    /// Records what the gateway posted and what came of it. What we asked for ourselves is recorded where somebody has to decide about it: once, since
    /// the notice may never come.
    package func record(_ fact: PaymentFact, outcome: PaymentFactOutcome, in transaction: PostgresTransaction) async throws {
        switch fact.origin {
        case .notice: try await transaction.execute(recording([(fact, outcome)]))
        case .query where outcome == .amountMismatch: try await store.insertNotificationOnce(fact, outcome: outcome, in: transaction)
        case .query, .counter: return
        }
    }

    /// The same for several notices at once, as a statement for the caller's transaction.
    package func recording(_ judged: [(fact: PaymentFact, outcome: PaymentFactOutcome)]) -> Query {
        PaymentStore.recording(judged)
    }

    /// Selects the orders that facts are about, as far as we started such payments. What a payment is for never changes, so no lock is needed.
    package static func orderIDs(_ facts: [PaymentFact]) -> Query {
        PaymentStore.orderIDs(outTradeNos: facts.map(\.outTradeNo))
    }

    /// Records a notice that is truly the gateway's and for somebody else: once, since whoever it is for could post it here without end.
    func recordMisdirected(_ fact: PaymentFact, outcome: PaymentFactOutcome, in transaction: PostgresTransaction) async throws {
        try await store.insertNotificationOnce(fact, outcome: outcome, in: transaction)
    }

    /// Records something that was refused: once, and not more than ``PaymentStore/mostRefusedADay`` of a kind in a day.
    func recordRefused(_ notice: RefusedNotice, in session: some PostgresSession) async throws {
        try await store.insertRefused(notice, in: session)
    }

    /// Deletes records of refused notices that are older than this. Those of other notices stay for ever.
    ///
    /// - Returns: how many there were, at most the limit.
    @discardableResult
    package func deleteOldRefusedNotices(olderThan age: Duration, limit: Int, in session: some PostgresSession) async throws -> Int {
        try await store.deleteRefused(olderThan: age, limit: limit, in: session)
    }

    /// Leaves in the outbox that the gateway shall take no money for it any more.
    package func requestClosing(of payment: Payment, in session: some PostgresSession) async throws {
        try await outbox.add(Self.closing, PaymentErrand(outTradeNo: payment.outTradeNo.rawValue), in: session)
    }

    /// Asks the gateway how a payment stands, unless it has been asked as often as it may be without anybody claiming to have paid.
    ///
    /// - Returns: `nil` when nothing was asked.
    /// - Throws: ``GatewayFailure``.
    package func ask(_ payment: Payment, atMost questions: Int, in session: some PostgresSession) async throws -> TradeReport? {
        guard let gateway = gateway(named: payment.gateway) else { return nil }
        // Counted before it is asked: a process that dies in between has asked less, not more.
        guard try await store.countQuestion(id: payment.id, atMost: questions, in: session) else { return nil }
        return try await gateway.query(payment.outTradeNo)
    }

    /// In how many seconds, by what is known now, nobody can pay for this any more at a gateway; `nil` when nobody can already.
    ///
    /// Call it under the lock on what is paid: nobody can start a payment then.
    package func secondsUntilClosed(orderID: UUID, in transaction: PostgresTransaction) async throws -> Int? {
        try await store.secondsUntilClosed(orderID: orderID, in: transaction)
    }

    /// Leaves in the outbox that the gateways shall take no money for this any more, once for each trade.
    package func requestClosing(orderID: UUID, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(PaymentClosingStore.requestOnce(orderID: orderID))
    }

    /// Leaves in the outbox that the gateway shall be asked whether it is paid, again and again until it is decided.
    package func requestQuery(of payment: Payment, in session: some PostgresSession) async throws {
        try await outbox.add(Self.query, PaymentErrand(outTradeNo: payment.outTradeNo.rawValue), in: session)
    }

    /// Sends money back: the request is stored under its number, and the outbox carries it out.
    ///
    /// Call it under the lock on what is paid, once for each reason to send money back: every call sends money.
    /// - Throws: ``Refusal/refundExceedsPayment`` when more would go back than came.
    package func requestRefund(_ new: NewRefund, of payment: Payment, in transaction: PostgresTransaction) async throws -> Refund {
        let asked = try await refundStore.totalFen(paymentID: payment.id, in: transaction)
        guard new.amountFen > 0, new.amountFen <= payment.refundableFen - asked else { throw Refusal.refundExceedsPayment }
        let refund = try await refundStore.insert(new, payment: payment, requestNumber: .make(at: Date()), in: transaction)
        // At the counter there is nobody to ask: the money goes back when a clerk hands it out.
        if gateway(named: payment.gateway)?.channel != .counter {
            try await outbox.add(Self.refund, RefundErrand(requestNumber: refund.requestNumber.rawValue), in: transaction)
        }
        return refund
    }

    /// Notes that money of another amount came for a payment and goes back; call it before the refund is requested, under the lock on what is paid.
    ///
    /// - Returns: `nil` when that was noted before, or the right amount came.
    package func markWrongAmount(_ payment: Payment, amountFen: Int64, in transaction: PostgresTransaction) async throws -> Payment? {
        try await store.markWrongAmount(id: payment.id, amountFen: amountFen, in: transaction)
    }

    /// All that we ever asked to go back of a payment, in fen.
    package func requestedRefundsFen(of payment: Payment, in transaction: PostgresTransaction) async throws -> Int64 {
        try await refundStore.totalFen(paymentID: payment.id, in: transaction)
    }

    /// Notes that a refund's money has gone back.
    ///
    /// - Returns: `nil` when it was noted already.
    package func markRefunded(_ refund: Refund, in transaction: PostgresTransaction) async throws -> Refund? {
        try await refundStore.markSucceeded(id: refund.id, in: transaction)
    }

    /// The gateway of this name.
    func gateway(named name: String) -> (any PaymentGateway)? {
        gateways.first { $0.name == name }
    }
}

/// What the outbox keeps of a wish to close or to ask.
struct PaymentErrand: Codable, Sendable {
    let outTradeNo: String
}

/// What the outbox keeps of a refund.
struct RefundErrand: Codable, Sendable {
    let requestNumber: String
}

extension Refusal {
    /// The method is none that a gateway of ours offers.
    package static let paymentMethodUnknown = Refusal(.invalid(pointer: "/method"), "payment_method_unknown")

    /// More would go back than came.
    package static let refundExceedsPayment = Refusal(.conflict, "refund_exceeds_payment")

    /// Too little time is left for paying.
    package static let paymentTimeOver = Refusal(.conflict, "payment_time_over")
}
