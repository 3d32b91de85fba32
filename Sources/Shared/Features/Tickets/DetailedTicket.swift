/// A ticket with what people have to know of its showtime.
package struct DetailedTicket: Hashable, Sendable {
    package let ticket: Ticket
    package let showtime: ShowtimeSummary

    package init(ticket: Ticket, showtime: ShowtimeSummary) {
        self.ticket = ticket
        self.showtime = showtime
    }
}
