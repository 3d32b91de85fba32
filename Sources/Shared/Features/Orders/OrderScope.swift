package import Callers

/// Which orders a caller sees.
package struct OrderScope: Hashable, Sendable {
    /// Only this account's orders; `nil` for everybody's.
    package let accountID: Int64?
    /// Only orders for showtimes in this scope.
    package let showtimes: MerchantScope

    package static func buyer(_ accountID: Int64) -> OrderScope {
        OrderScope(accountID: accountID, showtimes: .everybody)
    }

    package static func merchant(_ merchantID: Int64) -> OrderScope {
        staff(.merchant(merchantID))
    }

    /// The orders that members of the cinema or of the platform reach.
    package static func staff(_ scope: MerchantScope) -> OrderScope {
        OrderScope(accountID: nil, showtimes: scope)
    }

    /// All orders, for the platform's own people.
    package static let all = staff(.everybody)
}
