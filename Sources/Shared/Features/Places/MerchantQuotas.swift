package import Callers

/// How much a merchant may write: little before the platform has verified it, and afterwards as much as the largest chain needs.
package struct MerchantQuotas: Hashable, Sendable {
    /// The highest number of something.
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

    /// Cinemas. Deleted ones count, because their rows stay.
    package var cinemas = Quota(before: 3, after: 2_000)
    /// Halls of all its cinemas, those of deleted cinemas included.
    package var halls = Quota(before: 20, after: 20_000)
    /// Seats of the present layouts of its halls, those of deleted cinemas included.
    package var seats = Quota(before: 10_000, after: 4_000_000)
    /// Former layouts that no showtime was ever scheduled with.
    package var unusedLayouts = Quota(before: 10, after: 2_000)
    /// Requests for screening rights that nobody has decided about.
    package var openRequests = Quota(before: 20, after: 2_000)
    /// Accounts of its people. Disabled ones count. The limit exists because each account has a rate limit of its own.
    package var members = Quota(before: 20, after: 20_000)
    /// Pictures that it was the first to upload. Those that nothing shows are deleted after a while.
    package var pictures = Quota(before: 50, after: 20_000)

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
    case pictures
}

extension Refusal {
    /// - Parameters:
    ///   - quota: what there is too much of.
    ///   - limit: how many there may be.
    static func quotaReached(_ quota: MerchantQuota, _ limit: Int, isVerified: Bool) -> Refusal {
        let refusal = quotaReached.about(limit: limit).with("quota", .text(quota.rawValue))
        return isVerified ? refusal : refusal.because("not_verified")
    }

    /// The refusal as endpoints declare it, without its numbers.
    package static let quotaReached = Refusal(.conflict, "quota_reached")
}
