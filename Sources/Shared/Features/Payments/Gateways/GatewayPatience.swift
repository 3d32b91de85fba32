/// When to ask a gateway again that gave no usable answer.
enum GatewayPatience {
    /// The longest pause before the next attempt: it doubles from 2 seconds to 10 minutes. The outbox waits for a half of it at least, and for
    /// the whole at most (``OutboxDelivery/again(after:reason:)``). Money is never given up because a gateway was away for long.
    ///
    /// - Parameter attempts: how many attempts there were, 1 or more.
    static func pause(afterAttempts attempts: Int) -> Duration {
        .seconds(min(1 << min(max(attempts, 1), 10), 600))
    }

    /// The delivery after a failure: another attempt, or the end when the gateway understood and refused.
    static func delivery(after failure: GatewayFailure, attempts: Int) -> OutboxDelivery {
        switch failure {
        case .unreachable, .untrusted, .outcomeUnknown, .notYet:
            .again(after: pause(afterAttempts: attempts), reason: reason(of: failure))
        case .refused: .givenUp(reason: reason(of: failure))
        }
    }

    /// A short description of a failure, without secrets.
    static func reason(of failure: GatewayFailure) -> String {
        switch failure {
        case .unreachable: "unreachable"
        case .untrusted: "untrusted"
        case .outcomeUnknown(let code): "unknown: \(code.prefix(64))"
        case .notYet(let code): "not yet: \(code.prefix(64))"
        case .refused(let code): "refused: \(code.prefix(64))"
        }
    }
}
