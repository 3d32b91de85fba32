import Database

/// How an order came about.
package enum OrderChannel: String, PostgresCodable, CaseIterable, Hashable, Sendable {
    /// The buyer ordered itself.
    case online
    /// A clerk ordered for somebody who stood at the counter; the order is under the clerk's account.
    case counter
}
