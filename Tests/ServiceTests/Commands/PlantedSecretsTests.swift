import Assembly
import Database
import Foundation
import HTTP
import HTTPTypes
import NIOHTTP1
import Shared
import TestSupport
import Testing

@Suite("Secrets in the settings", .inTurn)
struct PlantedSecretsTests {
    /// A word that nobody else writes.
    private static func planted(_ name: String) -> String {
        "planted-\(name)-" + UUID().uuidString.lowercased() + UUID().uuidString.lowercased()
    }

    private static func randomKey() -> String { Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString() }

    /// A line from the middle of a key in PEM.
    private static func middle(ofPEM pem: String) throws -> String {
        String(try #require(pem.split(separator: "\n").dropFirst(3).first))
    }

    @Test("At trace level, through the journey and its failures, no program writes one")
    func journey() async throws {
        try await TestDatabase.with(.current) { database in
            let password = try #require(URLComponents(string: database.url)?.password)
            let (app, alipay) = try Platform.keys.get()
            let secrets = [
                "IDENTITY_SECRETS_KEY": Self.randomKey(), "MESSAGES_RELAY_SECRET": Self.planted("relay"),
                "IDENTITY_PROVIDER_MOCK_CLIENT_SECRET": Self.planted("provider"), "TICKETS_SIGNING_KEY": Self.randomKey(),
            ]
            let environment = try Platform.environment(
                databaseURL: database.url,
                secrets.merging([
                    "DATABASE_DIRECT_URL": database.url, "DATABASE_OWNER_URL": database.url, "IDENTITY_PERMISSION_HINTS": "true",
                    "SEATS_HINTS": "true", "LOG_LEVEL": "trace", "MESSAGES_SENDER": "relay",
                    "MESSAGES_RELAY_URL": "http://127.0.0.1:9/messages", "IDENTITY_PROVIDERS": "mock",
                    "IDENTITY_PROVIDER_MOCK_ISSUER": "http://127.0.0.1:9", "IDENTITY_PROVIDER_MOCK_CLIENT_ID": "piao",
                    "IDENTITY_PROVIDER_MOCK_REDIRECT_URI": "https://app.example/mock",
                ]) { $1 })
            // None is left out; certificates may be known to anybody.
            let names = AllSettings.groups.flatMap(\.settings).filter(\.isSecret).map(\.name).filter { !$0.hasSuffix("CERTIFICATE") }
            #expect(names.map { $0.replacing("_NAME_", with: "_MOCK_") }.filter { environment[$0] == nil } == [])
            let created = try await AdminCommand(databaseURL: database.url, environment)
                .run("create-admin", "--username", "root", input: "\(Platform.password)\n")
            #expect(created.status == 0, "\(created)")
            let migrated = try await AdminCommand(databaseURL: database.url, environment).run("migrate")
            let (text, people) = try await RunningPlatform.with(environment, pool: database.pool, administrator: "root") { running in
                let people = [Platform.password, running.platform.administrator] + (try await Self.walk(running.platform))
                var written = running.problems
                #expect(written.contains("credentials_wrong"))
                for service in running.services {
                    written += try await service.ask(.GET, "/metrics").body
                    #expect(await service.terminate() == 0)
                    let log = try service.written
                    #expect(log.contains("Starting service"), "the level isn't low enough to show anything")
                    written += log
                }
                return (written, people)
            }
            let written = text + created.output + created.complaints + migrated.output + migrated.complaints
            let secretsOfSettings = [password, try Self.middle(ofPEM: app.privateKeyPEM), try Self.middle(ofPEM: alipay.privateKeyPEM)]
            for secret in secretsOfSettings + Array(secrets.values) + people {
                #expect(!secret.isEmpty)
                let lines = written.split(separator: "\n").filter { $0.contains(secret) }
                #expect(lines.isEmpty, "\(secret)")
            }
        }
    }

    /// The journey, what fails on the way, and a database whose connections break.
    ///
    /// - Returns: what only its people may know.
    private static func walk(_ platform: Platform) async throws -> [String] {
        try await platform.pool.execute(
            "INSERT INTO cities (id, name, code, pinyin, initial) VALUES (1, '上海', '310100', 'SHANGHAI', 'S')")
        let stage = try await platform.stage()
        let buyer = try await platform.moviegoer("anna")
        let seats = try await platform.seats(stage.showtimeID).values.filter { $0["kind"].text == "standard" }.map { $0["id"].number }
        try #require(seats.count > 1)
        let order = try await platform.order(buyer, stage.showtimeID, seats: [seats[0]], key: "first")
        let payment = try await platform.startPayment(buyer, orderID: order["id"].text)
        let notice = Platform.notification(outTradeNo: payment["out_trade_no"].text, amountFen: order["payable_fen"].number)
        #expect(try await platform.notify(notice) == "success")
        let tickets = try await platform.client.ask(.get, "/v1/orders/\(order["id"].text)/tickets", token: buyer)
        let code = tickets["collection_code"].text
        let collected = try await platform.cinema.ask(
            .post, "/v1/tickets/collections", token: stage.merchant.token, json: #"{"code": "\#(code)"}"#)
        #expect(collected.status == 200, "\(collected.body)")
        // What nobody answers, and what is refused.
        _ = try await platform.client.ask(.post, "/v1/one-time-codes", json: #"{"purpose": "sign_in", "phone": "13800138000"}"#)
        _ = try await platform.client.ask(.post, "/v1/third-party-logins", json: #"{"provider": "mock"}"#)
        _ = try await platform.client.ask(.post, "/v1/sessions", json: #"{"login": "anna", "password": "not \#(Platform.password)"}"#)
        _ = try await platform.post(form: "app_id=\(Platform.appID)&sign_type=RSA2&sign=AAAA")
        try await platform.pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        _ = try await platform.order(buyer, stage.showtimeID, seats: [seats[1]], key: "second")
        _ = try await platform.seats(stage.showtimeID)
        return [buyer, stage.merchant.token, code]
    }

    @Test("The sandbox writes none either")
    func sandbox() async throws {
        let (app, alipay) = try Platform.keys.get()
        try await AdminCommand.withFolder { folder in
            let files = ["ALIPAY_SANDBOX_PRIVATE_KEY_FILE": alipay.privateKeyPEM, "ALIPAY_SANDBOX_APP_PUBLIC_KEY_FILE": app.publicKeyPEM]
            var environment = ["ALIPAY_SANDBOX_APP_ID": "2021", "ALIPAY_SANDBOX_SELLER_ID": "2088", "ALIPAY_SANDBOX_LOG_LEVEL": "trace"]
            for (setting, text) in files {
                let file = folder.appending(path: setting)
                try Data(text.utf8).write(to: file)
                environment[setting] = file.path
            }
            let written = try await RunningService.with(
                1, of: "AlipaySandbox", environment, portSetting: "ALIPAY_SANDBOX_PORT", answering: "/livez"
            ) { services in
                _ = try await services[0].ask(.GET, "/gateway.do?app_id=2021&method=alipay.trade.query&sign=AAAA")
                _ = try await services[0].ask(.GET, "/sandbox/trades")
                _ = await services[0].terminate()
                return try services[0].written
            }
            #expect(!written.isEmpty)
            #expect(!written.contains(try Self.middle(ofPEM: alipay.privateKeyPEM)))
        }
    }

    @Test(
        "What is said of a wrong one doesn't quote it",
        arguments: [
            ("DATABASE_URL", "postgresql://piao:PLANTED@127.0.0.1:port/piao"), ("DATABASE_URL", "host=127.0.0.1 password=PLANTED PLANTED"),
            ("DATABASE_DIRECT_URL", "postgresql://piao:PLANTED@[::1/piao"), ("DATABASE_OWNER_URL", "postgresql://piao:PLANTED@[::1/piao"),
            ("DATABASE_URL", "postgresql://piao:PLANTED@127.0.0.1:9/piao"), ("IDENTITY_SECRETS_KEY", "PLANTED"),
            ("TICKETS_SIGNING_KEY", "PLANTED"), ("ALIPAY_APP_PRIVATE_KEY", "PLANTED"),
            ("ALIPAY_PUBLIC_KEY", "PLANTED"), ("MESSAGES_RELAY_SECRET", "PLANTED"),
        ])
    func wrong(name: String, value: String) async throws {
        let secret = "planted9"
        var environment = try Platform.environment(
            databaseURL: "postgresql://127.0.0.1:9/none",
            [
                "MESSAGES_SENDER": "relay", "MESSAGES_RELAY_URL": "http://127.0.0.1:9/", "IDENTITY_SECRETS_KEY": Self.randomKey(),
                "LOG_LEVEL": "trace",
                // Nobody answers: a command needn't wait for that as long as tests usually do.
                "DATABASE_LEASE_MILLISECONDS": "1000",
            ])
        environment[name] = value.replacing("PLANTED", with: secret)
        for command in ["serve", "migrate"] {
            // A database that nobody can reach ends the command alone; the service waits for it, and knows no owner.
            guard command == "migrate" || !(value.contains(":9/") || name == "DATABASE_OWNER_URL") else { continue }
            var admin = AdminCommand(program: "AdminService")
            admin.settings = environment
            let run = try await admin.run(command)
            #expect(!(run.output + run.complaints).contains(secret), "\(run)")
        }
    }
}
