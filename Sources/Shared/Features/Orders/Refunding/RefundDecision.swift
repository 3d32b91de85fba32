import Callers
import Foundation

/// The rules of giving tickets back. Pure: it says what goes back, and does nothing.
struct RefundDecision: Hashable, Sendable {
    /// The facts that decide about a refund, read under the order's lock.
    struct Facts: Sendable {
        let state: OrderState
        /// All tickets of the order.
        let tickets: [Ticket]
        /// The policy that the buyer agreed to.
        let policy: RefundPolicy
        let startsAt: Date
        let now: Date
    }

    let tickets: [TicketRefund]
    /// Whether no valid ticket is left of the order.
    let isWhole: Bool

    var amountFen: Int64 { tickets.reduce(0) { $0 + $1.amountFen } }
    var feeFen: Int64 { tickets.reduce(0) { $0 + $1.feeFen } }

    /// - Parameter ticketIDs: `nil` for all that are still valid.
    /// - Throws: ``Refusal/orderNotPaid``, ``Refusal/ticketsCollected``, ``Refusal/ticketsRefunded``, ``Refusal/ticketUnknown``,
    ///   ``Refusal/ticketRepeated``, ``Refusal/ticketRefunded``, ``Refusal/ticketEntered``, ``Refusal/coupleSeatsRefundedTogether``,
    ///   ``Refusal/refundWindowClosed``.
    init(ticketIDs: [Int64]?, by requester: RefundRequester, _ facts: Facts) throws {
        try Self.checkState(facts.state)
        let valid = facts.tickets.filter { $0.state == .valid }
        let chosen = try ticketIDs.map { try Self.choose($0, of: facts.tickets) } ?? valid
        guard !chosen.isEmpty else { throw Refusal.ticketsRefunded }
        let refunded = chosen.filter { $0.state == .refunded }
        guard refunded.isEmpty else { throw Refusal.ticketRefunded.about(tickets: refunded.map(\.id)) }
        let entered = chosen.filter { $0.entry != nil }
        guard entered.isEmpty else { throw Refusal.ticketEntered.about(tickets: entered.map(\.id)) }
        try Self.checkCouples(chosen, of: valid)
        var feePercent = 0
        if requester == .buyer {
            guard let percent = facts.policy.feePercent(at: facts.now, startsAt: facts.startsAt) else {
                throw Refusal.refundWindowClosed(since: facts.policy.end(startsAt: facts.startsAt))
            }
            feePercent = percent
        }
        let keepsServiceFee = requester == .buyer && !facts.policy.refundsServiceFee
        tickets = chosen.map { ticket in
            TicketRefund(
                ticket,
                serviceFeeFen: keepsServiceFee ? 0 : ticket.serviceFeeFen,
                // Of what the buyer paid; rounded in its favour.
                feeFen: ticket.priceFen * Int64(feePercent) / 100
            )
        }
        isWhole = chosen.count == valid.count
    }

    /// Everything that is left of an order goes back without a fee, whatever the tickets' states are, because its showtime is cancelled.
    init(restOf tickets: [Ticket]) {
        self.tickets = tickets.filter { $0.state != .refunded }.map { TicketRefund($0, serviceFeeFen: $0.serviceFeeFen, feeFen: 0) }
        isWhole = true
    }

    private static func checkState(_ state: OrderState) throws {
        switch state {
        case .paid: return
        case .collected: throw Refusal.ticketsCollected
        case .refunding, .refunded: throw Refusal.ticketsRefunded
        case .pendingPayment, .paidUnconfirmed, .cancelled, .expired: throw Refusal.orderNotPaid
        }
    }

    private static func choose(_ ids: [Int64], of tickets: [Ticket]) throws -> [Ticket] {
        let chosen = Set(ids)
        guard chosen.count == ids.count else {
            throw Refusal.ticketRepeated.about(tickets: chosen.filter { id in ids.count { $0 == id } > 1 }.sorted())
        }
        let unknown = chosen.subtracting(tickets.map(\.id))
        guard unknown.isEmpty else { throw Refusal.ticketUnknown.about(tickets: unknown.sorted()) }
        return tickets.filter { chosen.contains($0.id) }
    }

    /// The two seats of a couple go back together, because nobody could buy one of them alone.
    private static func checkCouples(_ chosen: [Ticket], of valid: [Ticket]) throws {
        let seats = Set(chosen.map(\.seat.id))
        let missing = valid.map(\.seat).filter { seat in
            !seats.contains(seat.id) && chosen.contains { seat.isPartner(of: $0.seat) }
        }
        guard missing.isEmpty else { throw Refusal.coupleSeatsRefundedTogether.about(seats: missing.map(\.id)) }
    }
}

extension HallSeat {
    /// Whether the two seats belong to one couple.
    func isPartner(of seat: HallSeat) -> Bool {
        switch seat.kind {
        case .coupleLeft: kind == .coupleRight && row == seat.row && column == seat.column + 1
        case .coupleRight: kind == .coupleLeft && row == seat.row && column == seat.column - 1
        case .standard, .wheelchair, .house, .broken: false
        }
    }
}

/// Why money goes back; the buyer reads it at the gateway.
package enum RefundReason: String, CaseIterable, Hashable, Sendable {
    /// The money came after the order had ended.
    case latePayment = "late_payment"
    /// The order had been paid already.
    case duplicatePayment = "duplicate_payment"
    /// The amount was not the order's.
    case wrongAmount = "wrong_amount"
    case showtimeCancelled = "showtime_cancelled"
    case requestedByBuyer = "requested_by_buyer"
    case requestedByCinema = "requested_by_cinema"
    case requestedByPlatform = "requested_by_platform"
}
