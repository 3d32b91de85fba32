package import HTTP
package import Shared

/// Whose things the callers of a service may see and change.
package enum ScreeningsScope: Sendable {
    /// Those of the caller's own merchant.
    case ownMerchant
    /// Everybody's: for the platform's people.
    case everyMerchant

    /// What the caller may see.
    ///
    /// - Throws: ``Refusal/notFound`` for an account without a merchant where it needs one.
    package func limit(of caller: Caller) throws -> MerchantScope {
        switch self {
        case .everyMerchant: return .everybody
        case .ownMerchant:
            guard let merchantID = caller.merchantID else { throw Refusal.notFound }
            return .merchant(merchantID, cinemaIDs: caller.cinemaIDs)
        }
    }

    /// The merchant whose things the caller may see; `nil` for everybody's.
    ///
    /// - Throws: ``Refusal/notFound`` for an account without a merchant where it needs one.
    package func merchantID(of caller: Caller) throws -> Int64? {
        switch self {
        case .everyMerchant: return nil
        case .ownMerchant:
            guard let merchantID = caller.merchantID else { throw Refusal.notFound }
            return merchantID
        }
    }
}
