import Callers
import Database
import Shared
import Testing
import Text

@Suite("Deciding about a screening right")
struct ScreeningRightDecisionTests {
    private let from = CalendarDay(daysSince2001: 9000)
    private let to = CalendarDay(daysSince2001: 9030)

    private func result(_ decision: ScreeningRightDecision, _ state: ScreeningRightState) -> Result<ScreeningRightState, Refusal> {
        Result { try decision.applied(to: state, validFrom: from, validTo: to).state }
            .mapError { $0 as? Refusal ?? .notFound }
    }

    @Test("A requested right can be granted or refused, and a granted one revoked; nothing else is possible")
    func transitions() {
        #expect(result(.init(.grant), .requested) == .success(.granted))
        #expect(result(.init(.refuse), .requested) == .success(.refused))
        #expect(result(.init(.revoke), .granted) == .success(.revoked))
        #expect(result(.init(.revoke), .requested) == .failure(.rightNotGranted))
        for state in [ScreeningRightState.granted, .refused, .revoked] {
            #expect(result(.init(.grant), state) == .failure(.alreadyDecided))
            #expect(result(.init(.refuse), state) == .failure(.alreadyDecided))
        }
        for state in [ScreeningRightState.refused, .revoked] {
            #expect(result(.init(.revoke), state) == .failure(.alreadyDecided))
        }
    }

    @Test("A grant may name other days, and then they count")
    func days() throws {
        let granted = try ScreeningRightDecision(.grant, validTo: from).applied(to: .requested, validFrom: from, validTo: to)
        #expect(granted == (.granted, from, from))
        let before = from.adding(days: -1)
        #expect(result(.init(.grant, validTo: before), .requested) == .failure(.validPeriodInvalid))
        #expect(result(.init(.grant, validFrom: to.adding(days: 1)), .requested) == .failure(.validPeriodInvalid))
        let refused = try ScreeningRightDecision(.refuse, validTo: from).applied(to: .requested, validFrom: from, validTo: to)
        #expect(refused == (.refused, from, to))
    }
}
