package import Database
package import HTTP

/// The settings of how services and commands reach the database.
package enum DatabaseSettings {
    static let url = Setting(requiredSecret: "database.url", "connection string of libpq")
    static let ownerURL = Setting(
        secret: "database.ownerURL", unset: "`DATABASE_URL`",
        "commands only (`migrate`, `grant`, `create-admin`, imports, `verify-figures`, `generate-demo-data`): as who owns the tables, see deploy/systemd/README.md"
    )
    static let directURL = Setting(
        secret: "database.directURL", unset: "`DATABASE_URL`",
        "the database's own address, for listening, where `DATABASE_URL` leads through PgBouncer")
    static let maximumConnections = Setting("database.maximumConnections", default: 16, in: 2...1_000, "connections of the pool")
    static let maximumWaiters = Setting("database.maximumWaiters", default: 256, in: 0...100_000, "requests that may wait for one")
    static let leaseMilliseconds = Setting("database.leaseMilliseconds", default: 2_000, in: 10...60_000, "how long they may")
    static let statementMilliseconds = Setting(
        "database.statementMilliseconds", default: 5_000, in: 100...600_000, "how long a statement may run")
    static let lockMilliseconds = Setting("database.lockMilliseconds", default: 2_000, in: 10...60_000, "how long it may wait for a lock")
    static let preparedStatements = Setting(
        "database.preparedStatements", default: true, "false behind PgBouncer's transaction mode, see below")

    package static let group = SettingGroup(
        "Database",
        [
            url.declaration, ownerURL.declaration, directURL.declaration, maximumConnections.declaration, maximumWaiters.declaration,
            leaseMilliseconds.declaration, statementMilliseconds.declaration, lockMilliseconds.declaration, preparedStatements.declaration,
        ])
}

extension PostgresPoolConfiguration {
    /// Reads a service's configuration of the database.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package init(_ settings: Settings, applicationName: String) throws(SettingFault) {
        try self.init(
            settings, url: try settings[DatabaseSettings.url], of: DatabaseSettings.url.key, applicationName: applicationName)
    }

    /// Reads the configuration for commands, which use the database as the owner of its tables.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    package init(ownerBy settings: Settings, applicationName: String) throws(SettingFault) {
        if let url = try settings[DatabaseSettings.ownerURL] {
            try self.init(settings, url: url, of: DatabaseSettings.ownerURL.key, applicationName: applicationName)
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
            maximumConnections: try settings[DatabaseSettings.maximumConnections],
            maximumWaiters: try settings[DatabaseSettings.maximumWaiters],
            leaseTimeout: .milliseconds(try settings[DatabaseSettings.leaseMilliseconds]),
            statementTimeout: .milliseconds(try settings[DatabaseSettings.statementMilliseconds]),
            lockTimeout: .milliseconds(try settings[DatabaseSettings.lockMilliseconds]),
            preparedStatements: try settings[DatabaseSettings.preparedStatements]
        )
        connection.applicationName = applicationName
    }
}

extension PostgresConnectionConfiguration {
    /// Reads how to reach the database without PgBouncer's transaction mode, in which nobody can listen.
    ///
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    func direct(_ settings: Settings) throws(SettingFault) -> PostgresConnectionConfiguration {
        guard let url = try settings[DatabaseSettings.directURL] else { return self }
        var direct = self
        direct.url = url
        direct.preparedStatements = true
        guard direct.isWellFormed else {
            throw SettingFault(DatabaseSettings.directURL.key, "is not a connection string that libpq understands")
        }
        return direct
    }
}
