/// A call to a gateway that brought no answer to go by.
package enum GatewayFailure: Error, Hashable, Sendable {
    /// No answer came: whether the gateway acted is not known. Ask again later.
    case unreachable(reason: String)
    /// The gateway says that it doesn't know itself. Ask again later.
    case outcomeUnknown(code: String)
    /// An answer came whose signature or form is wrong; it is as if none had come.
    case untrusted(reason: String)
    /// The gateway understood and refused.
    case refused(code: String)
    /// The gateway understood and can't yet, for a reason that passes: its account for us is empty, say. Ask again later.
    case notYet(code: String)
}
