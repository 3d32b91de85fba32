/// How long sessions live, how stale a principal may be, and what passwords and codes must be like.
package struct AccountsConfiguration: Sendable {
    /// How long a moviegoer stays signed in; counted from the sign-in, whatever happens in between.
    package var clientSession: Duration = .seconds(30 * 24 * 3600)
    /// How long the people of cinemas and of the platform stay signed in.
    package var staffSession: Duration = .seconds(12 * 3600)
    /// After how long without use a moviegoer's session ends (ASVS 5.0 7.3.1); it may be a tenth sooner, see ``idle(in:)``.
    package var clientIdle: Duration = .seconds(14 * 24 * 3600)
    /// The same for the people of cinemas and of the platform: an hour, as NIST SP 800-63B-4 has it for AAL2.
    package var staffIdle: Duration = .seconds(3600)
    /// How long a principal may be believed without asking the database. Only reads rely on it.
    package var principalLifetime: Duration = .seconds(1)
    /// How many principals are kept.
    package var principalCapacity = 200_000
    /// How a permission's number is compared with what an action needs.
    package var permissionPolicy: PermissionPolicy = .bits

    /// For how long ended sessions are kept; at their end they count for nothing any more.
    package var sessionRecord: Duration = .seconds(90 * 24 * 3600)
    /// How many sessions an account may have at once; one more ends the oldest.
    package var sessionLimit = 20
    /// How long the passwords of cinemas' and the platform's people must be without a second factor; with one, 8 will do.
    package var staffPasswordMinimum = 15
    /// Whether the people of cinemas and of the platform must have a second factor.
    package var staffSecondFactor: StaffSecondFactor = .required
    /// How many codes are sent, and what they endure.
    package var codes = OneTimeCodeConfiguration()
    /// Whether anything is set up that sends messages.
    package var sendsMessages = false

    package init() {}

    func sessionLength(in realm: Realm) -> Duration {
        realm == .client ? clientSession : staffSession
    }

    /// How long sessions of a realm last without use.
    func idle(in realm: Realm) -> IdleTime {
        IdleTime(limit: realm == .client ? clientIdle : staffIdle)
    }

    /// Whether an account of a realm does nothing before it has a second factor.
    package func needsSecondFactor(in realm: Realm) -> Bool {
        realm != .client && staffSecondFactor == .required
    }

    func passwordMinimum(in realm: Realm, hasSecondFactor: Bool) -> Int {
        realm == .client || hasSecondFactor ? Password.lengths.lowerBound : staffPasswordMinimum
    }
}

/// Whether the people of cinemas and of the platform must have a second factor.
package enum StaffSecondFactor: String, CaseIterable, Hashable, Sendable {
    /// Who has none reaches nothing but what sets one up.
    case required
    case optional
}
