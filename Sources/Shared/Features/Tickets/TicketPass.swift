import Foundation

/// The content of a ticket's code. A device at the door can read it without network.
package struct TicketPass: Hashable, Sendable, Codable {
    package let ticketID: Int64
    package let showtimeID: Int64
    /// The showtime's start, in whole seconds since 1970.
    package let startsAt: Int64
    /// A ticket that gets another seat gets another code. The old code is refused where the door has network.
    package let seatID: Int64
    /// Printed label of the seat.
    package let seat: String

    package init(_ ticket: Ticket) {
        ticketID = ticket.id
        showtimeID = ticket.showtimeID
        startsAt = Int64(ticket.startsAt.timeIntervalSince1970)
        seatID = ticket.seat.id
        seat = ticket.seat.label
    }

    enum CodingKeys: String, CodingKey {
        case ticketID = "ticket_id"
        case showtimeID = "showtime_id"
        case startsAt = "starts_at"
        case seatID = "seat_id"
        case seat
    }
}
