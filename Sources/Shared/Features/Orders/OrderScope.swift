package import Callers

/// Whose orders a caller sees.
package struct OrderScope: Hashable, Sendable {
    /// Only this person's.
    package let accountID: Int64?
    /// Only those for showtimes in here.
    package let showtimes: MerchantScope

    package static func buyer(_ accountID: Int64) -> OrderScope {
        OrderScope(accountID: accountID, showtimes: .everybody)
    }

    package static func merchant(_ merchantID: Int64) -> OrderScope {
        staff(.merchant(merchantID))
    }

    /// Those that the cinema's or the platform's people reach.
    package static func staff(_ scope: MerchantScope) -> OrderScope {
        OrderScope(accountID: nil, showtimes: scope)
    }

    /// Everybody's: the platform's own people.
    package static let all = staff(.everybody)
}
