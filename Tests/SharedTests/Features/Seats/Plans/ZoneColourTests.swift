import Testing

@testable import Shared

@Suite("The colours of price zones")
struct ZoneColourTests {
    @Test("follow from the names: they are the same in every hall and in every process")
    func stable() {
        let here = ZoneColour.colours(of: ["standard", "vip"])
        #expect(here["standard"] == ZoneColour.colours(of: ["standard"])["standard"])
        #expect(here["vip"] == ZoneColour.colours(of: ["vip"])["vip"])
        #expect(here == ZoneColour.colours(of: ["vip", "standard"]))
        #expect(ZoneColour.colours(of: []).isEmpty)
    }

    @Test("differ within a hall while there are enough of them; more zones than colours have some all the same")
    func different() {
        let names = (0..<40).map { "zone \($0)" }
        for count in 1...names.count {
            let colours = ZoneColour.colours(of: Set(names.prefix(count)))
            #expect(colours.count == count)
            #expect(Set(colours.values).count == min(count, ZoneColour.palette.count))
        }
        #expect(ZoneColour.palette.allSatisfy { $0.hex.wholeMatch(of: /#[0-9A-F]{6}/) != nil })
        #expect(Set(ZoneColour.palette).count == ZoneColour.palette.count)
    }

    @Test("A plan tells how large its layout is and its zones, the dearest first, those without a price last")
    func plan() {
        let seats = [("vip", 2, 7), ("standard", 1, 3), ("staff", 3, 1), ("balcony", 4, 2)].enumerated().map { number, place in
            HallSeat(
                id: Int64(number), row: place.1, column: place.2, rowLabel: "\(place.1)", label: "\(number)", zone: place.0, kind: .standard
            )
        }
        let plan = ShowtimePlan(
            showtimeID: 1, version: 1, merchantID: 1, cinemaID: 1, layout: SeatLayout(id: 1, seats: seats),
            pricesFen: ["vip": 8000, "standard": 4500, "balcony": 4500], serviceFeeFen: 0, refusesOrphans: false)
        #expect(plan.layout.rows == 4 && plan.layout.columns == 7)
        #expect(plan.zones.map(\.name) == ["vip", "balcony", "standard", "staff"])
        #expect(plan.zones.map(\.priceFen) == [8000, 4500, 4500, nil])
        #expect(SeatLayout(id: 1, seats: []).rows == 0)
    }
}
