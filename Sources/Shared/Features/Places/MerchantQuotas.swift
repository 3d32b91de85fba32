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

    package init() {}
}

extension Refusal {
    /// - Parameters:
    ///   - what: the kind of things of which there are too many, in the plural.
    ///   - limit: how many there may be.
    static func quotaReached(_ what: String, _ limit: Int, isVerified: Bool) -> Refusal {
        Refusal(
            .conflict, "quota_reached",
            isVerified ? "A merchant has at most \(limit) \(what)." : "Until it is verified, a merchant has at most \(limit) \(what)."
        ).about(limit: limit)
    }

    /// The refusal as endpoints declare it, without its numbers.
    package static let quotaReached = Refusal(
        .conflict, "quota_reached",
        "The merchant has as many of these as it may have, which is `limit`; until it is verified that is less.")
}
