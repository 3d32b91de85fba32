import Testing

@testable import Shared

@Suite("Shares of a discount")
struct DiscountSharesTests {
    struct Vector {
        let amountFen: Int64
        let pricesFen: [Int64]
        var floorFen: Int64 = 0
        let shares: [Int64]

        var roomsFen: [Int64] { pricesFen.map { max(0, $0 - floorFen) } }
    }

    /// Of the reference, computed there, and edges.
    static let vectors = [
        Vector(amountFen: 100, pricesFen: [1000, 1000, 1000], shares: [34, 33, 33]),
        Vector(amountFen: 1000, pricesFen: [3990, 3990, 4500], shares: [320, 320, 360]),
        Vector(amountFen: 1000, pricesFen: [3333, 3333, 3334], shares: [333, 333, 334]),
        Vector(amountFen: 4, pricesFen: Array(repeating: 3990, count: 7), shares: [1, 1, 1, 1, 0, 0, 0]),
        Vector(amountFen: 1500, pricesFen: [3990, 3990, 4500], floorFen: 3500, shares: [480, 479, 541]),
        Vector(amountFen: 2000, pricesFen: [3990, 3990, 4500], floorFen: 3500, shares: [490, 490, 1000]),
        Vector(amountFen: 1000, pricesFen: [3990, 3990, 4050], shares: [332, 332, 336]),
        Vector(amountFen: 0, pricesFen: [3990], shares: [0]),
        Vector(amountFen: -5, pricesFen: [3990], shares: [0]),
        Vector(amountFen: 100, pricesFen: [], shares: []),
        Vector(amountFen: 100, pricesFen: [0, 0], shares: [0, 0]),
        Vector(amountFen: 100, pricesFen: [0, 50, 0], shares: [0, 50, 0]),
        Vector(amountFen: 1, pricesFen: [0, 1, 1], shares: [0, 1, 0]),
        Vector(amountFen: .max / 4, pricesFen: [10_000_000, 1], shares: [10_000_000, 1]),
        Vector(amountFen: 100, pricesFen: [3500, 3400, 3600], floorFen: 3500, shares: [0, 0, 100]),
    ]

    @Test("They are what the vectors say", arguments: vectors)
    func followsVector(_ vector: Vector) {
        #expect(DiscountShares.shares(of: vector.amountFen, over: vector.pricesFen, roomsFen: vector.roomsFen) == vector.shares)
    }

    @Test("The vectors find a share function in which the last takes the rest, and one that doesn't give the excess to others")
    func plantedFaults() {
        func lastTakesTheRest(_ vector: Vector) -> [Int64] {
            let sum = vector.pricesFen.reduce(0, +)
            guard sum > 0 else { return vector.pricesFen }
            let amount = min(max(0, vector.amountFen), sum)
            var shares = vector.pricesFen.map { (2 * (amount * $0 % sum) >= sum ? 1 : 0) + amount * $0 / sum }
            shares[shares.count - 1] += amount - shares.reduce(0, +)
            return shares
        }
        func loses(_ vector: Vector) -> [Int64] {
            zip(DiscountShares.shares(of: vector.amountFen, over: vector.pricesFen, roomsFen: vector.pricesFen), vector.roomsFen).map(min)
        }
        let seven = Self.vectors[3]
        // The fault of the reference: a surcharge of 2 fen.
        #expect(lastTakesTheRest(seven) == [1, 1, 1, 1, 1, 1, -2])
        #expect(lastTakesTheRest(seven) != seven.shares)
        #expect(Self.vectors.contains { loses($0) != $0.shares })
    }

    @Test("Rooms that fill up one after the other are filled to the fen, for 2,000 tickets")
    func manyRounds() {
        let prices = (0..<2_000).map { Int64(10_000_000 - $0) }
        let rooms = (0..<2_000).map { Int64($0 * $0) % 9_000_000 }
        let all = rooms.reduce(0, +)
        for amount in [all - 1, all, all + 1, all / 2] {
            let shares = DiscountShares.shares(of: amount, over: prices, roomsFen: rooms)
            #expect(shares.reduce(0, +) == min(amount, all))
            #expect(zip(shares, rooms).allSatisfy { 0...$1 ~= $0 })
        }
    }
}
