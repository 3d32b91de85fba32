import Callers
import Database
import Foundation
import TestSupport

@testable import Shared

/// Giving a ticket back with the same reads, rules and writes of money as ``OrderRefunds``, but without the order's locks: everybody has read
/// before anybody writes.
///
/// For control tests only: it shows that a race is there to be won.
struct UnguardedRefund: Sendable {
    let database: PostgresPool
    let payments: Payments
    let everybodyHasRead: Meeting

    func request(_ ticketID: Int64, of orderID: UUID) async throws {
        guard
            let order = try await OrderStore().order(orderID, scope: .all, in: database),
            let paymentID = order.paidByPaymentID,
            let payment = try await payments.payment(id: paymentID, in: database)
        else { throw Refusal.notFound }
        let tickets = try await TicketStore().tickets(orderID: orderID, in: database)
        let decision = try RefundDecision(
            ticketIDs: [ticketID],
            by: .cinema,
            RefundDecision.Facts(
                state: order.state,
                tickets: tickets,
                policy: try await Places().refundPolicy(order.refundPolicyID, in: database),
                startsAt: tickets[0].startsAt,
                now: Date()
            )
        )
        await everybodyHasRead.arrive()
        try await database.withTransaction { transaction in
            try await TicketStore().refund([ticketID], in: transaction)
            let new = NewRefund(
                amountFen: decision.amountFen, feeFen: decision.feeFen, reason: RefundRequester.cinema.reason.rawValue,
                requestedByAccountID: nil, note: nil
            )
            let refund = try await payments.requestRefund(new, of: payment, in: transaction)
            try await RefundTicketStore().add(decision.tickets, refundID: refund.id, in: transaction)
        }
    }
}

/// Letting somebody in with the same look at the ticket as ``TicketEntries``, but without the order's lock, and without the condition in the
/// statement that notes it.
///
/// For control tests only.
struct UnguardedEntry: Sendable {
    let database: PostgresPool
    let everybodyHasLooked: Meeting

    func enter(_ ticketID: Int64, by clerk: Principal) async throws {
        guard let ticket = try await TicketStore().ticket(ticketID, scope: clerk.scope, in: database) else {
            throw Refusal.ticketCodeInvalid
        }
        guard ticket.state != .refunded else { throw Refusal.ticketVoid }
        guard ticket.entry == nil else { throw Refusal.alreadyEntered }
        await everybodyHasLooked.arrive()
        try await database.execute(
            """
            UPDATE tickets
            SET entered_at = clock_timestamp(),
                entered_by_account_id = \(clerk.accountID),
                entry_place = 'Door 1',
                version = version + 1
            WHERE id = \(ticketID)
            """
        )
    }
}
