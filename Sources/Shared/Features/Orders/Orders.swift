package import Callers
package import Database
package import Foundation
import Waiting

/// The life of an order for its buyer and the counter: opening, reading, paying, cancelling, collecting.
package struct Orders: Sendable {
    private let pool: PostgresPool
    private let plans: ShowtimePlans
    private let lanes: Lanes<OrderOpeningWork>
    private let payments: Payments
    private let limits: OrderConfiguration
    private let challenges: HoldChallenges?
    private let store = OrderStore()
    private let locks = OrderLockStore()
    private let changes = OrderChangeStore()
    private let tickets = TicketStore()
    private let showtimes = ShowtimeSummaryStore()

    package init(
        pool: PostgresPool,
        plans: ShowtimePlans,
        lanes: Lanes<OrderOpeningWork>,
        payments: Payments,
        limits: OrderConfiguration,
        challenges: HoldChallenges? = nil
    ) {
        self.pool = pool
        self.plans = plans
        self.lanes = lanes
        self.payments = payments
        self.limits = limits
        self.challenges = challenges
    }

    /// Opens an order: its seats are held until it expires.
    ///
    /// - Parameters:
    ///   - account: the buyer, or at the counter the clerk. A clerk sells only for its own merchant, or for some of its cinemas; the
    ///     platform's people sell for all.
    ///   - buyerPhone: the phone number of a walk-in buyer who gives it.
    ///   - idempotency: the key under which the answer is recorded in the same transaction.
    ///   - address: the IP address that the request came from.
    ///   - challengeAnswer: the answer to the challenge with which an earlier attempt was refused.
    ///   - expectedPayableFen: what the buyer expects to pay; `nil` when it doesn't say.
    /// - Throws: the refusals of domain.md's "Orders"; those of ``SquattingConfiguration``; ``PriceChanged``; ``Refusal/busy``.
    package func open(
        showtimeID: Int64,
        seatIDs: [Int64],
        by account: Principal,
        channel: OrderChannel = .online,
        buyerPhone: PhoneNumber? = nil,
        idempotency: IdempotentRequest?,
        address: String? = nil,
        challengeAnswer: ChallengeAnswer? = nil,
        expectedPayableFen: Int64? = nil
    ) async throws -> OpenedOrder {
        guard
            let plan = try await plans.plan(showtimeID: showtimeID),
            try channel == .online || account.scope.holds(merchantID: plan.merchantID, cinemaID: plan.cinemaID)
        else { throw Refusal.showtimeUnknown }
        let isCounted = channel == .online && limits.squatting != nil
        let challenge = isCounted ? challengeAnswer.flatMap { challenges?.check($0, of: account.accountID, showtimeID: showtimeID) } : nil
        let opening = try await byCurrentPlan(plan) { plan in
            try OrderOpening(
                orderID: .timeOrdered(),
                by: account,
                channel: channel,
                buyerPhone: buyerPhone,
                plan: plan,
                seatIDs: seatIDs,
                idempotency: idempotency,
                addressBlock: isCounted ? AddressBlock.number(of: address ?? "") : nil,
                challenge: challenge,
                expectedPayableFen: expectedPayableFen
            )
        }
        return try await lanes.submit(opening, key: showtimeID)
    }

    /// Applies a plan's rules to a request. The plan in memory may be older than the showtime, so its refusal counts only when the plan
    /// that is read anew from the database refuses too. A request for seats that aren't sold costs one such reading, not more.
    private func byCurrentPlan(
        _ known: ShowtimePlan,
        _ decide: (ShowtimePlan) throws -> OrderOpening
    ) async throws -> OrderOpening {
        do {
            return try decide(known)
        } catch let refusal as Refusal where refusal.code != Refusal.seatRepeated.code {
            guard let current = try await plans.plan(showtimeID: known.showtimeID, version: known.version + 1) else { throw refusal }
            return try decide(current)
        }
    }

    /// - Throws: ``Refusal/notFound``.
    package func order(_ id: UUID, scope: OrderScope) async throws -> Order {
        guard let order = try await store.order(id, scope: scope, in: pool) else { throw Refusal.notFound }
        return order
    }

    /// An order with its showtime and the refund policy that its buyer agreed to.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func detailedOrder(_ id: UUID, scope: OrderScope) async throws -> DetailedOrder {
        guard let order = try await store.detailedOrder(id, scope: scope, in: pool) else { throw Refusal.notFound }
        return order
    }

    /// Orders with their showtimes, newest first, or as ``OrderFilter/isUpcoming`` says, which is for a buyer's own only.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func orders(_ filter: OrderFilter = OrderFilter(), scope: OrderScope, page: PageRequest) async throws -> Page<DetailedOrder> {
        if let upcoming = filter.isUpcoming, let accountID = scope.accountID {
            let orders = try await store.orders(filter, upcoming: upcoming, accountID: accountID, page: page, in: pool)
            let summaries = try await showtimes.summaries(showtimeIDs: Set(orders.map(\.showtimeID)), in: pool)
            let rows = try orders.map { DetailedOrder(order: $0, showtime: try summaries.summary(of: $0.showtimeID)) }
            return Page(rows, request: page) { [$0.showtime.startsAt.cursorKey, $0.id.uuidString] }
        }
        let page = try await store.orders(filter, scope: scope, page: page, in: pool)
        let summaries = try await showtimes.summaries(showtimeIDs: Set(page.items.map(\.showtimeID)), in: pool)
        return try page.map { DetailedOrder(order: $0, showtime: try summaries.summary(of: $0.showtimeID)) }
    }

    /// The events of an order, oldest first.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func events(orderID: UUID, scope: OrderScope) async throws -> [OrderEvent] {
        _ = try await order(orderID, scope: scope)
        return try await store.events(orderID: orderID, in: pool)
    }

    /// Cancels an unpaid order for its buyer; its seats are free at once.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/orderNotUnpaid``.
    package func cancel(_ id: UUID, by accountID: Int64, in transaction: PostgresTransaction) async throws {
        let (order, now) = try await lockOwn(id, accountID, in: transaction)
        guard order.state.isUnpaid, !order.hasLapsed(at: now) else { throw Refusal.orderNotUnpaid(order.state) }
        let buyer = OrderActor(accountID)
        for query in OrderStore.ending(orderIDs: [id], of: [order.showtimeID], by: .cancelledByBuyer, actor: buyer, at: now) {
            try await transaction.execute(query)
        }
    }

    /// Starts a payment of an order. There may be several; the first that succeeds pays the order.
    ///
    /// - Parameter returnURL: where the buyer's browser comes back to; `nil` for the page that the gateway's settings name.
    /// - Throws: ``Refusal/notFound``, ``Refusal/orderNotUnpaid``, ``Refusal/orderExpired``, ``Refusal/paymentLimitReached``,
    ///   ``Refusal/paymentMethodUnknown``, ``Refusal/paymentTimeOver``.
    package func startPayment(
        for id: UUID,
        method: PaymentMethod,
        returningTo returnURL: ReturnURL? = nil,
        by accountID: Int64,
        in transaction: PostgresTransaction
    ) async throws -> StartedPayment {
        guard let (unlocked, title) = try await store.orderWithTitle(id, scope: .buyer(accountID), in: transaction) else {
            throw Refusal.notFound
        }
        // Signed before the locks, so that nobody waits for the signing. If it fails, the rules under the locks say why.
        let early = unlocked.state.isUnpaid ? try? prepare(unlocked, method, title, returnURL) : nil
        let order = try await lockPayable(id, accountID, in: transaction).order
        guard try await payments.payments(orderID: id, in: transaction).count < limits.paymentAttempts else {
            throw Refusal.paymentLimitReached.about(limit: limits.paymentAttempts)
        }
        // A payment claim may have changed its time meanwhile.
        let fitting = early.flatMap { $0.fits(amountFen: order.amount.payableFen, expiresAt: order.expiresAt) ? $0 : nil }
        let started = try await payments.start(fitting ?? prepare(order, method, title, returnURL), orderID: id, in: transaction)
        // The buyer has said before that it paid, so the gateway is asked about this payment too.
        if order.state == .paidUnconfirmed { try await payments.requestQuery(of: started.payment, in: transaction) }
        return started
    }

    /// The attempts to pay an order, oldest first; for those that can still be paid with what the buyer does next.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func payments(of id: UUID, scope: OrderScope) async throws -> [StartedPayment] {
        let detailed = try await detailedOrder(id, scope: scope)
        let now = try await pool.now()
        return try await payments.payments(orderID: id, in: pool).map { payment in
            try payments.resumed(
                payment, subject: detailed.showtime.movie.title, isPayable: detailed.order.state(at: now).isUnpaid, at: now)
        }
    }

    /// Records that the buyer says it paid. That proves nothing: the gateway is asked, and the seats are held a little longer, once.
    ///
    /// - Returns: the order's state afterwards.
    /// - Throws: ``Refusal/notFound``, ``Refusal/noPaymentStarted``, ``Refusal/orderNotUnpaid``, ``Refusal/orderExpired``.
    package func claimPayment(
        of id: UUID,
        by accountID: Int64,
        in transaction: PostgresTransaction
    ) async throws -> OrderState {
        let (order, now) = try await lockPayable(id, accountID, in: transaction)
        let started = try await payments.payments(orderID: id, in: transaction).filter { $0.state == .started }
        guard !started.isEmpty else { throw Refusal.noPaymentStarted }
        // One claim is enough: after it the gateway is asked about every payment.
        guard order.state == .pendingPayment else { return order.state }
        for payment in started {
            try await payments.requestQuery(of: payment, in: transaction)
        }
        let claimed = try OrderTransition(.paymentClaimed, from: order.state)
        try await changes.apply(claimed, to: order, by: OrderActor(accountID), at: now, in: transaction)
        try await changes.extend(order, until: order.expiresAt.addingTimeInterval(limits.claimGrace.seconds), in: transaction)
        return .paidUnconfirmed
    }

    /// A ticket of one of the buyer's orders.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func ticket(_ id: Int64, buyer accountID: Int64) async throws -> Ticket {
        guard let ticket = try await tickets.ticket(id, buyer: accountID, in: pool) else { throw Refusal.notFound }
        return ticket
    }

    /// The tickets of a paid order and its collection code.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/orderNotPaid``.
    package func tickets(orderID: UUID, scope: OrderScope) async throws -> OrderTickets {
        let order = try await order(orderID, scope: scope)
        guard let code = try await store.collectionCode(orderID: orderID, in: pool) else { throw Refusal.orderNotPaid }
        return OrderTickets(
            order: order,
            collectionCode: code,
            tickets: try await tickets.tickets(orderID: orderID, in: pool),
            showtime: try await showtimes.summary(of: order.showtimeID, in: pool)
        )
    }

    /// Records that the tickets of an order are handed out, once.
    ///
    /// - Parameters:
    ///   - scope: the order must be in it.
    ///   - place: the counter, as the cinema calls it.
    /// - Throws: ``Refusal/collectionCodeUnknown``, ``Refusal/alreadyCollected``, ``Refusal/ticketsRefunded``, ``Refusal/orderNeedsAttention``.
    package func collect(
        code: CollectionCode,
        place: String?,
        scope: MerchantScope,
        by accountID: Int64,
        in transaction: PostgresTransaction
    ) async throws -> OrderTickets {
        guard
            let id = try await store.orderID(collectionCode: code, in: transaction),
            let (order, now) = try await locks.lock(id, scope: .staff(scope), in: transaction).map({ ($0.order, $0.now) })
        else { throw Refusal.collectionCodeUnknown }
        switch order.state {
        case .paid: break
        case .collected: throw Refusal.alreadyCollected
        case .refunding, .refunded: throw Refusal.ticketsRefunded
        case .pendingPayment, .paidUnconfirmed, .cancelled, .expired: throw Refusal.collectionCodeUnknown
        }
        guard order.attention == nil else { throw Refusal.orderNeedsAttention }
        let collected = try OrderTransition(.collected, from: order.state)
        try await changes.apply(collected, to: order, by: OrderActor(accountID), at: now, in: transaction)
        try await tickets.collect(orderID: id, by: accountID, place: place, at: now, in: transaction)
        return OrderTickets(
            order: order,
            collectionCode: code.text,
            tickets: try await tickets.tickets(orderID: id, in: transaction),
            showtime: try await showtimes.summary(of: order.showtimeID, in: transaction)
        )
    }

    private func prepare(
        _ order: Order, _ method: PaymentMethod, _ title: String, _ returnURL: ReturnURL?
    ) throws -> PreparedPayment {
        try payments.prepare(
            amountFen: order.amount.payableFen, method: method, subject: title, expiresAt: order.expiresAt, returnURL: returnURL)
    }

    private func lockOwn(
        _ id: UUID,
        _ accountID: Int64,
        in transaction: PostgresTransaction
    ) async throws -> (order: Order, now: Date) {
        guard let locked = try await locks.lock(id, scope: .buyer(accountID), in: transaction) else { throw Refusal.notFound }
        return (locked.order, locked.now)
    }

    private func lockPayable(
        _ id: UUID,
        _ accountID: Int64,
        in transaction: PostgresTransaction
    ) async throws -> (order: Order, now: Date) {
        let (order, now) = try await lockOwn(id, accountID, in: transaction)
        guard !order.hasLapsed(at: now), order.state != .expired else {
            throw Refusal.orderExpired(at: order.expiresAt)
        }
        guard order.state.isUnpaid else { throw Refusal.orderNotUnpaid(order.state) }
        return (order, now)
    }
}
