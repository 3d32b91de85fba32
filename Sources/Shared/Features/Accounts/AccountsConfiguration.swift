package import Callers

/// How long sessions live, how old a cached principal may be, and what passwords and codes must be like; read at the start.
package struct AccountsConfiguration: Sendable {
    /// How long a moviegoer stays signed in; counted from the sign-in, whatever happens in between.
    package var clientSession: Duration = .seconds(30 * 24 * 3600)
    /// How long the people of cinemas and of the platform stay signed in.
    package var staffSession: Duration = .seconds(12 * 3600)
    /// After how long without use a moviegoer's session ends (ASVS 5.0 7.3.1); it may be a tenth sooner, see ``idle(in:)``.
    package var clientIdle: Duration = .seconds(14 * 24 * 3600)
    /// The same for the people of cinemas and of the platform: an hour, as NIST SP 800-63B-4 has it for AAL2.
    package var staffIdle: Duration = .seconds(3600)
    /// For how long a cached principal serves reads without asking the database again.
    package var principalLifetime: Duration = .seconds(1)
    /// How many principals are cached.
    package var principalCapacity = 200_000
    /// How a permission's number is compared with what an action needs.
    package var permissionPolicy: PermissionPolicy = .bits

    /// For how long the rows of ended sessions are kept; they count for nothing any more.
    package var sessionRecord: Duration = .seconds(90 * 24 * 3600)
    /// How many sessions an account may have at once; one more ends the oldest.
    package var sessionLimit = 20
    /// How many characters a password needs where the people of cinemas and of the platform have no second factor; with one, 8 suffice.
    package var staffPasswordMinimum = 15
    /// Whether the people of cinemas and of the platform must have a second factor.
    package var staffSecondFactor: StaffSecondFactor = .required
    package var codes = OneTimeCodeConfiguration()
    /// Whether a sender of messages is set up.
    package var sendsMessages = false

    package init() {}

    func sessionLength(in realm: Realm) -> Duration {
        realm == .client ? clientSession : staffSession
    }

    /// How long sessions of a realm last without use.
    func idle(in realm: Realm) -> IdleTime {
        IdleTime(limit: realm == .client ? clientIdle : staffIdle)
    }

    /// Whether an account of a realm may do nothing before it has a second factor.
    package func needsSecondFactor(in realm: Realm) -> Bool {
        realm != .client && staffSecondFactor == .required
    }

    func passwordMinimum(in realm: Realm, hasSecondFactor: Bool) -> Int {
        realm == .client || hasSecondFactor ? Password.lengths.lowerBound : staffPasswordMinimum
    }
}

/// Whether the people of cinemas and of the platform must have a second factor.
package enum StaffSecondFactor: String, CaseIterable, Hashable, Sendable {
    /// Without one, an account may do nothing but set one up.
    case required
    case optional
}

/// How long a session lasts without use, and how exactly its use is written down.
struct IdleTime: Hashable, Sendable {
    /// After this time without use it ends.
    let limit: Duration

    /// How often the use of a session is written down; at every call it would cost more than it tells. What is written may be as old as two
    /// such steps, since each process goes by its own clock: a session ends a tenth of its limit too soon at most, and never too late.
    var step: Duration { min(.seconds(600), limit / 20) }
}
