/// What an account may do, as one number like the modes of a Linux file: the sum of read 1, write 2, modify 4 and delete 8.
package struct Permission: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// Looking at things.
    package static let read = Permission(rawValue: 1)
    /// Making new things: a review, an order.
    package static let write = Permission(rawValue: 2)
    /// Changing things, cancelling an order among them.
    package static let modify = Permission(rawValue: 4)
    /// Removing things.
    package static let delete = Permission(rawValue: 8)

    /// All four.
    package static let everything: Permission = [.read, .write, .modify, .delete]
    /// What a blacklisted account keeps: it looks, and can neither order nor review.
    package static let blacklisted: Permission = .read
}
