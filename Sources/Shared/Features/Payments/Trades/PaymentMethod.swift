/// A way of paying that a client chooses, such as a page in the browser or an app on the phone; gateways declare theirs.
package struct PaymentMethod: RawRepresentable, Hashable, Sendable {
    /// The word in the interface and in the database, at most 32 characters.
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }
}
