import Foundation
import Testing

@testable import Shared

@Suite("A showtime's sale")
struct SaleWindowTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func window(opens: TimeInterval? = nil, closes: TimeInterval? = nil, closed: Bool = false, cancelled: Bool = false)
        -> SaleWindow
    {
        SaleWindow(
            opensAt: opens.map { start + $0 }, closesAt: closes.map { start + $0 }, startsAt: start,
            closedAt: closed ? start - 100 : nil, cancelledAt: cancelled ? start - 50 : nil
        )
    }

    @Test("Without times it is on sale until the start")
    func withoutTimes() {
        #expect(window().state(at: start - 86_400 * 300) == .onSale)
        #expect(window().state(at: start - 0.001) == .onSale)
        #expect(window().state(at: start) == .closed)
        #expect(window().state(at: start + 1) == .closed)
    }

    @Test("A reason against the sale closes it while it would be open, and before; it changes no other state")
    func forbidden() {
        #expect(ShowtimeState.allCases.map { $0.selling(true) } == ShowtimeState.allCases)
        #expect(ShowtimeState.allCases.map { $0.selling(false) } == [.closed, .closed, .closed, .cancelled])
    }

    @Test("It is planned before it opens and on sale from that very moment")
    func opening() {
        #expect(window(opens: -3600).state(at: start - 3600.001) == .planned)
        #expect(window(opens: -3600).state(at: start - 3600) == .onSale)
    }

    @Test("It is closed from the very moment of closing, before the start or after it")
    func closing() {
        #expect(window(closes: -600).state(at: start - 600.001) == .onSale)
        #expect(window(closes: -600).state(at: start - 600) == .closed)
        #expect(window(closes: 600).state(at: start + 599) == .onSale)
        #expect(window(closes: 600).state(at: start + 600) == .closed)
    }

    @Test("Closed by hand it is closed, even before it opened")
    func closedByHand() {
        #expect(window(closed: true).state(at: start - 10) == .closed)
        #expect(window(opens: -60, closed: true).state(at: start - 3600) == .closed)
    }

    @Test("Cancelled is cancelled, whatever else holds", arguments: [-1e6, -3600, 0, 1e6])
    func cancelled(offset: TimeInterval) {
        #expect(window(opens: -7200, closes: -60, closed: true, cancelled: true).state(at: start + offset) == .cancelled)
    }
}
