/// Who changes an order, and why if they said so.
package struct OrderActor: Hashable, Sendable {
    /// `nil` where no person acts: the gateway, or time.
    package let accountID: Int64?
    /// In their words, 1 to 200 characters.
    package let note: String?

    package init(_ accountID: Int64?, note: String? = nil) {
        self.accountID = accountID
        self.note = note
    }

    /// The gateway, or time.
    package static let nobody = OrderActor(nil)
}
