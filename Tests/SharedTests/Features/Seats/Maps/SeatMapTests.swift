import Testing

@testable import Shared

@Suite("Seat maps")
struct SeatMapTests {
    @Test("A seat is free unless it is claimed, sold or not for sale")
    func states() {
        let map = SeatMap(
            plan: SeatFixtures.plan(["SSSHX"]),
            claims: SeatClaims(version: 1, revision: 7, states: [102: .claimed, 103: .sold])
        )
        #expect(map.seats.map(\.state) == [.free, .claimed, .sold, .blocked, .blocked])
        #expect(map.seats.map(\.priceFen) == [4500, 4500, 4500, 4500, 4500])
    }

    @Test("A house seat that the counter sold shows as sold")
    func soldHouseSeat() {
        let map = SeatMap(plan: SeatFixtures.plan(["H"]), claims: SeatClaims(version: 1, revision: 1, states: [101: .sold]))
        #expect(map.seats.map(\.state) == [.sold])
    }

    @Test("The tag changes with the revision, with lapsing claims and with the showtime's version")
    func tags() {
        let tags = [(1, [], 1), (2, [], 1), (2, [101], 1), (2, [], 2)].map { revision, lapsed, version in
            SeatMap(
                plan: SeatFixtures.plan(["S"], version: version),
                claims: SeatClaims(version: version, revision: revision, lapsed: Set(lapsed))
            ).tag
        }
        #expect(Set(tags).count == 4)
        #expect(tags.map(\.text) == ["1-0-1", "2-0-1", "2-1-1", "2-0-2"])
        #expect(tags.map { SeatMapTag($0.text) } == tags)
    }

    @Test(
        "Text that is no tag is none", arguments: ["", "1", "1-2", "1-2-3-4", "a-0-1", "1--1", "1-0-", "9223372036854775808-0-1", "\u{0}"])
    func noTag(text: String) {
        #expect(SeatMapTag(text) == nil)
    }
}
