import Database
import Foundation
import HTTP
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Presentation
import Shared
import TestSupport
import Testing

/// The three services on one database, each put together by its own composition root, and a gateway's key to speak with.
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
            let settings = try settings(databaseURL: database.url, environment)
            try await application(.client, settings).test(.router) { client in
                try await application(.cinema, settings).test(.router) { cinema in
                    try await application(.admin, settings).test(.router) { admin in
                        let assembly = try assembly(.admin, settings)
                        _ = try await assembly.identity.createAdministrator(username: "root", password: password)
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
            "IDENTITY_PERMISSION_HINTS": "false", "SEATS_HINTS": "false", "IDENTITY_STAFF_SECOND_FACTOR": "optional",
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
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
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

    private static func application(_ realm: Realm, _ settings: Settings) throws -> some ApplicationProtocol {
        try endpoints(realm, settings).build()
    }
}
