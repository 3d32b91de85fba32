package import HTTP
import Shared

extension Caller {
    /// The merchant to whose things the caller is limited; `nil` for the platform's people, who reach every merchant's.
    ///
    /// - Throws: `Refusal.notFound` for anybody else: nobody but these manages anything of a merchant.
    package func merchantLimit() throws -> Int64? {
        if realm == Realm.admin.rawValue { return nil }
        guard let merchantID else { throw Refusal.notFound }
        return merchantID
    }
}
