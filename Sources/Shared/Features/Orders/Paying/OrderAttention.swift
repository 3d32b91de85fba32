import Database

/// Why a person of the platform's has to decide about an order before anybody is let in with it.
package enum OrderAttention: String, PostgresCodable, CaseIterable, Hashable, Sendable {
    /// Money of it went back in the gateway's own console: nobody here had asked for that.
    case refundedAtGateway = "refunded_at_gateway"
}
