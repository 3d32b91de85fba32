import API
import Callers
import Database
import HTTP
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Shared
import TestSupport
import Testing

/// Catalogue and places of all three services on one database, with an administrator, two merchants and a moviegoer.
struct CatalogServices: Sendable {
    let pool: PostgresPool
    let client: any TestClientProtocol
    let cinema: any TestClientProtocol
    let admin: any TestClientProtocol
    let administrator: String
    /// The first is verified.
    let merchants: [String]
    let moviegoer: String
    /// By which ClientService keeps its answers.
    let clock: SteppedClock

    static func with(_ test: @Sendable (CatalogServices) async throws -> Void) async throws {
        try await withTestDatabase { pool in
            let hasher = PasswordHasher(function: .cheap)
            var configuration = AccountsConfiguration()
            configuration.staffSecondFactor = .optional
            let accounts = Accounts(pool: pool, hasher: hasher, configuration: configuration)
            let writes = Writes(pool: pool, principals: accounts.principals)
            let clock = SteppedClock()
            func application(_ realm: Realm, _ endpoints: [Endpoint]) -> HTTPApplication {
                HTTPApplication(
                    name: "\(realm)",
                    endpoints: SessionEndpoints(
                        signIn: accounts.signIn, sessions: accounts.sessions, writes: writes, realm: realm
                    ).all + endpoints,
                    authenticator: SessionAuthenticator(principals: accounts.principals, realm: realm),
                    problems: RefusalProblems(),
                    rateLimits: .off,
                    memory: AnswerMemory { clock.now },
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
            }
            let clientEndpoints =
                ClientAccounts.endpoints(accounts, pool: pool) + ClientCatalog.endpoints(pool: pool)
            let cinemaEndpoints =
                CinemaAccounts.endpoints(accounts, pool: pool) + CinemaCatalog.endpoints(pool: pool, writes: writes)
            let adminEndpoints =
                AdminAccounts.endpoints(accounts, pool: pool, writes: writes)
                + AdminCatalog.endpoints(pool: pool, writes: writes)
            let (ofClient, ofCinema, ofAdmin) = (
                application(.client, clientEndpoints), application(.cinema, cinemaEndpoints), application(.admin, adminEndpoints)
            )
            try await ofClient.build().test(.router) { client in
                let client = try DeclaredClient(client, ofClient.endpoints)
                try await ofCinema.build().test(.router) { cinema in
                    let cinema = try DeclaredClient(cinema, ofCinema.endpoints)
                    try await ofAdmin.build().test(.router) { admin in
                        let admin = try DeclaredClient(admin, ofAdmin.endpoints)
                        let people = AccountServices(
                            pool: pool, accounts: accounts, writes: writes, client: client, cinema: cinema, admin: admin
                        )
                        let first = try await people.token(of: "wanda", in: .cinema)
                        try await pool.execute("UPDATE merchants SET verified_at = clock_timestamp()")
                        let second = try await merchant("bona", at: cinema)
                        try await pool.execute(
                            "INSERT INTO cities (id, name, code, pinyin, initial) VALUES (1, '上海', '310100', 'SHANGHAI', 'S')")
                        try await test(
                            CatalogServices(
                                pool: pool, client: client, cinema: cinema, admin: admin,
                                administrator: try await people.token(of: "root", in: .admin), merchants: [first, second],
                                moviegoer: try await people.token(of: "anna", in: .client),
                                clock: clock
                            )
                        )
                    }
                }
            }
        }
    }

    private static func merchant(_ username: String, at cinema: any TestClientProtocol) async throws -> String {
        let json = """
            {"username": "\(username)", "password": "\(AccountServices.password)", "phone": "13900139000", "merchant_name": "\(username)"}
            """
        return try await cinema.ask(.post, "/v1/accounts", json: json)["token"].text
    }

    static let hero = """
        {"title": "Hero", "duration_min": 99, "release_date": "2002-10-24", "formats": ["2D"], "languages": ["Mandarin"], \
        "minimum_price_fen": 3000, "state": "showing", "people": [{"name": "Zhang Yimou", "role": "director"}]}
        """

    static let palace = """
        {"name": "Palace", "city_id": 1, "district": "黄浦区", "address": "street 1", "latitude": 31.23, "longitude": 121.47, \
        "phone": "021-1", "service_fee_fen": 300, "seat_limit": 4}
        """

    static let hall = """
        {"name": "1", "formats": ["2D"], "layout": {"rows": [{"label": "A", "zone": "standard", "cells": "SSS_SSSS_LRLR"}]}}
        """

    /// Adds a cinema to the first merchant.
    ///
    /// - Returns: its id.
    func addCinema(_ json: String = palace, merchant: Int = 0) async throws -> Int64 {
        let added = try await cinema.ask(.post, "/v1/cinemas", token: merchants[merchant], json: json)
        #expect(added.status == 201, "\(added.body)")
        return added["id"].number
    }
}
