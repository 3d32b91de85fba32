package import HTTP
import Shared

/// Whose things the callers of a service may see and change.
package enum ScreeningsScope: Sendable {
    /// Those of the caller's own merchant.
    case ownMerchant
    /// Everybody's: for the platform's people.
    case everyMerchant

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
