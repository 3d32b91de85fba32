package import Database
package import HTTP

extension PostgresPoolConfiguration {
    /// How a service uses the database, as it is told from outside.
    ///
    /// - `database.url` (DATABASE_URL): a libpq connection string; a secret, so it may stand in a file too.
    /// - `database.maximumConnections` (DATABASE_MAXIMUM_CONNECTIONS, 16), `database.maximumWaiters` (DATABASE_MAXIMUM_WAITERS, 256).
    /// - `database.leaseMilliseconds` (DATABASE_LEASE_MILLISECONDS, 2000): how long a request waits for a connection.
    /// - `database.statementMilliseconds` (DATABASE_STATEMENT_MILLISECONDS, 5000), `database.lockMilliseconds` (DATABASE_LOCK_MILLISECONDS, 2000).
    /// - `database.preparedStatements` (DATABASE_PREPARED_STATEMENTS, true): off for PgBouncer's transaction mode.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package init(_ settings: Settings, applicationName: String) throws(SettingFault) {
        try self.init(settings, url: try settings.requiredSecret("database.url"), of: "database.url", applicationName: applicationName)
    }

    /// How commands use the database: as the owner of its tables.
    ///
    /// - `database.ownerURL` (DATABASE_OWNER_URL): a libpq connection string, a secret too; DATABASE_URL unless set.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package init(ownerBy settings: Settings, applicationName: String) throws(SettingFault) {
        if let url = try settings.secret("database.ownerURL") {
            try self.init(settings, url: url, of: "database.ownerURL", applicationName: applicationName)
        } else {
            try self.init(settings, applicationName: applicationName)
        }
    }

    private init(_ settings: Settings, url: String, of setting: String, applicationName: String) throws(SettingFault) {
        guard PostgresConnectionConfiguration(url: url).isWellFormed else {
            throw SettingFault(setting, "is not a connection string that libpq understands")
        }
        self.init(
            url: url,
            maximumConnections: try settings.int("database.maximumConnections", default: 16, in: 2...1_000),
            maximumWaiters: try settings.int("database.maximumWaiters", default: 256, in: 0...100_000),
            leaseTimeout: .milliseconds(try settings.int("database.leaseMilliseconds", default: 2_000, in: 10...60_000)),
            statementTimeout: .milliseconds(try settings.int("database.statementMilliseconds", default: 5_000, in: 100...600_000)),
            lockTimeout: .milliseconds(try settings.int("database.lockMilliseconds", default: 2_000, in: 10...60_000)),
            preparedStatements: try settings.bool("database.preparedStatements", default: true)
        )
        connection.applicationName = applicationName
    }
}

extension PostgresConnectionConfiguration {
    /// How to reach the database where it must not be through PgBouncer's transaction mode, which can't listen.
    ///
    /// - `database.directURL` (DATABASE_DIRECT_URL): a libpq connection string, a secret too; DATABASE_URL unless set.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    func direct(_ settings: Settings) throws(SettingFault) -> PostgresConnectionConfiguration {
        guard let url = try settings.secret("database.directURL") else { return self }
        var direct = self
        direct.url = url
        direct.preparedStatements = true
        guard direct.isWellFormed else { throw SettingFault("database.directURL", "is not a connection string that libpq understands") }
        return direct
    }
}
