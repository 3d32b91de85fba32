package import Callers
package import Database
package import Foundation

/// Corrections by the cinema's and the platform's people, each with a reason.
package struct OrderCorrections: Sendable {
    private let plans: ShowtimePlans
    private let refunds: OrderRefunds
    private let store = OrderStore()
    private let locks = OrderLockStore()
    private let changes = OrderChangeStore()
    private let tickets = TicketStore()
    private let claims = SeatClaimStore()
    private let showtimes = ShowtimeSummaryStore()

    package init(plans: ShowtimePlans, refunds: OrderRefunds) {
        self.plans = plans
        self.refunds = refunds
    }

    /// Makes an order void: an unpaid one is cancelled, a paid one refunded whole.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/orderOver``, and for a paid order the errors of
    ///   ``OrderRefunds/request(_:ticketIDs:by:actor:scope:in:)``.
    package func void(
        _ id: UUID,
        by requester: RefundRequester,
        actor: OrderActor,
        scope: OrderScope,
        in transaction: PostgresTransaction
    ) async throws -> DetailedOrder {
        guard let locked = try await locks.lock(id, scope: scope, in: transaction) else { throw Refusal.notFound }
        if locked.order.state.isUnpaid, !locked.order.hasLapsed(at: locked.now) {
            let showtimeID = locked.order.showtimeID
            for query in OrderStore.ending(orderIDs: [id], of: [showtimeID], by: .voided, actor: actor, at: locked.now) {
                try await transaction.execute(query)
            }
        } else if locked.order.state == .paid || locked.order.state == .collected {
            _ = try await refunds.request(id, ticketIDs: nil, by: requester, actor: actor, scope: scope, in: transaction)
        } else {
            throw Refusal.orderOver
        }
        guard let order = try await store.order(id, scope: scope, in: transaction) else { throw Defect.lockedRowGone(from: "orders") }
        return try await showtimes.detailed(order, in: transaction)
    }

    /// Gives a valid ticket another free seat of its showtime, at the same price.
    ///
    /// - Parameter version: the ticket's version that the caller has read.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/ticketNotValid``, ``Refusal/seatNotInHall``, ``Refusal/seatNotForSale``,
    ///   ``Refusal/seatOfCouple``, ``Refusal/seatPriceDiffers``, ``Refusal/seatTaken``.
    package func reseat(
        _ ticketID: Int64,
        to seatID: Int64,
        version: Int64?,
        actor: OrderActor,
        scope: MerchantScope,
        in transaction: PostgresTransaction
    ) async throws -> DetailedTicket {
        guard
            let unlocked = try await tickets.ticket(ticketID, scope: scope, in: transaction),
            let locked = try await locks.lock(unlocked.orderID, scope: .all, in: transaction),
            let ticket = try await tickets.ticket(ticketID, scope: scope, in: transaction)
        else { throw Refusal.notFound }
        guard version == nil || version == ticket.version else { throw Refusal.stale }
        guard ticket.state == .valid, ticket.entry == nil, locked.order.state == .paid else { throw Refusal.ticketNotValid }
        try await checkSeat(seatID, for: ticket, in: transaction)
        // A seat that is or was this order's: one order can't have the same seat twice.
        guard !locked.order.lines.contains(where: { $0.seatID == seatID }) else { throw Refusal.seatTaken.about(seats: [seatID]) }
        let rivals = try await claims.rivals(
            showtimeID: ticket.showtimeID, seatIDs: [seatID], besides: ticket.orderID, at: locked.now, in: transaction
        )
        guard rivals.allSatisfy(\.hasLapsed) else { throw Refusal.seatTaken.about(seats: [seatID]) }
        let lapsed = rivals.map(\.orderID)
        for query in OrderStore.ending(orderIDs: lapsed, of: [ticket.showtimeID], by: .lapsed, actor: .nobody, at: locked.now) {
            try await transaction.execute(query)
        }
        let transition = try OrderTransition(.reseated, from: locked.order.state)
        try await changes.apply(transition, to: locked.order, by: actor, at: locked.now, in: transaction)
        try await changes.release([ticket.seat.id], of: locked.order, in: transaction)
        try await changes.claim([seatID], for: locked.order, in: transaction)
        try await changes.replaceSeat(ticket.seat.id, by: seatID, of: locked.order, in: transaction)
        try await tickets.move(ticketID, to: seatID, in: transaction)
        try await transaction.execute(OrderStore.raiseSeatRevision(showtimeIDs: [ticket.showtimeID]))
        guard let moved = try await tickets.ticket(ticketID, scope: scope, in: transaction) else {
            throw Defect.lockedRowGone(from: "tickets")
        }
        return DetailedTicket(ticket: moved, showtime: try await showtimes.summary(of: moved.showtimeID, in: transaction))
    }

    /// Gives the tickets of an order to be printed once more. They look like the first ones, so the order's events say that it happened.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/orderNotPaid``, ``Refusal/ticketsRefunded``, ``Refusal/orderNeedsAttention``.
    package func reprint(
        _ id: UUID,
        actor: OrderActor,
        scope: OrderScope,
        in transaction: PostgresTransaction
    ) async throws -> OrderTickets {
        guard let locked = try await locks.lock(id, scope: scope, in: transaction) else { throw Refusal.notFound }
        switch locked.order.state {
        case .paid, .collected: break
        case .refunding, .refunded: throw Refusal.ticketsRefunded
        case .pendingPayment, .paidUnconfirmed, .cancelled, .expired: throw Refusal.orderNotPaid
        }
        // A printed ticket is as good as one that was handed out.
        guard locked.order.attention == nil else { throw Refusal.orderNeedsAttention }
        let transition = try OrderTransition(.reprinted, from: locked.order.state)
        try await changes.apply(transition, to: locked.order, by: actor, at: locked.now, in: transaction)
        guard
            let order = try await store.order(id, scope: scope, in: transaction),
            let code = try await store.collectionCode(orderID: id, in: transaction)
        else { throw Refusal.orderNotPaid }
        let printed = try await tickets.tickets(orderID: id, in: transaction).filter { $0.state != .refunded }
        let showtime = try await showtimes.summary(of: order.showtimeID, in: transaction)
        return OrderTickets(order: order, collectionCode: code, tickets: printed, showtime: showtime)
    }

    private func checkSeat(_ seatID: Int64, for ticket: Ticket, in transaction: PostgresTransaction) async throws {
        guard let plan = try await plans.plan(showtimeID: ticket.showtimeID, in: transaction), let seat = plan.layout.seat(seatID) else {
            throw Refusal.seatNotInHall
        }
        guard plan.sells(seat, includingHouse: true) else { throw Refusal.seatNotForSale.about(seats: [seatID]) }
        guard plan.layout.partner(of: seat) == nil, plan.layout.partner(of: ticket.seat) == nil else { throw Refusal.seatOfCouple }
        // By the list price: what was taken off stays with the ticket.
        guard plan.pricesFen[seat.zone] == ticket.baseFen else {
            throw Refusal.seatPriceDiffers.with("price_fen", .number(ticket.baseFen))
        }
    }
}
