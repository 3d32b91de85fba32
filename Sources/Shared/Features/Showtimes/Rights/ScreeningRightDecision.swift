import Callers
import Database
package import Text

/// An administrator's decision about a screening right.
package struct ScreeningRightDecision: Hashable, Sendable {
    package enum Verdict: String, CaseIterable, Sendable {
        case grant, refuse, revoke
    }

    package let verdict: Verdict
    /// Other days than the requested ones. They count only when the right is granted.
    package let validFrom: CalendarDay?
    package let validTo: CalendarDay?

    package init(_ verdict: Verdict, validFrom: CalendarDay? = nil, validTo: CalendarDay? = nil) {
        self.verdict = verdict
        self.validFrom = validFrom
        self.validTo = validTo
    }

    /// The right's new state and days.
    ///
    /// - Throws: ``Refusal/alreadyDecided``, ``Refusal/rightNotGranted``, ``Refusal/validPeriodInvalid``.
    package func applied(
        to state: ScreeningRightState, validFrom oldFrom: CalendarDay, validTo oldTo: CalendarDay
    ) throws -> (state: ScreeningRightState, validFrom: CalendarDay, validTo: CalendarDay) {
        let newState: ScreeningRightState
        switch (verdict, state) {
        case (.grant, .requested): newState = .granted
        case (.refuse, .requested): newState = .refused
        case (.revoke, .granted): newState = .revoked
        case (.revoke, .requested): throw Refusal.rightNotGranted
        case (.grant, _), (.refuse, _), (.revoke, _): throw Refusal.alreadyDecided
        }
        guard verdict == .grant else { return (newState, oldFrom, oldTo) }
        let (from, to) = (validFrom ?? oldFrom, validTo ?? oldTo)
        guard from <= to else { throw Refusal.validPeriodInvalid }
        return (newState, from, to)
    }
}
