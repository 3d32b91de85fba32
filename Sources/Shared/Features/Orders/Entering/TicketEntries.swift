package import Callers
package import Database
import Foundation
import Waiting

/// Records entries. They are independent of collection, because a ticket that shows its own code needs no paper.
package struct TicketEntries: Sendable {
    private let seal: TicketSeal
    private let window: EntryWindow
    private let locks = OrderLockStore()
    private let changes = OrderChangeStore()
    private let tickets = TicketStore()
    private let showtimes = ShowtimeSummaryStore()

    package init(seal: TicketSeal, window: EntryWindow = EntryWindow()) {
        self.seal = seal
        self.window = window
    }

    /// Lets the holder of a ticket in, once, while the door is open for its showtime.
    ///
    /// - Parameters:
    ///   - code: the text of the ticket's code.
    ///   - showtimeID: the showtime for which the door is open; `nil` where it is open for all.
    ///   - place: the door, as the cinema calls it.
    ///   - overrideReason: why the holder is let in before the door opens or after it has closed; recorded in the order's events.
    ///   - scope: the ticket's showtime must be in it.
    /// - Throws: ``Refusal/ticketCodeInvalid``, ``Refusal/ticketForOtherShowtime``, ``Refusal/ticketCodeOutdated``, ``Refusal/ticketVoid``,
    ///   ``Refusal/orderNeedsAttention``, ``Refusal/alreadyEntered``, ``Refusal/entryNotOpen(until:)``, ``Refusal/entryClosed(since:)``.
    package func enter(
        code: String,
        showtimeID: Int64? = nil,
        place: String?,
        overrideReason: String? = nil,
        scope: MerchantScope,
        by accountID: Int64,
        in transaction: PostgresTransaction
    ) async throws -> DetailedTicket {
        guard
            let pass = seal.pass(from: code),
            let unlocked = try await tickets.ticket(pass.ticketID, scope: scope, in: transaction),
            // A refund of the ticket takes the order's lock too, so the two can't cross.
            let locked = try await locks.lock(unlocked.orderID, scope: .all, in: transaction),
            let ticket = try await tickets.ticket(pass.ticketID, scope: scope, in: transaction)
        else { throw Refusal.ticketCodeInvalid }
        guard showtimeID == nil || showtimeID == ticket.showtimeID else {
            throw Refusal.ticketForOtherShowtime.with("showtime_id", .number(ticket.showtimeID))
        }
        guard ticket.state != .refunded else { throw Refusal.ticketVoid }
        guard ticket.seat.id == pass.seatID else { throw Refusal.ticketCodeOutdated }
        guard locked.order.attention == nil else { throw Refusal.orderNeedsAttention }
        if let entry = ticket.entry { throw Refusal.alreadyEntered.with("entered_at", .moment(entry.at)) }
        if overrideReason == nil {
            try window.check(startsAt: locked.showtime.startsAt, endsAt: locked.showtime.endsAt, now: locked.now)
        }
        guard try await tickets.enter(ticket.id, by: accountID, place: place, at: locked.now, in: transaction) else {
            throw Refusal.alreadyEntered
        }
        let transition = try OrderTransition(.entered, from: locked.order.state)
        let actor = OrderActor(accountID, note: overrideReason)
        try await changes.apply(transition, to: locked.order, by: actor, at: locked.now, in: transaction)
        guard let entered = try await tickets.ticket(ticket.id, scope: scope, in: transaction) else {
            throw Refusal.ticketCodeInvalid
        }
        return DetailedTicket(ticket: entered, showtime: try await showtimes.summary(of: entered.showtimeID, in: transaction))
    }

    /// Takes back an entry that was a mistake. This is possible for a short while; afterwards the ticket lets its holder in as before.
    ///
    /// - Parameters:
    ///   - version: the ticket's version that the caller has read; `nil` takes any.
    ///   - scope: the ticket's showtime must be in it.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/ticketVoid``, ``Refusal/notEntered``, ``Refusal/entryUndoOver``.
    package func undo(
        _ ticketID: Int64,
        version: Int64?,
        scope: MerchantScope,
        by accountID: Int64,
        in transaction: PostgresTransaction
    ) async throws {
        guard
            let unlocked = try await tickets.ticket(ticketID, scope: scope, in: transaction),
            let locked = try await locks.lock(unlocked.orderID, scope: .all, in: transaction),
            let ticket = try await tickets.ticket(ticketID, scope: scope, in: transaction)
        else { throw Refusal.notFound }
        guard version == nil || version == ticket.version else { throw Refusal.stale }
        guard ticket.state != .refunded else { throw Refusal.ticketVoid }
        guard let entry = ticket.entry else { throw Refusal.notEntered }
        guard locked.now.timeIntervalSince(entry.at) <= EntryWindow.undoTime.seconds else { throw Refusal.entryUndoOver }
        try await tickets.undoEntry(ticketID, in: transaction)
        let transition = try OrderTransition(.entryUndone, from: locked.order.state)
        try await changes.apply(transition, to: locked.order, by: OrderActor(accountID), at: locked.now, in: transaction)
    }
}
