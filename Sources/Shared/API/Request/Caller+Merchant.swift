package import HTTP
package import Shared

extension Caller {
    /// Whose things the caller reaches: its merchant's, or those of its own cinemas only; the platform's people reach every merchant's.
    ///
    /// - Throws: `Refusal.notFound` for anybody else: nobody but these manages anything of a merchant.
    package func merchantScope() throws -> MerchantScope {
        if realm == Realm.admin.rawValue { return .everybody }
        guard let merchantID else { throw Refusal.notFound }
        return .merchant(merchantID, cinemaIDs: cinemaIDs)
    }
}
