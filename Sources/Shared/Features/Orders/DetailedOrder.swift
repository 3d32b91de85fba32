import Database
package import Foundation

/// An order with what people have to know of its showtime.
package struct DetailedOrder: Hashable, Sendable {
    package let order: Order
    package let showtime: ShowtimeSummary

    package init(order: Order, showtime: ShowtimeSummary) {
        self.order = order
        self.showtime = showtime
    }

    package var id: UUID { order.id }
}

extension ShowtimeSummaryStore {
    func detailed(_ order: Order, in session: some PostgresSession) async throws -> DetailedOrder {
        DetailedOrder(order: order, showtime: try await summary(of: order.showtimeID, in: session))
    }
}
