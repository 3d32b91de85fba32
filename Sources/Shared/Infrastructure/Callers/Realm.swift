/// One of the three sides of the platform (端). An account, a token and a permission belong to exactly one.
package enum Realm: String, CaseIterable, Hashable, Sendable {
    /// Moviegoers.
    case client
    /// Merchants' people.
    case cinema
    /// The platform's own people.
    case admin

    /// Whether a one-time code signs nobody in without a second factor: whoever gets hold of a number for a moment, as by another SIM card,
    /// must not manage a cinema or the platform by it (ASVS 5.0 6.6.1).
    package var asksForMoreThanCode: Bool { self != .client }

    /// What an account of this realm may do when nobody has decided otherwise.
    ///
    /// A moviegoer has 7: it reads, orders and cancels, and never deletes.
    package var usualPermission: Permission {
        switch self {
        case .client: [.read, .write, .modify]
        case .cinema, .admin: .everything
        }
    }
}
