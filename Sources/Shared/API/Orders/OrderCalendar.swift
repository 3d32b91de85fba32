import Callers
import Foundation
package import Shared
package import Text

extension CalendarEvent {
    /// The showtime of an order, for its buyer's calendar. It holds no word of a language, and not the collection code, because people share
    /// their calendars.
    ///
    /// - Throws: ``Refusal/orderNotPaid``.
    package init(_ detailed: DetailedOrder) throws {
        let (order, showtime) = (detailed.order, detailed.showtime)
        guard order.paidAt != nil else { throw Refusal.orderNotPaid }
        let seats = order.lines.filter { !order.refundedSeatIDs.contains($0.seatID) }.map(\.label)
        self.init(
            uid: "\(order.id.uuidString.lowercased())@piao",
            sequence: order.version,
            isCancelled: order.state != .paid && order.state != .collected,
            summary: showtime.movie.title,
            location: [showtime.cinema.name, showtime.hall.name, showtime.cinema.address].filter { !$0.isEmpty }.joined(separator: ", "),
            description: [seats.joined(separator: ", "), showtime.format, showtime.language].filter { !$0.isEmpty }
                .joined(separator: " · "),
            startsAt: showtime.startsAt,
            endsAt: showtime.endsAt,
            timeZone: showtime.cinema.timeZone
        )
    }
}
