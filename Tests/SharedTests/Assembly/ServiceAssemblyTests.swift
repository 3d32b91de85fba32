import API
import Assembly
import Callers
import Database
import HTTP
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import TestSupport
import Testing

@testable import Shared

@Suite("What the services have in common")
struct ServiceAssemblyTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func assembly(_ environment: [String: String], realm: Realm = .client) throws(SettingFault) -> ServiceAssembly {
        let settings = Settings(environment: environment)
        return try ServiceAssembly(
            realm: realm, settings: settings,
            configuration: ServiceConfiguration(settings, defaultPort: 8001),
            registry: PrometheusRegistry(),
            logger: Self.logger
        )
    }

    @Test(
        "A setting that is wrong is named, and its value is not told",
        arguments: [
            ("DATABASE_MAXIMUM_CONNECTIONS", "many"), ("DATABASE_MAXIMUM_CONNECTIONS", "1"), ("DATABASE_LEASE_MILLISECONDS", "0"),
            ("DATABASE_STATEMENT_MILLISECONDS", "-1"), ("DATABASE_PREPARED_STATEMENTS", "perhaps"), ("IDENTITY_CLIENT_SESSION_HOURS", "0"),
            ("IDENTITY_STAFF_SESSION_HOURS", "1000000"), ("IDENTITY_PERMISSION_POLICY", "modes"), ("IDENTITY_PASSWORD_THREADS", "0"),
            ("IDENTITY_PASSWORD_QUEUE", "x"),
        ]
    )
    func faults(name: String, value: String) throws {
        let fault = #expect(throws: SettingFault.self) {
            _ = try assembly(["DATABASE_URL": "postgresql://localhost/none", name: value])
        }
        #expect(fault?.name == name)
        #expect(fault?.description.contains(value) == false || value.count < 3)
    }

    @Test("Where staff must have second factors, the key that seals them must be set", arguments: Realm.allCases)
    func secondFactorsNeedKey(realm: Realm) throws {
        let url = "postgresql://localhost/none"
        for word in ["", "required"] {
            var fault: SettingFault?
            do throws(SettingFault) {
                _ = try assembly(["DATABASE_URL": url, "IDENTITY_STAFF_SECOND_FACTOR": word], realm: realm)
            } catch {
                fault = error
            }
            // Moviegoers need none.
            #expect(fault?.name == (realm == .client ? nil : "IDENTITY_SECRETS_KEY"))
        }
        let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        for more in [["IDENTITY_STAFF_SECOND_FACTOR": "optional"], ["IDENTITY_SECRETS_KEY": key]] {
            _ = try assembly(["DATABASE_URL": url].merging(more) { $1 }, realm: realm)
        }
    }

    @Test("The database must be named")
    func noDatabase() {
        #expect(throws: SettingFault.self) { _ = try assembly([:]) }
    }

    @Test("Settings arrive where they belong")
    func values() throws {
        let settings = Settings(environment: [
            "DATABASE_URL": "postgresql://localhost/none", "DATABASE_MAXIMUM_CONNECTIONS": "7", "DATABASE_LOCK_MILLISECONDS": "300",
            "DATABASE_PREPARED_STATEMENTS": "false", "IDENTITY_CLIENT_SESSION_HOURS": "2", "IDENTITY_PERMISSION_POLICY": "levels",
        ])
        let pool = try PostgresPoolConfiguration(settings, applicationName: "test")
        #expect(pool.connection.url == "postgresql://localhost/none")
        #expect(pool.maximumConnections == 7)
        #expect(pool.connection.lockTimeout == .milliseconds(300))
        #expect(!pool.connection.preparedStatements)
        #expect(pool.connection.applicationName == "test")
        let accounts = try AccountsConfiguration(settings)
        #expect(accounts.clientSession == .seconds(7200))
        #expect(accounts.staffSession == .seconds(12 * 3600))
        #expect(accounts.permissionPolicy == .levels)
    }

    @Test("A service isn't ready on an older schema than it needs, and is as soon as that has come", .inTurn)
    func schema() async throws {
        try await TestDatabase.with(.first(1)) { database in
            let assembly = try assembly(["DATABASE_URL": database.url])
            try await assembly.application("A test.", endpoints: []).build().test(.router) { client in
                func ready() async throws -> Int { try await client.execute(uri: "/readyz", method: .get) { $0.status.code } }
                #expect(try await ready() == 503)
                #expect(try await client.execute(uri: "/livez", method: .get) { $0.status.code } == 200)
                try await Migrator(migrations: Migrations.all).migrate(database.pool)
                // An answer is kept for a second.
                try await until { try await ready() == 200 }
            }
        }
    }

    @Test("A service is ready when its database answers, and knows how people sign out", arguments: Realm.allCases)
    func serving(realm: Realm) async throws {
        try await TestDatabase.with { database in
            let environment = [
                "DATABASE_URL": database.url, "RATE_LIMITS_ENABLED": "false", "IDENTITY_STAFF_SECOND_FACTOR": "optional",
            ]
            let assembly = try assembly(environment, realm: realm)
            let application = try assembly.application("A test.", endpoints: []).build()
            try await application.test(.live) { client in
                let ready = try await client.execute(uri: "/readyz", method: .get) { $0.status.code }
                #expect(ready == 200)
                let status = try await client.execute(uri: "/v1/sessions/current", method: .delete) { $0.status.code }
                #expect(status == 401)
            }
        }
    }

    @Test("With the level policy a larger number includes the smaller bits at the door too")
    func levels() async throws {
        try await withTestDatabase { pool in
            var configuration = AccountsConfiguration()
            configuration.permissionPolicy = .levels
            let fixture = AccountsFixture(pool: pool, configuration: configuration)
            let signedIn = try await fixture.signUp("anna")
            try await pool.execute("UPDATE accounts SET permission = 4 WHERE id = \(signedIn.account.id)")
            let authenticator = SessionAuthenticator(principals: fixture.accounts.principals, realm: .client)
            let principal = try #require(try await authenticator.principal(forToken: signedIn.token.text))
            func allowed(on resource: Resource) -> [Permission] {
                [.read, .write, .modify, .delete].filter { authenticator.isAllowed($0, on: resource, to: principal) }
            }
            #expect(allowed(on: .orders) == [.read, .write, .modify])
            #expect(allowed(on: .movies) == [.read])
            #expect(principal.accountID == signedIn.account.id)
            let elsewhere = try await SessionAuthenticator(principals: fixture.accounts.principals, realm: .admin).principal(
                forToken: signedIn.token.text)
            #expect(elsewhere == nil)
        }
    }
}
