import Callers
import Testing

@testable import Shared

@Suite("Choosing seats")
struct SeatChoiceTests {
    @Test("Seats of the layout are given in the order asked for")
    func chosen() throws {
        let plan = SeatFixtures.plan(["SSS_SS"])
        #expect(try SeatChoice.seats([105, 101], of: plan).map(\.id) == [105, 101])
    }

    @Test("The same seat twice is refused and named once")
    func repeated() {
        let plan = SeatFixtures.plan(["SSS"])
        #expect(throws: Refusal.seatRepeated.about(seats: [102])) {
            try SeatChoice.seats([101, 102, 102, 102], of: plan)
        }
    }

    @Test("A seat of another hall is unknown")
    func unknown() {
        let plan = SeatFixtures.plan(["SSS"])
        #expect(throws: Refusal.seatUnknown.about(seats: [999])) { try SeatChoice.seats([101, 999], of: plan) }
    }

    @Test("House and broken seats are not for sale, wheelchair places are")
    func notForSale() throws {
        let plan = SeatFixtures.plan(["SHXW"])
        #expect(throws: Refusal.seatNotForSale.about(seats: [102, 103])) { try SeatChoice.seats([101, 103, 102], of: plan) }
        #expect(try SeatChoice.seats([104], of: plan).count == 1)
    }

    @Test("A seat in a zone without a price is not for sale")
    func withoutPrice() {
        let plan = SeatFixtures.plan(["SS"], pricesFen: [:])
        #expect(throws: Refusal.seatNotForSale.about(seats: [101])) { try SeatChoice.seats([101], of: plan) }
    }

    @Test("Half of a couple's seat is refused with the half that lacks, whichever it is; both together are sold")
    func couples() throws {
        let plan = SeatFixtures.plan(["LRLR"])
        #expect(throws: Refusal.coupleSeatsSoldInPairs.about(seats: [102])) { try SeatChoice.seats([101], of: plan) }
        #expect(throws: Refusal.coupleSeatsSoldInPairs.about(seats: [103])) { try SeatChoice.seats([104], of: plan) }
        // The right half of one pair beside the left half of the next is not a pair.
        #expect(throws: Refusal.coupleSeatsSoldInPairs.about(seats: [101, 104])) { try SeatChoice.seats([102, 103], of: plan) }
        #expect(try SeatChoice.seats([102, 101], of: plan).count == 2)
    }

    @Test(
        "A choice that leaves one seat alone says which",
        arguments: [
            // (row, taken, chosen, orphans)
            ("SSSSS", [], [102], [101]),
            ("SSSSS", [], [101, 102], []),
            ("SSSSS", [], [101, 102, 103, 104], [105]),
            ("SSSSS", [101], [103], [102]),
            ("SSSSS", [], [103], []),
            // It was alone before: nobody's fault.
            ("SSSSS", [102], [103, 104, 105], []),
            // An aisle breaks adjacency like a wall.
            ("SS_SS", [], [102], [101]),
            ("SS_SS", [], [101, 102], []),
            // A house seat is no neighbour.
            ("HSSS", [], [103], [102, 104]),
            ("HSSS", [], [102], []),
        ] as [(String, [Int64], [Int64], [Int64])]
    )
    func orphans(row: String, taken: [Int64], chosen: [Int64], orphans: [Int64]) throws {
        let plan = SeatFixtures.plan([row], refusesOrphans: true)
        let seats = try SeatChoice.seats(chosen, of: plan)
        #expect(SeatChoice.orphans(leftBy: seats, taken: Set(taken), of: plan).map(\.id).sorted() == orphans)
    }

    @Test("Seats of another row are no neighbours")
    func rows() throws {
        let plan = SeatFixtures.plan(["SS", "SS"], refusesOrphans: true)
        let seats = try SeatChoice.seats([102, 201], of: plan)
        #expect(SeatChoice.orphans(leftBy: seats, taken: [], of: plan).map(\.id).sorted() == [101, 202])
    }
}
