import API
import ArgumentParser
import Assembly
import Database
import Foundation
import HTTP
import Logging
import Shared

/// The database for commands. They use the same settings as the service, but the role of DATABASE_OWNER_URL, where it is set, as the owner
/// of the tables.
enum CommandDatabase {
    /// Runs the body with a pool of connections, and closes them after it.
    ///
    /// - Parameters:
    ///   - schemaIsCurrent: whether the database must have this version's schema.
    ///   - statementTimeout: how long a statement may run; as the settings say unless said.
    /// - Throws: ``CommandFailure`` whatever goes wrong, in one line; for a setting, which it tells itself, the status 78.
    static func with(
        schemaIsCurrent: Bool = true, statementTimeout: Duration? = nil, _ body: (PostgresPool) async throws -> Void
    ) async throws {
        try await with(schemaIsCurrent: schemaIsCurrent, statementTimeout: statementTimeout) { pool, _ in try await body(pool) }
    }

    /// Runs the body with the feature of accounts, and closes its connections after it. Throws as ``with(schemaIsCurrent:_:)``.
    static func withAccounts(_ body: (Accounts) async throws -> Void) async throws {
        try await with(schemaIsCurrent: true, statementTimeout: nil) { pool, settings in
            try await body(
                Accounts(pool: pool, hasher: try PasswordHasher(settings), configuration: try AccountsConfiguration(settings)))
        }
    }

    private static func with(
        schemaIsCurrent: Bool, statementTimeout: Duration?, _ body: (PostgresPool, Settings) async throws -> Void
    ) async throws {
        do {
            let settings = try Self.settings()
            var logger = Logger(label: "AdminService")
            // The pool's warnings are turned off, because the error is printed in one line at the end.
            logger.logLevel = .critical
            var configuration = try PostgresPoolConfiguration(ownerBy: settings, applicationName: "AdminService command")
            if let statementTimeout { configuration.connection.statementTimeout = statementTimeout }
            let pool = PostgresPool(configuration: configuration, logger: logger)
            do {
                if schemaIsCurrent {
                    try await Migrator(migrations: Migrations.all).requireCurrent(in: pool)
                }
                try await body(pool, settings)
            } catch {
                await pool.close()
                throw error
            }
            await pool.close()
        } catch let failure as CommandFailure {
            throw failure
        } catch let fault as SettingFault {
            throw end(saying: fault)
        } catch {
            throw CommandFailure(line(for: error))
        }
    }

    /// The settings of this process. It warns of names in the environment that look like settings and are none.
    ///
    /// - Throws: ``SettingFault``.
    static func settings() throws(SettingFault) -> Settings {
        for unknown in SettingNames.all.unknown(in: ProcessInfo.processInfo.environment.keys) {
            let line = "Warning: \(unknown.name) in the environment is no setting; \(unknown.nearest) is the nearest\n"
            FileHandle.standardError.write(Data(line.utf8))
        }
        return try Settings.load(names: .all)
    }

    /// Prints what is wrong with a setting.
    ///
    /// - Returns: the exit code 78 (EX_CONFIG), with which services end too. systemd then doesn't try again.
    static func end(saying fault: SettingFault) -> ExitCode {
        FileHandle.standardError.write(Data("Error: \(oneLine(fault.description))\n".utf8))
        return ExitCode(78)
    }

    private static func line(for error: any Error) -> String {
        switch error {
        case is SchemaOutdated: "the database lacks this version's schema; run AdminService migrate first"
        case let error as PostgresError: oneLine("the database says: \(error.message)")
        case let error as PostgresPipelineError: oneLine("the database says: \(error.underlying.message)")
        default: oneLine("\(error)")
        }
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
