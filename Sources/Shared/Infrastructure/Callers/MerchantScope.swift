/// The part of all merchants' things that somebody reaches from the cinema's or the platform's side: the things of one merchant, or of some
/// of its cinemas, or everybody's.
///
/// This one value hides the things of other merchants, and of cinemas for which an account isn't responsible.
package struct MerchantScope: Hashable, Sendable {
    /// The merchant; `nil` for all merchants.
    package let merchantID: Int64?
    /// Only these cinemas of the merchant; `nil` for all of them.
    package let cinemaIDs: [Int64]?

    /// Everybody's things, for the platform's own people.
    package static let everybody = MerchantScope(merchantID: nil, cinemaIDs: nil)

    package static func merchant(_ id: Int64, cinemaIDs: [Int64]? = nil) -> MerchantScope {
        MerchantScope(merchantID: id, cinemaIDs: cinemaIDs)
    }

    private init(merchantID: Int64?, cinemaIDs: [Int64]?) {
        self.merchantID = merchantID
        self.cinemaIDs = cinemaIDs
    }

    /// Whether the scope has everybody's things, so that nothing needs to be checked.
    package var isEverybody: Bool { merchantID == nil && cinemaIDs == nil }

    /// Whether a thing of this merchant at this cinema is inside.
    package func holds(merchantID: Int64, cinemaID: Int64) -> Bool {
        (self.merchantID ?? merchantID) == merchantID && cinemaIDs?.contains(cinemaID) ?? true
    }
}
