import Database
package import Foundation

/// One seat of a paid order.
package struct Ticket: Hashable, Sendable {
    /// A collection or an entry: who did it, where and when.
    package struct Handling: Hashable, Sendable {
        package let at: Date
        package let byAccountID: Int64
        /// The counter or the door, as the cinema calls it.
        package let place: String?
    }

    package let id: Int64
    package let orderID: UUID
    package let showtimeID: Int64
    package let startsAt: Date
    package let seat: HallSeat
    /// What the buyer paid for it, in fen. Refunds and their fees go by it.
    package let priceFen: Int64
    /// What was taken off its list price, in fen.
    package let discountFen: Int64
    /// The part of that which others than the merchant pay, in fen.
    package let othersFen: Int64
    /// In fen.
    package let serviceFeeFen: Int64
    package let state: TicketState
    /// When the ticket was handed out against the code; this happens once.
    package let collection: Handling?
    /// When the holder was let in at the door; this happens once. A ticket that shows its own code needs no collection.
    package let entry: Handling?
    /// Raised by every change; the resource's ETag.
    package let version: Int64

    package init(
        id: Int64,
        orderID: UUID,
        showtimeID: Int64,
        startsAt: Date,
        seat: HallSeat,
        priceFen: Int64,
        discountFen: Int64 = 0,
        othersFen: Int64 = 0,
        serviceFeeFen: Int64,
        state: TicketState,
        collection: Handling? = nil,
        entry: Handling? = nil,
        version: Int64 = 1
    ) {
        self.id = id
        self.orderID = orderID
        self.showtimeID = showtimeID
        self.startsAt = startsAt
        self.seat = seat
        self.priceFen = priceFen
        self.discountFen = discountFen
        self.othersFen = othersFen
        self.serviceFeeFen = serviceFeeFen
        self.state = state
        self.collection = collection
        self.entry = entry
        self.version = version
    }

    /// The list price, in fen.
    package var baseFen: Int64 { priceFen + discountFen }
    /// What the merchant is credited for it, in fen. Box office and ledger go by it.
    package var creditedFen: Int64 { priceFen + othersFen }
}

/// A ticket with what people have to know of its showtime.
package struct DetailedTicket: Hashable, Sendable {
    package let ticket: Ticket
    package let showtime: ShowtimeSummary

    package init(ticket: Ticket, showtime: ShowtimeSummary) {
        self.ticket = ticket
        self.showtime = showtime
    }
}

/// A seat that becomes a ticket.
package struct NewTicket: Hashable, Sendable {
    package let orderID: UUID
    package let showtimeID: Int64
    package let seatID: Int64
    /// What the buyer paid for it, in fen.
    package let priceFen: Int64
    /// In fen.
    package let serviceFeeFen: Int64
    /// What was taken off its list price, in fen.
    package let discountFen: Int64
    /// The part of that which others than the merchant pay, in fen.
    package let othersFen: Int64

    package init(
        orderID: UUID, showtimeID: Int64, seatID: Int64, priceFen: Int64, serviceFeeFen: Int64, discountFen: Int64 = 0, othersFen: Int64 = 0
    ) {
        self.orderID = orderID
        self.showtimeID = showtimeID
        self.seatID = seatID
        self.priceFen = priceFen
        self.serviceFeeFen = serviceFeeFen
        self.discountFen = discountFen
        self.othersFen = othersFen
    }
}

/// The states of a ticket.
package enum TicketState: String, PostgresCodable, CaseIterable, Hashable, Sendable {
    case valid
    case collected
    case refunded
}
