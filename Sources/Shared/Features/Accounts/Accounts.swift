package import Database

/// Who people are and what they may do: one small service for each thing that is done to accounts, put together once for a process.
///
/// An endpoint takes the services that it calls, not this value.
package struct Accounts: Sendable {
    package let configuration: AccountsConfiguration
    package let principals: Principals
    package let permissions: Permissions
    package let denials: Denials
    let creation: AccountCreation
    package let sessions: Sessions
    package let secondFactors: SecondFactors
    package let codes: OneTimeCodes
    package let ownPassword: OwnPassword
    package let ownAccount: OwnAccount
    package let ownSecondFactor: OwnSecondFactor
    package let passwordReset: PasswordReset
    package let signIn: SignIn
    package let signUp: SignUp
    package let administration: AccountAdministration
    package let permissionAdministration: PermissionAdministration
    package let granting: Granting

    private let pool: PostgresPool
    private let throttle: SignInThrottle

    /// - Parameter secrets: the keys that codes and second factors are kept under; without them there are neither.
    package init(
        pool: PostgresPool,
        hasher: PasswordHasher,
        throttle: SignInThrottle = SignInThrottle(),
        configuration: AccountsConfiguration = AccountsConfiguration(),
        secrets: AccountSecrets? = nil
    ) {
        self.pool = pool
        self.throttle = throttle
        self.configuration = configuration
        principals = Principals(pool: pool, configuration: configuration)
        permissions = Permissions(policy: configuration.permissionPolicy)
        denials = Denials(pool: pool)
        sessions = Sessions(permissions: permissions, configuration: configuration)
        secondFactors = SecondFactors(permissions: permissions, configuration: configuration, secrets: secrets)
        codes = OneTimeCodes(
            pool: pool, secondFactors: secondFactors, throttle: throttle, configuration: configuration, secrets: secrets)
        ownPassword = OwnPassword(
            pool: pool, hasher: hasher, throttle: throttle, secondFactors: secondFactors, denials: denials, configuration: configuration)
        ownAccount = OwnAccount(pool: pool, password: ownPassword, codes: codes, denials: denials)
        ownSecondFactor = OwnSecondFactor(
            pool: pool, password: ownPassword, factors: secondFactors, throttle: throttle, secrets: secrets)
        passwordReset = PasswordReset(
            pool: pool, hasher: hasher, throttle: throttle, passwords: ownPassword, codes: codes, denials: denials)
        signIn = SignIn(
            pool: pool, hasher: hasher, throttle: throttle, passwords: ownPassword, codes: codes, secondFactors: secondFactors,
            sessions: sessions, denials: denials)
        creation = AccountCreation(hasher: hasher, throttle: throttle, configuration: configuration)
        signUp = SignUp(pool: pool, creation: creation, sessions: sessions)
        let owners = Owners(principals: principals)
        administration = AccountAdministration(owners: owners, permissions: permissions)
        permissionAdministration = PermissionAdministration(permissions: permissions)
        granting = Granting(owners: owners, permissions: permissions, creation: creation)
    }

    /// Deletes old codes, counts of wrong tries, sign-ins that are over, and sessions that ended long ago. It goes slice by slice, so that
    /// few rows are locked at once; what is too much for one run waits for the next.
    package func deleteOldRows() async throws {
        for _ in 0..<100 where try await OneTimeCodeStore().deleteOld(limit: 5_000, in: pool) < 5_000 { break }
        for _ in 0..<100 where try await throttle.deleteOld(limit: 5_000, in: pool) < 5_000 { break }
        for _ in 0..<100 where try await QRLoginStore().deleteOld(limit: 5_000, in: pool) < 5_000 { break }
        for _ in 0..<100 where try await AppTicketStore().deleteOld(limit: 5_000, in: pool) < 5_000 { break }
        for _ in 0..<100 where try await ProviderSignInStore().deleteOld(limit: 5_000, in: pool) < 5_000 { break }
        // After the rows that name sessions.
        let age = configuration.sessionRecord
        for _ in 0..<100 where try await SessionStore().deleteOld(endedBefore: age, limit: 5_000, in: pool) < 5_000 { break }
    }
}
