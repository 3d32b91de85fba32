package import Callers
package import Database
package import FoundationEssentials

/// Payments, the gateways' statements about them, and refunds. This feature knows no orders: an order's id is an opaque number here.
///
/// Writes belong to the caller's transaction, which holds the lock on what is paid. Nothing here waits for a gateway. Closing, asking and
/// refunding are written to the outbox, and done by ``PaymentClosing``, ``PaymentQuerying`` and ``PaymentRefunding``.
package struct Payments: Sendable {
    /// The kinds of messages in the outbox.
    package static let closing = "payment_closing"
    package static let query = "payment_query"
    package static let refund = "payment_refund"
    /// The feature that knows the time limit for paying delivers this kind.
    package static let watch = "payment_watch"

    private let gateways: [any PaymentGateway]
    private let outbox: Outbox
    private let store = PaymentStore()
    private let refundStore = RefundStore()

    package init(gateways: [any PaymentGateway], outbox: Outbox) {
        self.gateways = gateways
        self.outbox = outbox
    }

    /// Starts a payment, and says what the client does next. The gateway is not called.
    ///
    /// - Parameters:
    ///   - amountFen: what is to be paid, more than 0.
    ///   - channel: who takes the money. Methods of the other channel are unknown to the caller.
    ///   - subject: the text that the buyer reads on the payment page.
    ///   - expiresAt: when the order's time is over. The gateway gets the whole second at or before it.
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

    /// Prepares a payment: its number, and the signed instruction for the client. Nothing is written.
    ///
    /// - Parameter returnURL: where the buyer's browser comes back to; `nil` for the page that the gateway's settings name.
    ///
    /// Signing takes about as long as everything else together. So callers should prepare a payment before they take a lock. Parameters and
    /// errors are those of
    /// ``start(orderID:amountFen:method:channel:subject:expiresAt:in:)``.
    package func prepare(
        amountFen: Int64, method: PaymentMethod, channel: PaymentChannel = .online, subject: String, expiresAt: Date,
        returnURL: ReturnURL? = nil
    ) throws -> PreparedPayment {
        let offering = gateways.first { $0.channel == channel && $0.methods.contains(method) }
        guard let gateway = offering else { throw Refusal.paymentMethodUnknown }
        let trade = NewTrade(
            outTradeNo: .make(at: Date()), amountFen: amountFen, subject: subject, expiresAt: expiresAt.wholeSecond,
            returnURL: returnURL?.text)
        return PreparedPayment(
            gateway: gateway.name, method: method, trade: trade, instruction: try gateway.start(trade, method: method))
    }

    /// Starts a payment that was prepared. A payment at a gateway is watched from then on (``watch``).
    ///
    /// - Throws: ``Refusal/paymentTimeOver``.
    package func start(_ prepared: PreparedPayment, orderID: UUID, in transaction: PostgresTransaction) async throws -> StartedPayment {
        let trade = prepared.trade
        // Money at the counter is there at once. A gateway's notice may be lost.
        let isWatched = gateway(named: prepared.gateway)?.channel == .online
        let payment = try await store.insert(
            orderID: orderID, gateway: prepared.gateway, method: prepared.method, outTradeNo: trade.outTradeNo, amountFen: trade.amountFen,
            expiresAt: trade.expiresAt, returnURL: trade.returnURL, isWatched: isWatched, in: transaction
        )
        guard let payment else { throw Refusal.paymentTimeOver }
        return StartedPayment(payment: payment, instruction: prepared.instruction)
    }

    /// A payment with what its buyer does next, as it was told when it was started: whoever has lost that, by a reload for example, goes on by it.
    /// The instruction is signed anew, for the same trade.
    ///
    /// - Parameters:
    ///   - subject: as it was when it was started.
    ///   - isPayable: whether what is paid still waits for its money.
    package func resumed(_ payment: Payment, subject: String, isPayable: Bool, at now: Date) throws -> StartedPayment {
        guard
            isPayable, payment.state == .started, payment.expiresAt > now,
            let gateway = gateway(named: payment.gateway), gateway.channel == .online, gateway.methods.contains(payment.method)
        else { return StartedPayment(payment: payment, instruction: .nothing) }
        let trade = NewTrade(
            outTradeNo: payment.outTradeNo, amountFen: payment.amountFen, subject: subject, expiresAt: payment.expiresAt,
            returnURL: payment.returnURL)
        return StartedPayment(payment: payment, instruction: try gateway.start(trade, method: payment.method))
    }

    /// The payment with this trade number of ours.
    package func payment(outTradeNo: TradeNumber, in session: some PostgresSession) async throws -> Payment? {
        try await store.payment(outTradeNo: outTradeNo, in: session)
    }

    package func payment(id: Int64, in session: some PostgresSession) async throws -> Payment? {
        try await store.payment(id: id, in: session)
    }

    /// The payments of an order, oldest first.
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

    /// Judges a fact: the payment that it names, and the judgement. `nil` when we never started such a payment.
    ///
    /// Call it under the lock on what is paid; a fact's payment can be looked up before without a lock.
    package func judge(_ fact: PaymentFact, in transaction: PostgresTransaction) async throws -> (
        payment: Payment, judgement: FactJudgement
    )? {
        try TradeEvidence(try await transaction.results(of: TradeEvidence.reads([fact]))).judge(fact)
    }

    /// Marks a payment as succeeded, even one that was marked as closed.
    ///
    /// - Returns: `nil` when it was marked already.
    package func markSucceeded(_ payment: Payment, by fact: PaymentFact, in transaction: PostgresTransaction) async throws -> Payment? {
        try await transaction.row(succeeding([ProvenPayment(payment, by: fact)]), Payment.init(row:))
    }

    /// A statement that marks several payments, for the caller's transaction. Payments that were marked already stay as they are.
    package func succeeding(_ proven: [ProvenPayment]) -> Query {
        PaymentStore.succeeding(proven)
    }

    /// A statement that writes the payments of orders that cost nothing, for the caller's transaction. They have succeeded at once, and are its
    /// rows, for ``Payment/init(row:)``.
    package static func free(_ orders: [(id: UUID, expiresAt: Date)], at now: Date) -> Query {
        PaymentStore.free(orders.map { (orderID: $0.id, outTradeNo: .make(at: now), expiresAt: $0.expiresAt) }, at: now)
    }

    /// Marks a payment as closed: nobody can pay it any more.
    ///
    /// - Returns: `nil` when it was not open.
    @discardableResult
    package func markClosed(_ payment: Payment, in session: some PostgresSession) async throws -> Payment? {
        try await store.markClosed(id: payment.id, in: session)
    }

    /// Records a notice and its outcome. The answer to a question of ours is recorded only where an administrator has to decide about it,
    /// and only once: its notice may never come.
    package func record(_ fact: PaymentFact, outcome: PaymentFactOutcome, in transaction: PostgresTransaction) async throws {
        switch fact.origin {
        case .notice: try await transaction.execute(recording([(fact, outcome)]))
        case .query where outcome == .amountMismatch: try await store.insertNotificationOnce(fact, outcome: outcome, in: transaction)
        case .query, .counter: return
        }
    }

    /// A statement that records several notices, for the caller's transaction.
    package func recording(_ judged: [(fact: PaymentFact, outcome: PaymentFactOutcome)]) -> Query {
        PaymentStore.recording(judged)
    }

    /// Selects the orders of the payments that facts name. The order of a payment never changes, so no lock is needed.
    package static func orderIDs(_ facts: [PaymentFact]) -> Query {
        PaymentStore.orderIDs(outTradeNos: facts.map(\.outTradeNo))
    }

    /// Records a notice that is truly the gateway's but for somebody else. It is recorded once, because its real receiver could post it
    /// here without end.
    func recordMisdirected(_ fact: PaymentFact, outcome: PaymentFactOutcome, in transaction: PostgresTransaction) async throws {
        try await store.insertNotificationOnce(fact, outcome: outcome, in: transaction)
    }

    /// Records a notice that was refused: each once, and at most ``PaymentStore/mostRefusedADay`` of a kind in a day.
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

    /// Writes the closing of a payment at its gateway to the outbox.
    package func requestClosing(of payment: Payment, in session: some PostgresSession) async throws {
        try await outbox.add(Self.closing, PaymentErrand(outTradeNo: payment.outTradeNo.rawValue), in: session)
    }

    /// Asks the gateway how a payment stands, unless it has been asked as often as it may be without a payment claim.
    ///
    /// - Returns: `nil` when nothing was asked.
    /// - Throws: ``GatewayFailure``.
    package func ask(_ payment: Payment, atMost questions: Int, in session: some PostgresSession) async throws -> TradeReport? {
        guard let gateway = gateway(named: payment.gateway) else { return nil }
        // The question is counted before it is asked. So a process that dies in between leads to one question less, not more.
        guard try await store.countQuestion(id: payment.id, atMost: questions, in: session) else { return nil }
        return try await gateway.query(payment.outTradeNo)
    }

    /// The expected number of seconds until nobody can pay for this at a gateway any more; `nil` when nobody can already.
    ///
    /// Call it under the lock on what is paid, under which nobody can start another payment.
    package func secondsUntilClosed(orderID: UUID, in transaction: PostgresTransaction) async throws -> Int? {
        try await store.secondsUntilClosed(orderID: orderID, in: transaction)
    }

    /// Writes the closing of an order's payments at their gateways to the outbox, once for each trade.
    package func requestClosing(orderID: UUID, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(PaymentClosingStore.requestOnce(orderID: orderID))
    }

    /// Writes to the outbox that the gateway is to be asked for the payment's state, until it is paid or closed.
    package func requestQuery(of payment: Payment, in session: some PostgresSession) async throws {
        try await outbox.add(Self.query, PaymentErrand(outTradeNo: payment.outTradeNo.rawValue), in: session)
    }

    /// The part of such a refund that the gateway would send, in fen: what a person sent back in the gateway's own console is there no more.
    ///
    /// - Throws: ``Refusal/refundExceedsPayment`` when more would go back than came.
    package func sentFen(ofRefund amountFen: Int64, of payment: Payment, in session: some PostgresSession) async throws -> Int64 {
        let asked = try await refundStore.sums(paymentID: payment.id, in: session)
        guard amountFen >= 0, amountFen <= payment.refundableFen - asked.amountFen else { throw Refusal.refundExceedsPayment }
        let heldFen = payment.refundableFen - asked.sentFen - payment.foreignFen
        return min(amountFen, max(heldFen, 0))
    }

    /// Sends money back: the request is stored under its number, and the outbox carries it out. Of money that the gateway holds no more,
    /// nothing is sent; a refund of such money alone, or of 0 fen, has succeeded at once.
    ///
    /// Call it under the lock on what is paid, with the payment as it is under that lock, and once for each reason to send money back: every
    /// call sends money.
    /// - Throws: ``Refusal/refundExceedsPayment`` when more would go back than came.
    package func requestRefund(_ new: NewRefund, of payment: Payment, in transaction: PostgresTransaction) async throws -> Refund {
        let sentFen = try await sentFen(ofRefund: new.amountFen, of: payment, in: transaction)
        let refund = try await refundStore.insert(
            new, foreignFen: new.amountFen - sentFen, payment: payment, requestNumber: .make(at: Date()), in: transaction)
        // At the counter there is no gateway to ask: the money goes back when a clerk hands it out.
        if refund.state == .requested, gateway(named: payment.gateway)?.channel != .counter {
            try await outbox.add(Self.refund, RefundErrand(requestNumber: refund.requestNumber.rawValue), in: transaction)
        }
        return refund
    }

    /// Records that a wrong amount came for a payment and goes back. Call it before the refund is requested, under the lock on what is
    /// paid.
    ///
    /// - Returns: `nil` when that was recorded before, or the right amount came.
    package func markWrongAmount(_ payment: Payment, amountFen: Int64, in transaction: PostgresTransaction) async throws -> Payment? {
        try await store.markWrongAmount(id: payment.id, amountFen: amountFen, in: transaction)
    }

    /// Takes in the sum of all refunds of a payment that the gateway tells, and records what goes beyond our own and beyond what was recorded
    /// before: that went back without us. The sum may count a refund of ours that is on its way, or not; it is kept, because the gateway may
    /// refuse ours later. Call it under the lock on what is paid.
    ///
    /// - Parameter toldFen: `nil` when the gateway tells nothing new.
    /// - Returns: how much more went back without us, in fen; 0 when that is known.
    package func noteRefunds(ofAltogether toldFen: Int64?, of payment: Payment, in transaction: PostgresTransaction) async throws -> Int64 {
        let asked = try await refundStore.sums(paymentID: payment.id, in: transaction)
        let highestFen = max(toldFen ?? 0, payment.toldRefundedFen)
        let moreFen = max(0, highestFen - asked.sentFen - payment.foreignFen)
        guard moreFen > 0 || highestFen > payment.toldRefundedFen else { return 0 }
        try await store.noteRefunds(id: payment.id, toldFen: highestFen, foreignFen: moreFen, in: transaction)
        return moreFen
    }

    /// Marks a refund that the gateway refuses as paid elsewhere. Call it under the lock on what is paid.
    ///
    /// - Returns: `nil` when the gateway doesn't refuse it, or it is done.
    package func markSentElsewhere(_ refund: Refund, in transaction: PostgresTransaction) async throws -> Refund? {
        try await refundStore.markSentElsewhere(id: refund.id, in: transaction)
    }

    /// Marks a refund as paid.
    ///
    /// - Returns: `nil` when it was marked already.
    package func markRefunded(_ refund: Refund, in transaction: PostgresTransaction) async throws -> Refund? {
        try await refundStore.markSucceeded(id: refund.id, in: transaction)
    }

    /// The gateway of this name.
    func gateway(named name: String) -> (any PaymentGateway)? {
        gateways.first { $0.name == name }
    }
}

/// The outbox message for a refund.
struct RefundErrand: Codable, Sendable {
    let requestNumber: String
}

extension Refusal {
    /// None of our gateways offers the method.
    package static let paymentMethodUnknown = Refusal(.invalid(pointer: "/method"), "payment_method_unknown")

    /// The refunds would exceed the payment.
    package static let refundExceedsPayment = Refusal(.conflict, "refund_exceeds_payment")

    /// Too little time is left for paying.
    package static let paymentTimeOver = Refusal(.conflict, "payment_time_over")
}
