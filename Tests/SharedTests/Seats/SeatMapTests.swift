import Testing

@testable import Shared

@Suite("Seat maps")
struct SeatMapTests {
    @Test("A seat is free unless it is claimed, sold or not for sale")
    func states() {
        let map = SeatMap(
            plan: SeatFixtures.plan(["SSSHX"]),
            claims: SeatClaims(revision: 7, lapsed: 0, states: [102: .claimed, 103: .sold])
        )
        #expect(map.seats.map(\.state) == [.free, .claimed, .sold, .blocked, .blocked])
        #expect(map.seats.map(\.priceFen) == [4500, 4500, 4500, 4500, 4500])
    }

    @Test("A house seat that the counter sold shows as sold")
    func soldHouseSeat() {
        let map = SeatMap(plan: SeatFixtures.plan(["H"]), claims: SeatClaims(revision: 1, lapsed: 0, states: [101: .sold]))
        #expect(map.seats.map(\.state) == [.sold])
    }

    @Test("The tag changes with the revision, with lapsing claims and with the showtime's version")
    func tags() {
        let plan = SeatFixtures.plan(["S"])
        let tags = [(1, 0), (2, 0), (2, 1)].map { revision, lapsed in
            SeatMap(plan: plan, claims: SeatClaims(revision: revision, lapsed: lapsed, states: [:])).tag
        }
        #expect(Set(tags).count == 3)
    }
}
