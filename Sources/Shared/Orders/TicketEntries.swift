package import Database
import Foundation

/// Letting people in: apart from collection, since a ticket that shows its own code needs no paper.
package struct TicketEntries: Sendable {
    private let seal: TicketSeal
    private let locks = OrderLockStore()
    private let changes = OrderChangeStore()
    private let tickets = TicketStore()

    package init(seal: TicketSeal) {
        self.seal = seal
    }

    /// Lets the holder of a ticket in, once.
    ///
    /// - Parameters:
    ///   - code: what the ticket's code says.
    ///   - showtimeID: for which the door is open; `nil` where it is open for all.
    ///   - place: the door, as the cinema calls it.
    ///   - scope: for whose showtime it must be.
    /// - Throws: ``Refusal/ticketCodeInvalid``, ``Refusal/ticketForOtherShowtime``, ``Refusal/ticketCodeOutdated``, ``Refusal/ticketVoid``,
    ///   ``Refusal/orderNeedsAttention``, ``Refusal/alreadyEntered``.
    package func enter(
        code: String,
        showtimeID: Int64? = nil,
        place: String?,
        scope: MerchantScope,
        by accountID: Int64,
        in transaction: PostgresTransaction
    ) async throws -> Ticket {
        guard
            let pass = seal.pass(from: code),
            let unlocked = try await tickets.ticket(pass.ticketID, scope: scope, in: transaction),
            // The order's lock, which a refund of the ticket takes too.
            let locked = try await locks.lock(unlocked.orderID, scope: .all, in: transaction),
            let ticket = try await tickets.ticket(pass.ticketID, scope: scope, in: transaction)
        else { throw Refusal.ticketCodeInvalid }
        guard showtimeID == nil || showtimeID == ticket.showtimeID else { throw Refusal.ticketForOtherShowtime }
        guard ticket.state != .refunded else { throw Refusal.ticketVoid }
        guard ticket.seat.id == pass.seatID else { throw Refusal.ticketCodeOutdated }
        guard locked.order.attention == nil else { throw Refusal.orderNeedsAttention }
        guard try await tickets.enter(ticket.id, by: accountID, place: place, at: locked.now, in: transaction) else {
            throw Refusal.alreadyEntered
        }
        let transition = try OrderTransition(.entered, from: locked.order.state)
        try await changes.apply(transition, to: locked.order, by: OrderActor(accountID), at: locked.now, in: transaction)
        guard let entered = try await tickets.ticket(ticket.id, scope: scope, in: transaction) else {
            throw Refusal.ticketCodeInvalid
        }
        return entered
    }
}
