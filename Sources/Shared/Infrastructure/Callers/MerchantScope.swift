/// Whose things somebody reaches from the cinema's or the platform's side: those of one merchant, or of some of its cinemas, or everybody's.
///
/// The one value by which another merchant's things, and those of cinemas that an account isn't there for, are as good as absent.
package struct MerchantScope: Hashable, Sendable {
    /// `nil` for everybody's.
    package let merchantID: Int64?
    /// Only these cinemas of the merchant; `nil` for all of them.
    package let cinemaIDs: [Int64]?

    /// Everybody's: for the platform's own people.
    package static let everybody = MerchantScope(merchantID: nil, cinemaIDs: nil)

    package static func merchant(_ id: Int64, cinemaIDs: [Int64]? = nil) -> MerchantScope {
        MerchantScope(merchantID: id, cinemaIDs: cinemaIDs)
    }

    private init(merchantID: Int64?, cinemaIDs: [Int64]?) {
        self.merchantID = merchantID
        self.cinemaIDs = cinemaIDs
    }

    /// Whether it is everybody's, so that nothing needs to be asked.
    package var isEverybody: Bool { merchantID == nil && cinemaIDs == nil }

    /// Whether a thing of this merchant at this cinema is inside.
    package func holds(merchantID: Int64, cinemaID: Int64) -> Bool {
        (self.merchantID ?? merchantID) == merchantID && cinemaIDs?.contains(cinemaID) ?? true
    }
}
