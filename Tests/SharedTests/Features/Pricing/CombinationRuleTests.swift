import Testing

@testable import Shared

@Suite("Which offers exclude each other")
struct CombinationRuleTests {
    @Test("Two offers combine only if each lists the other's stage", arguments: PriceStage.allCases, PriceStage.allCases)
    func symmetric(one: PriceStage, other: PriceStage) {
        let oneWilling = CombinationRule(stage: one, combinesWith: [other])
        let oneNot = CombinationRule(stage: one, combinesWith: Set(PriceStage.allCases).subtracting([other]))
        let otherWilling = CombinationRule(stage: other, combinesWith: [one])
        let otherNot = CombinationRule(stage: other, combinesWith: Set(PriceStage.allCases).subtracting([one]))
        // Of all stages but one an order has a single offer.
        let mayStandTogether = one != other || one == .ticket
        #expect(oneWilling.combines(with: otherWilling) == mayStandTogether)
        for (left, right) in [(oneWilling, otherNot), (oneNot, otherWilling), (oneNot, otherNot)] {
            #expect(!left.combines(with: right))
            #expect(!right.combines(with: left))
        }
        #expect(otherWilling.combines(with: oneWilling) == mayStandTogether)
    }

    @Test("The first pair that excludes each other is named")
    func firstPair() {
        let ticket = CombinationRule(stage: .ticket, combinesWith: [.ticket, .order, .points])
        let alone = CombinationRule(stage: .ticket, combinesWith: [.order])
        let order = CombinationRule(stage: .order, combinesWith: [.ticket, .order])
        let points = CombinationRule(stage: .points, combinesWith: [.ticket, .order])
        #expect(ExclusivePair(among: []) == nil)
        #expect(ExclusivePair(among: [alone]) == nil)
        #expect(ExclusivePair(among: [ticket, ticket, order]) == nil)
        #expect(pair([ticket, alone, order]) == [0, 1])
        #expect(pair([ticket, order, points]) == [1, 2])
        #expect(pair([alone, order, points]) == [0, 2])
        #expect(pair([ticket, order, alone, order]) == [0, 2])
        #expect(pair([order, order]) == [0, 1])
    }

    private func pair(_ rules: [CombinationRule]) -> [Int]? { ExclusivePair(among: rules).map { [$0.first, $0.second] } }
}
