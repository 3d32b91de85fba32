package import Callers
package import Database
package import Foundation

/// The life of orders as people lead it: opening, looking, paying, cancelling, collecting.
package struct Orders: Sendable {
    private let database: PostgresPool
    private let plans: ShowtimePlans
    private let lanes: Lanes<OrderOpeningWork>
    private let payments: Payments
    private let limits: OrderLimits
    private let challenges: HoldChallenges?
    private let store = OrderStore()
    private let locks = OrderLockStore()
    private let changes = OrderChangeStore()
    private let tickets = TicketStore()

    package init(
        database: PostgresPool,
        plans: ShowtimePlans,
        lanes: Lanes<OrderOpeningWork>,
        payments: Payments,
        limits: OrderLimits,
        challenges: HoldChallenges? = nil
    ) {
        self.database = database
        self.plans = plans
        self.lanes = lanes
        self.payments = payments
        self.limits = limits
        self.challenges = challenges
    }

    /// Opens an order: its seats are held until it expires.
    ///
    /// - Parameters:
    ///   - account: the buyer, or at the counter the clerk, who sells for its own merchant, or for its cinemas of it, only; the platform's people sell for all.
    ///   - buyerPhone: of a walk-in buyer who tells it.
    ///   - idempotency: under which the answer is recorded in the same transaction.
    ///   - address: the IP address that the request came from.
    ///   - challengeAnswer: to the challenge that an attempt before was refused with.
    /// - Throws: the refusals of domain.md's "Orders"; those of ``SquattingRules``; ``Refusal/busy``.
    package func open(
        showtimeID: Int64,
        seatIDs: [Int64],
        by account: Principal,
        channel: OrderChannel = .online,
        buyerPhone: PhoneNumber? = nil,
        idempotency: IdempotentRequest?,
        address: String? = nil,
        challengeAnswer: ChallengeAnswer? = nil
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
                challenge: challenge
            )
        }
        return try await lanes.submit(opening, key: showtimeID)
    }

    /// What a plan's rules make of a request. The plan in memory may be older than the showtime is now, so that its refusal counts only
    /// when the plan in the database, read anew, says the same. Whoever asks for what isn't sold costs one reading each time, not more.
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
        guard let order = try await store.order(id, scope: scope, in: database) else { throw Refusal.notFound }
        return order
    }

    /// Orders, newest first.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func orders(_ filter: OrderFilter = OrderFilter(), scope: OrderScope, page: PageRequest) async throws -> Page<Order> {
        try await store.orders(filter, scope: scope, page: page, in: database)
    }

    /// How an order got where it is, oldest first.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func events(orderID: UUID, scope: OrderScope) async throws -> [OrderEvent] {
        _ = try await order(orderID, scope: scope)
        return try await store.events(orderID: orderID, in: database)
    }

    /// Ends an unpaid order at its buyer's wish; its seats are free at once.
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

    /// Starts an attempt to pay an order. There may be several; one wins.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/orderNotUnpaid``, ``Refusal/orderExpired``, ``Refusal/paymentLimitReached``,
    ///   ``Refusal/paymentMethodUnknown``, ``Refusal/paymentTimeOver``.
    package func startPayment(
        for id: UUID,
        method: PaymentMethod,
        by accountID: Int64,
        in transaction: PostgresTransaction
    ) async throws -> StartedPayment {
        guard let (unlocked, title) = try await store.orderWithTitle(id, scope: .buyer(accountID), in: transaction) else {
            throw Refusal.notFound
        }
        // Signed before the locks, so that nobody waits there for it; if it can't be, the rules under the locks say why.
        let early = unlocked.state.isUnpaid ? try? prepare(unlocked, method, title) : nil
        let order = try await lockPayable(id, accountID, in: transaction).order
        guard try await payments.payments(orderID: id, in: transaction).count < limits.paymentAttempts else {
            throw Refusal.paymentLimitReached.about(limit: limits.paymentAttempts)
        }
        // A claim of payment may have changed its time meanwhile.
        let fitting = early.flatMap { $0.fits(amountFen: order.amount.payableFen, expiresAt: order.expiresAt) ? $0 : nil }
        let started = try await payments.start(fitting ?? prepare(order, method, title), orderID: id, in: transaction)
        // The buyer has said before that it paid: this attempt is watched as well.
        if order.state == .paidUnconfirmed { try await payments.requestQuery(of: started.payment, in: transaction) }
        return started
    }

    /// Notes that the buyer says it paid. Proves nothing: the gateway is asked, and the seats are held a little longer, once.
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
        // Said once is enough: from then on every attempt is watched.
        guard order.state == .pendingPayment else { return order.state }
        for payment in started {
            try await payments.requestQuery(of: payment, in: transaction)
        }
        let claimed = try OrderTransition(.paymentClaimed, from: order.state)
        try await changes.apply(claimed, to: order, by: OrderActor(accountID), at: now, in: transaction)
        try await changes.extend(order, until: order.expiresAt.addingTimeInterval(limits.claimGrace.seconds), in: transaction)
        return .paidUnconfirmed
    }

    /// The tickets of a paid order and the code that they are collected with.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/orderNotPaid``.
    package func tickets(orderID: UUID, scope: OrderScope) async throws -> OrderTickets {
        let order = try await order(orderID, scope: scope)
        guard let code = try await store.collectionCode(orderID: orderID, in: database) else { throw Refusal.orderNotPaid }
        return OrderTickets(order: order, collectionCode: code, tickets: try await tickets.tickets(orderID: orderID, in: database))
    }

    /// Hands the tickets of an order over, once.
    ///
    /// - Parameters:
    ///   - scope: whose order it must be.
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
            tickets: try await tickets.tickets(orderID: id, in: transaction)
        )
    }

    private func prepare(_ order: Order, _ method: PaymentMethod, _ title: String) throws -> PreparedPayment {
        try payments.prepare(amountFen: order.amount.payableFen, method: method, subject: title, expiresAt: order.expiresAt)
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
