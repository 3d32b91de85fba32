import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing
import Text

@Suite("Orders by day")
struct OrderDayTests {
    @Test("A day is the business day of the showtime, a calendar day that of the calendar on the cinema's wall")
    func days() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let seat = try await fixture.seatIDs()[0]
            // At eight in the evening, at one in the morning, and at seven.
            var orders: [UUID] = []
            for hours in [0.0, 5, 11] {
                let showtime = try await fixture.schedule { $0.startsAt += hours * 3600 }
                orders.append(try await fixture.order(showtimeID: showtime.id, state: "paid", seats: [(seat, 4500)]))
            }
            let process = try BookingProcess(pool)
            func found(_ filter: OrderFilter) async throws -> Set<UUID> {
                Set(try await process.orders.orders(filter, scope: .all, page: PageRequest()).items.map(\.id))
            }
            let evening = try CinemaClock(timeZone: "Asia/Shanghai", dayEndsAtHour: 0).localDay(of: fixture.start)
            #expect(try await found(OrderFilter(day: evening)) == [orders[0], orders[1]])
            #expect(try await found(OrderFilter(day: evening.adding(days: 1))) == [orders[2]])
            #expect(try await found(OrderFilter(calendarDay: evening)) == [orders[0]])
            #expect(try await found(OrderFilter(calendarDay: evening.adding(days: 1))) == [orders[1], orders[2]])
            #expect(try await found(OrderFilter(day: evening, calendarDay: evening.adding(days: 1))) == [orders[1]])
        }
    }
}
