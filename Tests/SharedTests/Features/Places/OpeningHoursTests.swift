import Callers
import Database
import Foundation
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("Opening hours")
struct OpeningHoursTests {
    private func weekly(_ weekday: Int, _ opens: Int, _ closes: Int) -> OpeningHours.Weekly {
        OpeningHours.Weekly(weekday: weekday, span: OpeningHours.Span(opens: opens, closes: closes))
    }

    private func pointer(_ hours: OpeningHours) -> String? {
        do {
            try hours.requireOrder(at: "")
            return nil
        } catch let refusal as Refusal {
            guard case .invalid(let pointer) = refusal.kind else { return "another kind" }
            return pointer
        } catch {
            return "another error"
        }
    }

    @Test("may go over midnight, on Sunday too, but not into the next ones")
    func week() {
        #expect(pointer(OpeningHours(weekly: [], exceptions: [])) == nil)
        #expect(pointer(OpeningHours(weekly: [weekly(1, 570, 120), weekly(2, 120, 120)], exceptions: [])) == nil)
        #expect(pointer(OpeningHours(weekly: [weekly(2, 119, 600), weekly(1, 570, 120)], exceptions: [])) == "/weekly/0")
        #expect(pointer(OpeningHours(weekly: [weekly(7, 570, 120), weekly(1, 119, 600)], exceptions: [])) == "/weekly/0")
        #expect(pointer(OpeningHours(weekly: [weekly(3, 600, 720), weekly(3, 720, 900)], exceptions: [])) == nil)
        #expect(pointer(OpeningHours(weekly: (1...7).map { weekly($0, 0, 0) }, exceptions: [])) == nil)
        #expect(pointer(OpeningHours(weekly: (1...7).map { weekly($0, 1, 2) } + [weekly(7, 0, 0)], exceptions: [])) == "/weekly/6")
    }

    @Test("overlap exactly where a minute is in two of them")
    func minutes() {
        var numbers = SeededNumbers(seed: 9, .halls)
        var refused = 0
        for _ in 0..<2000 {
            let entries = (0..<(1 + numbers.below(6))).map { _ in
                weekly(1 + numbers.below(7), 10 * numbers.below(144), 10 * numbers.below(144))
            }
            var minutes = [Int](repeating: 0, count: 7 * 144)
            for entry in entries {
                let start = (entry.weekday - 1) * 144 + entry.span.opens / 10
                let length =
                    entry.span.closes > entry.span.opens
                    ? entry.span.closes - entry.span.opens : entry.span.closes + 1440 - entry.span.opens
                for minute in start..<(start + length / 10) { minutes[minute % minutes.count] += 1 }
            }
            let overlaps = minutes.contains { $0 > 1 }
            #expect((pointer(OpeningHours(weekly: entries, exceptions: [])) != nil) == overlaps, "\(entries)")
            if overlaps { refused += 1 }
        }
        #expect((200...1800).contains(refused))
    }

    @Test("of exceptional days are apart from each other, and a closed day is closed")
    func exceptions() throws {
        let eve = try #require(CalendarDay("2026-12-31"))
        func exception(_ days: Int, _ span: (Int, Int)?) -> OpeningHours.Exception {
            OpeningHours.Exception(day: eve.adding(days: days), span: span.map { OpeningHours.Span(opens: $0.0, closes: $0.1) })
        }
        func fault(_ exceptions: OpeningHours.Exception...) -> String? { pointer(OpeningHours(weekly: [], exceptions: exceptions)) }
        #expect(fault(exception(0, (600, 240)), exception(1, (240, 600)), exception(2, nil)) == nil)
        #expect(fault(exception(0, (600, 240)), exception(1, (239, 600))) == "/exceptions/1")
        #expect(fault(exception(0, (600, 240)), exception(1, nil)) == nil)
        #expect(fault(exception(0, nil), exception(0, (600, 700))) == "/exceptions/1")
        #expect(fault(exception(0, nil), exception(0, nil)) == "/exceptions/1")
        let ends = try [#require(CalendarDay("0001-01-01")), #require(CalendarDay("9999-12-31"))]
        #expect(pointer(OpeningHours(weekly: [], exceptions: ends.map { .init(day: $0, span: .init(opens: 1439, closes: 1438)) })) == nil)
    }

    @Test("and facilities and directions stay with the cinema, and find it within a radius")
    func stored() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let merchant = try await fixture.merchant()
            var new = fixture.newCinema()
            let exception = OpeningHours.Exception(day: try #require(CalendarDay("2027-01-01")), span: nil)
            new.openingHours = OpeningHours(weekly: [weekly(1, 570, 120)], exceptions: [exception])
            new.facilities = [.wifi, .parking, .wifi]
            new.directions = "Exit B, third floor"
            let cinema = try await fixture.add(new, to: merchant)
            #expect(cinema.openingHours == new.openingHours)
            #expect(cinema.facilities == [.parking, .wifi])
            #expect(cinema.directions == "Exit B, third floor")
            new.name = "other"
            new.openingHours = OpeningHours(weekly: [weekly(1, 0, 0), weekly(1, 5, 6)], exceptions: [])
            await expectRefusal("opening_hours_overlap") { [new] in _ = try await fixture.add(new, to: merchant) }

            let cleared = try await pool.withTransaction {
                try await fixture.places.changeCinema(
                    cinema.id, scope: .everybody, version: nil, CinemaChange(openingHours: .some(nil), facilities: []), in: $0)
            }
            #expect(cleared.openingHours == nil)
            #expect(cleared.facilities.isEmpty)
            #expect(cleared.directions == cinema.directions)

            // 1.1 km to the north.
            let here = GeographicPoint(latitude: 31.24, longitude: 121.47)
            func found(_ radiusM: Double?, _ facility: CinemaFacility? = nil) async throws -> Int {
                let filter = CinemaFilter(facility: facility, near: here, radiusM: radiusM)
                return try await fixture.places.cinemas(filter, page: PageRequest(), in: pool).items.count
            }
            #expect(try await [found(nil), found(1113), found(1111), found(1), found(30_000_000)] == [1, 1, 0, 0, 1])
            #expect(try await found(2000, .wifi) == 0)
            _ = try await pool.withTransaction {
                try await fixture.places.changeCinema(cinema.id, scope: .everybody, version: nil, CinemaChange(facilities: [.wifi]), in: $0)
            }
            #expect(try await [found(2000, .wifi), found(2000, .lockers)] == [1, 0])
        }
    }
}
