import Database
package import Foundation

/// An order with what people have to know of its showtime.
package struct DetailedOrder: Hashable, Sendable {
    package let order: Order
    package let showtime: ShowtimeSummary
    /// The policy that its buyer agreed to; only where one order is shown.
    package var refundPolicy: RefundPolicy?

    package init(order: Order, showtime: ShowtimeSummary, refundPolicy: RefundPolicy? = nil) {
        self.order = order
        self.showtime = showtime
        self.refundPolicy = refundPolicy
    }

    package var id: UUID { order.id }
}

extension ShowtimeSummaryStore {
    func detailed(_ order: Order, in session: some PostgresSession) async throws -> DetailedOrder {
        DetailedOrder(order: order, showtime: try await summary(of: order.showtimeID, in: session))
    }
}
