/// When a gateway that gave no answer to go by is asked again.
enum GatewayPatience {
    /// Doubles from 2 seconds to 10 minutes. Money is never given up because a gateway was away for long.
    ///
    /// - Parameter attempts: how many times it was tried, 1 or more.
    static func pause(afterAttempts attempts: Int) -> Duration {
        .seconds(min(1 << min(max(attempts, 1), 10), 600))
    }

    /// What follows from a failure: another attempt, or the end where the gateway understood and refused.
    static func delivery(after failure: GatewayFailure, attempts: Int) -> OutboxDelivery {
        switch failure {
        case .unreachable: .again(after: pause(afterAttempts: attempts), reason: "unreachable")
        case .untrusted: .again(after: pause(afterAttempts: attempts), reason: "untrusted")
        case .outcomeUnknown(let code): .again(after: pause(afterAttempts: attempts), reason: "unknown: \(code.prefix(64))")
        case .notYet(let code): .again(after: pause(afterAttempts: attempts), reason: "not yet: \(code.prefix(64))")
        case .refused(let code): .givenUp(reason: "refused: \(code.prefix(64))")
        }
    }
}
