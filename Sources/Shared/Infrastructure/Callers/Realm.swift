/// One of the three sides of the platform (端). An account, a token and a permission belong to exactly one.
package enum Realm: String, CaseIterable, Hashable, Sendable {
    /// Moviegoers.
    case client
    /// Merchants' people.
    case cinema
    /// The platform's own people.
    case admin

    /// Whether signing in by a one-time code also needs a second factor. Somebody who takes over a phone number for a moment, for example
    /// with another SIM card, must not manage a cinema or the platform with it (ASVS 5.0 6.6.1).
    package var asksForMoreThanCode: Bool { self != .client }

    /// The permission of an account of this realm when nobody has set another one.
    ///
    /// A moviegoer has 7: it reads, orders and cancels, and never deletes.
    package var usualPermission: Permission {
        switch self {
        case .client: [.read, .write, .modify]
        case .cinema, .admin: .everything
        }
    }
}
