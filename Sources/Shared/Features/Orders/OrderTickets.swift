/// The tickets of a paid order.
package struct OrderTickets: Hashable, Sendable {
    package let order: Order
    package let collectionCode: String
    package let tickets: [Ticket]

    package init(order: Order, collectionCode: String, tickets: [Ticket]) {
        self.order = order
        self.collectionCode = collectionCode
        self.tickets = tickets
    }
}
