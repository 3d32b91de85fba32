package import Callers

/// How much a merchant may write: little before the platform knows it, and after that what the largest chain needs.
package struct MerchantQuotas: Hashable, Sendable {
    /// How many there may be at most.
    package struct Quota: Hashable, Sendable {
        /// While the merchant isn't verified.
        package var before: Int
        /// Once it is.
        package var after: Int

        package init(before: Int, after: Int) {
            self.before = before
            self.after = after
        }

        func limit(isVerified: Bool) -> Int { isVerified ? after : before }
    }

    /// Cinemas, deleted ones too: their rows stay.
    package var cinemas = Quota(before: 3, after: 2_000)
    /// Halls of all its cinemas, deleted ones too.
    package var halls = Quota(before: 20, after: 20_000)
    /// Seats of the present layouts of its halls, those of deleted cinemas too.
    package var seats = Quota(before: 10_000, after: 4_000_000)
    /// Former layouts that no showtime was ever scheduled with.
    package var unusedLayouts = Quota(before: 10, after: 2_000)
    /// Requests for screening rights that nobody has decided about.
    package var openRequests = Quota(before: 20, after: 2_000)
    /// Accounts of its people, disabled ones too. Each may write as often as one may.
    package var members = Quota(before: 20, after: 20_000)

    package init() {}
}

/// What a merchant may have only so many of.
package enum MerchantQuota: String, CaseIterable, Sendable {
    case cinemas
    case halls
    case seats
    case unusedLayouts = "unused_layouts"
    case openRequests = "open_requests"
    case accounts
}

extension Refusal {
    /// - Parameter limit: how many there may be.
    static func quotaReached(_ quota: MerchantQuota, _ limit: Int, isVerified: Bool) -> Refusal {
        let refusal = quotaReached.about(limit: limit).with("quota", .text(quota.rawValue))
        return isVerified ? refusal : refusal.because("not_verified")
    }

    /// As endpoints declare it.
    package static let quotaReached = Refusal(.conflict, "quota_reached")
}
