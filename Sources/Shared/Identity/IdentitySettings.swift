/// How long sessions live and how stale a principal may be.
package struct IdentitySettings: Sendable {
    /// How long a moviegoer stays signed in; counted from the sign-in, whatever happens in between.
    package var clientSession: Duration = .seconds(30 * 24 * 3600)
    /// How long the people of cinemas and of the platform stay signed in.
    package var staffSession: Duration = .seconds(12 * 3600)
    /// How long a principal may be believed without asking the database. Only reads rely on it.
    package var principalLifetime: Duration = .seconds(1)
    /// How many principals are kept.
    package var principalCapacity = 20_000
    /// How a permission's number is compared with what an action needs.
    package var permissionPolicy: PermissionPolicy = .bits

    package init() {}

    func sessionLength(in realm: Realm) -> Duration {
        realm == .client ? clientSession : staffSession
    }
}
