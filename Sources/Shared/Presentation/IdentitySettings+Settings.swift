package import HTTP
package import Shared

extension IdentitySettings {
    /// How sessions and permissions are kept, as a service is told from outside.
    ///
    /// - `identity.clientSessionHours` (IDENTITY_CLIENT_SESSION_HOURS, 720), `identity.staffSessionHours` (IDENTITY_STAFF_SESSION_HOURS, 12).
    /// - `identity.permissionPolicy` (IDENTITY_PERMISSION_POLICY, bits): bits, or levels, where a larger number includes the smaller ones.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package init(_ settings: Settings) throws(SettingFault) {
        self.init()
        clientSession = .seconds(3600 * (try settings.int("identity.clientSessionHours", default: 720, in: 1...8_760)))
        staffSession = .seconds(3600 * (try settings.int("identity.staffSessionHours", default: 12, in: 1...720)))
        permissionPolicy = try settings.word("identity.permissionPolicy", default: .bits)
    }
}

extension PasswordHasher {
    /// How many passwords are hashed at once and how many may wait.
    ///
    /// - `identity.passwordThreads` (IDENTITY_PASSWORD_THREADS, 2): each takes a core and 16 MiB while it hashes.
    /// - `identity.passwordQueue` (IDENTITY_PASSWORD_QUEUE, 32).
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package convenience init(_ settings: Settings) throws(SettingFault) {
        self.init(
            threadCount: try settings.int("identity.passwordThreads", default: 2, in: 1...64),
            maximumWaiting: try settings.int("identity.passwordQueue", default: 32, in: 0...1_000)
        )
    }
}
