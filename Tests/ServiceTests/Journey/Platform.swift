import API
import Assembly
import Callers
import Database
import Foundation
import HTTP
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Shared
import TestSupport
import Testing

/// The three services on one database, each put together by its own composition root and under its own role of the database, and a gateway's
/// key to speak with.
struct Platform: Sendable {
    let pool: PostgresPool
    let client: any TestClientProtocol
    let cinema: any TestClientProtocol
    let admin: any TestClientProtocol
    /// An administrator's token.
    let administrator: String

    static let password = "correct horse battery"
    static let (appID, sellerID) = ("2021000000000001", "2088000000000001")
    /// The application's key pair and the gateway's, made once: keys take their time.
    static let keys = Result { (app: try AlipaySigner(), alipay: try AlipaySigner()) }

    /// The key that tickets' codes are signed with.
    static let ticketKey = Data(repeating: 7, count: 32).base64EncodedString()

    /// - Parameter environment: settings besides those that every service needs.
    static func with(_ environment: [String: String] = [:], _ test: @Sendable (Platform) async throws -> Void) async throws {
        try await TestDatabase.with(.current) { database in
            @Sendable func application(_ realm: Realm) throws -> HTTPApplication {
                try Self.endpoints(realm, settings(databaseURL: database.url(of: realm.service), environment))
            }
            let (ofClient, ofCinema, ofAdmin) = (try application(.client), try application(.cinema), try application(.admin))
            try await ofClient.build().test(.router) { client in
                let client = try DeclaredClient(client, ofClient.endpoints)
                try await ofCinema.build().test(.router) { cinema in
                    let cinema = try DeclaredClient(cinema, ofCinema.endpoints)
                    try await ofAdmin.build().test(.router) { admin in
                        let admin = try DeclaredClient(admin, ofAdmin.endpoints)
                        // As the command does, which is the owner's.
                        let assembly = try assembly(.admin, settings(databaseURL: database.url, environment))
                        _ = try await assembly.accounts.signUp.createAdministrator(username: "root", password: password)
                        await assembly.pool.close()
                        let signedIn = try await admin.ask(
                            .post, "/v1/sessions", json: #"{"login": "root", "password": "\#(password)"}"#)
                        try await database.pool.execute(
                            "INSERT INTO cities (id, name, code, pinyin, initial) VALUES (1, '上海', '310100', 'SHANGHAI', 'S')")
                        try await test(
                            Platform(
                                pool: database.pool, client: client, cinema: cinema, admin: admin,
                                administrator: signedIn["token"].text
                            )
                        )
                    }
                }
            }
        }
    }

    static func settings(databaseURL: String, _ environment: [String: String] = [:]) throws -> Settings {
        Settings(environment: try Self.environment(databaseURL: databaseURL, environment))
    }

    /// What every service is told, and what else is wanted.
    static func environment(databaseURL: String, _ more: [String: String] = [:]) throws -> [String: String] {
        let (app, alipay) = try keys.get()
        let common = [
            "DATABASE_URL": databaseURL, "DATABASE_MAXIMUM_CONNECTIONS": "4", "RATE_LIMITS_ENABLED": "false",
            "LANGUAGE_DEFAULT": "en", "IDENTITY_PERMISSION_HINTS": "false", "SEATS_HINTS": "false",
            "IDENTITY_STAFF_SECOND_FACTOR": "optional",
            // Nobody is told that it has waited too long, however slow the machine is.
            "DATABASE_LEASE_MILLISECONDS": "60000", "DATABASE_STATEMENT_MILLISECONDS": "60000", "DATABASE_LOCK_MILLISECONDS": "60000",
            "LANES_WAIT_MILLISECONDS": "60000",
            "ALIPAY_APP_ID": appID, "ALIPAY_SELLER_ID": sellerID, "ALIPAY_GATEWAY_URL": "http://127.0.0.1:9/gateway.do",
            "ALIPAY_NOTIFY_URL": "http://127.0.0.1:9/notifications",
            "ALIPAY_APP_PRIVATE_KEY": app.privateKeyPEM, "ALIPAY_PUBLIC_KEY": alipay.publicKeyPEM,
            "TICKETS_SIGNING_KEY": ticketKey,
        ]
        return common.merging(more) { $1 }
    }

    static func assembly(_ realm: Realm, _ settings: Settings) throws -> ServiceAssembly {
        try ServiceAssembly(
            realm: realm,
            settings: settings,
            configuration: try ServiceConfiguration(settings, defaultPort: 0),
            registry: PrometheusRegistry(),
            hasher: PasswordHasher(function: .cheap),
            logger: Logger(label: "test") { _ in MissingRightsLog() }
        )
    }

    static func endpoints(_ realm: Realm, _ settings: Settings) throws -> HTTPApplication {
        let assembly = try assembly(realm, settings)
        return switch realm {
        case .client: try ClientComposition.application(assembly)
        case .cinema: try CinemaComposition.application(assembly)
        case .admin: try AdminComposition.application(assembly)
        }
    }
}

extension Realm {
    /// Who serves it.
    var service: ServiceName {
        switch self {
        case .client: .client
        case .cinema: .cinema
        case .admin: .admin
        }
    }
}

/// Prints which right a service's role lacks, since all that a test sees of it is a 500; says nothing else.
private struct MissingRightsLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let text = "\(event.message) \(event.metadata ?? [:])"
        guard text.contains("42501") else { return }
        FileHandle.standardError.write(Data("A role lacks a right, see ServiceGrants: \(text)\n".utf8))
    }
}
