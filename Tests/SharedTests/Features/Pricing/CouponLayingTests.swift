import Testing

@testable import Shared

@Suite("Laying coupons on tickets")
struct CouponLayingTests {
    private func places(_ savingsFen: [[Int64]]) -> [Int?] { CouponLaying(savingsFen: savingsFen).places }

    @Test("Most is saved in sum, not by each coupon in turn")
    func notGreedy() {
        #expect(places([[10, 9], [10, 1]]) == [1, 0])
        #expect(places([[5, 4, 3], [5, 4, 0], [5, 0, 0]]) == [2, 1, 0])
    }

    @Test("Of layings that save the same, the first coupon gets the earliest ticket")
    func ties() {
        #expect(places([[7, 7, 7]]) == [0])
        #expect(places([[7, 7], [7, 7]]) == [0, 1])
        #expect(places([[7, 7], [7, 0]]) == [1, 0])
        // Moving the first one to the front takes a chain over all others.
        #expect(places([[5, 5, 0], [0, 5, 5], [5, 0, 5]]) == [0, 1, 2])
        #expect(places([[3, 3, 3], [0, 3, 3], [3, 3, 3]]) == [0, 1, 2])
    }

    @Test("A coupon without use stays unused: it saves nothing, there are more than tickets, or there is no ticket")
    func unused() {
        #expect(places([]) == [])
        #expect(places([[]]) == [nil])
        #expect(places([[], []]) == [nil, nil])
        #expect(places([[0, 0], [0, 4]]) == [nil, 1])
        #expect(places([[4], [4], [5]]) == [nil, nil, 0])
        #expect(places([[4], [4]]) == [0, nil])
        #expect(places([[0, 3], [0, 3]]) == [1, nil])
    }

    @Test("All columns and rows can be in one chain: each coupon of 100 has the ticket after its own as the better one")
    func largeChain() {
        let size = 100
        let shifted = (0..<size).map { row in (0..<size).map { Int64($0 == row ? 10 : $0 == (row + 1) % size ? 11 : 0) } }
        #expect(places(shifted) == (0..<size).map { ($0 + 1) % size })
        let equal = (0..<size).map { row in (0..<size).map { Int64($0 == row || $0 == (row + 1) % size ? 10 : 0) } }
        #expect(places(equal) == Array(0..<size))
    }

    @Test("100 coupons alike go on 100 tickets in order, and amounts of any size on any prices save the known most")
    func large() {
        let alike = [[Int64]](repeating: Array(repeating: 10_000_000, count: 100), count: 100)
        #expect(places(alike) == Array(0..<100))
        // Savings min(amount, price): the largest amounts go on the dearest tickets, which is known to be best.
        var generator = SplitMix(state: 3)
        let amounts = (0..<100).map { _ in Int64.random(in: 1...5_000, using: &generator) }
        let prices = (0..<100).map { _ in Int64.random(in: 1...5_000, using: &generator) }
        let savings = amounts.map { amount in prices.map { min(amount, $0) } }
        let most = zip(amounts.sorted(), prices.sorted()).reduce(0) { $0 + min($1.0, $1.1) }
        let laid = places(savings)
        #expect(zip(savings, laid).reduce(0) { $0 + ($1.1.map { [row = $1.0] in row[$0] } ?? 0) } == most)
        #expect(Set(laid.compactMap(\.self)).count == laid.count { $0 != nil })
    }

    @Test("Both sides counted, the sum and the preference are those of trying all layings", arguments: 0..<400)
    func exhaustive(seed: Int) {
        var generator = SplitMix(state: UInt64(seed))
        let (coupons, tickets) = (Int.random(in: 1...5, using: &generator), Int.random(in: 1...6, using: &generator))
        let savings = (0..<coupons).map { _ in (0..<tickets).map { _ in Int64.random(in: 0...3, using: &generator) } }
        var best: (fen: Int64, laying: [Int])?
        func lay(_ coupon: Int, _ laying: [Int], _ fen: Int64) {
            guard coupon < coupons else {
                // Layings come in ascending order, so the first of the best is the one preferred.
                if fen > best?.fen ?? -1 { best = (fen, laying) }
                return
            }
            for place in 0..<tickets where savings[coupon][place] > 0 && !laying.contains(place) {
                lay(coupon + 1, laying + [place], fen + savings[coupon][place])
            }
            lay(coupon + 1, laying + [tickets], fen)
        }
        lay(0, [], 0)
        #expect(places(savings).map { $0 ?? tickets } == best?.laying, "\(savings)")
    }
}
