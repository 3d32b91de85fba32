import Callers
import Database
import Foundation
import TestSupport
import Testing

@testable import Shared

@Suite("What lists of cinemas say of their showtimes")
struct CinemaOfferTests {
    private let listing = ShowtimeListing()

    /// What the cinemas of a list show, in any order of it.
    private func offers(_ filter: CinemaFilter, _ pool: PostgresPool) async throws -> [CinemaOffer?] {
        var byPrice = filter
        (byPrice.cityID, byPrice.order) = (1, .price)
        let usual = try await listing.cinemas(filter, page: PageRequest(), in: pool).items
        #expect(try await listing.cinemas(byPrice, page: PageRequest(), in: pool).items == usual)
        return usual.map(\.offer)
    }

    @Test("counts those to come that are sold now or later, and nothing that is closed")
    func notClosed() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let showtime = try await fixture.schedule()
            let filters = [CinemaFilter(movieID: fixture.movieID, day: showtime.businessDay), CinemaFilter(day: showtime.businessDay)]
            func check(_ isShown: Bool, _ change: Query) async throws {
                for filter in filters + [CinemaFilter(movieID: fixture.movieID)] {
                    let shown = try await offers(filter, pool)
                    #expect(shown.count == (isShown ? 1 : 0), "\(change): \(filter)")
                    // Without a day what starts within 24 hours counts, and this starts in a week.
                    if filter.day != nil { #expect(shown.allSatisfy { $0?.showtimes == 1 && $0?.lowestPriceFen == 4500 }, "\(change)") }
                }
            }
            try await check(true, "nothing")
            let changes: [(change: Query, isShown: Bool, back: Query)] = [
                ("UPDATE merchants SET verified_at = NULL", false, "UPDATE merchants SET verified_at = now()"),
                ("UPDATE screening_rights SET state = 'revoked'", false, "UPDATE screening_rights SET state = 'granted'"),
                ("UPDATE movies SET pinned_state = 'ended'", false, "UPDATE movies SET pinned_state = 'showing'"),
                ("UPDATE movies SET deleted_at = now()", false, "UPDATE movies SET deleted_at = NULL"),
                ("UPDATE cinemas SET deleted_at = now()", false, "UPDATE cinemas SET deleted_at = NULL"),
                ("UPDATE showtimes SET closed_at = now()", false, "UPDATE showtimes SET closed_at = NULL"),
                ("UPDATE showtimes SET sale_opens_at = now() + INTERVAL '1 minute'", true, "UPDATE showtimes SET sale_opens_at = NULL"),
                ("UPDATE showtimes SET sale_closes_at = now()", false, "UPDATE showtimes SET sale_closes_at = NULL"),
                ("UPDATE showtimes SET cancelled_at = now()", false, "UPDATE showtimes SET cancelled_at = NULL"),
            ]
            for (change, isShown, back) in changes {
                try await pool.execute(change)
                try await check(isShown, change)
                try await pool.execute(back)
                try await check(true, back)
            }
            // A cinema with nothing to sell is a cinema nevertheless.
            try await pool.execute("UPDATE showtimes SET closed_at = now()")
            #expect(try await offers(CinemaFilter(), pool) == [nil])
        }
    }

    @Test("takes the lowest price of what isn't closed")
    func prices() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let showtime = try await fixture.schedule()
            let cheap = try await fixture.schedule {
                $0.startsAt = fixture.start.addingTimeInterval(-3 * 3600)
                $0.prices = [ZonePrice(zone: "standard", priceFen: 3900), ZonePrice(zone: "vip", priceFen: 8000)]
            }
            let filter = CinemaFilter(movieID: fixture.movieID, day: showtime.businessDay)
            let both = try await offers(filter, pool).first ?? nil
            #expect(both?.showtimes == 2 && both?.lowestPriceFen == 3900 && both?.nextStarts == [cheap.startsAt, showtime.startsAt])
            try await pool.execute("UPDATE showtimes SET closed_at = now() WHERE id = \(cheap.id)")
            let one = try await offers(filter, pool).first ?? nil
            #expect(one?.showtimes == 1 && one?.lowestPriceFen == 4500 && one?.nextStarts == [showtime.startsAt])
        }
    }
}
