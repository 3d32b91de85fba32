package import Foundation

/// One seat of a paid order.
package struct Ticket: Hashable, Sendable {
    package let id: Int64
    package let orderID: UUID
    package let showtimeID: Int64
    package let seatID: Int64
    /// The printed label of the seat.
    package let seatLabel: String
    /// In fen.
    package let priceFen: Int64
    /// In fen.
    package let serviceFeeFen: Int64
    package let state: TicketState
    package let collectedAt: Date?

    package init(
        id: Int64,
        orderID: UUID,
        showtimeID: Int64,
        seatID: Int64,
        seatLabel: String,
        priceFen: Int64,
        serviceFeeFen: Int64,
        state: TicketState,
        collectedAt: Date?
    ) {
        self.id = id
        self.orderID = orderID
        self.showtimeID = showtimeID
        self.seatID = seatID
        self.seatLabel = seatLabel
        self.priceFen = priceFen
        self.serviceFeeFen = serviceFeeFen
        self.state = state
        self.collectedAt = collectedAt
    }
}

/// A seat that becomes a ticket.
package struct NewTicket: Hashable, Sendable {
    package let seatID: Int64
    /// In fen.
    package let priceFen: Int64
    /// In fen.
    package let serviceFeeFen: Int64

    package init(seatID: Int64, priceFen: Int64, serviceFeeFen: Int64) {
        self.seatID = seatID
        self.priceFen = priceFen
        self.serviceFeeFen = serviceFeeFen
    }
}
