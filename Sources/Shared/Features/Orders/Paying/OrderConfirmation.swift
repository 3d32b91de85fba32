import Foundation

/// An order that becomes paid, with everything that is written for it.
struct OrderConfirmation: Sendable {
    let order: Order
    let transition: OrderTransition
    let payment: Payment
    /// The code that its tickets are collected with.
    let code: CollectionCode
    let entry: LedgerEntry
    let tickets: [NewTicket]

    /// - Throws: ``OrderChangeImpossible`` where the order's state doesn't allow it.
    init(_ locked: OrderLockStore.Locked, by change: OrderChange, payment: Payment, code: CollectionCode) throws {
        try self.init(locked.order, merchantID: locked.showtime.merchantID, by: change, payment: payment, code: code)
    }

    /// - Parameters:
    ///   - order: its row is locked, or of this transaction.
    ///   - merchantID: the showtime's.
    /// - Throws: ``OrderChangeImpossible`` where the order's state doesn't allow it.
    init(_ order: Order, merchantID: Int64, by change: OrderChange, payment: Payment, code: CollectionCode) throws {
        transition = try OrderTransition(change, from: order.state)
        entry = .payment(payment, of: order, merchantID: merchantID)
        let feeFen = order.amount.serviceFeeFen / Int64(order.lines.count)
        tickets = order.lines.map {
            NewTicket(
                orderID: order.id, showtimeID: order.showtimeID, seatID: $0.seatID, priceFen: $0.paidFen, serviceFeeFen: feeFen,
                discountFen: $0.discountFen, othersFen: $0.othersFen)
        }
        self.order = order
        self.payment = payment
        self.code = code
    }
}
