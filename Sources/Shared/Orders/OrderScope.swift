/// Whose orders a caller sees.
package struct OrderScope: Hashable, Sendable {
    /// Only this person's.
    package let accountID: Int64?
    /// Only those for this merchant's showtimes.
    package let merchantID: Int64?

    package static func buyer(_ accountID: Int64) -> OrderScope {
        OrderScope(accountID: accountID, merchantID: nil)
    }

    package static func merchant(_ merchantID: Int64) -> OrderScope {
        OrderScope(accountID: nil, merchantID: merchantID)
    }

    /// Everybody's: the platform's own people.
    package static let all = OrderScope(accountID: nil, merchantID: nil)
}
