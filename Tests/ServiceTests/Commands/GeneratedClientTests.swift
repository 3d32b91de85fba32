import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("A client that a program of others generates", .inTurn)
struct GeneratedClientTests {
    /// What openapi_client.py is asked.
    private struct Wanted: Encodable {
        let `do`: String
        let folder: String
        let urls: [String: String]
        let administrator: String
        var order_id: String?
        var moviegoer: String?
        var merchant: String?
    }

    private struct Bought: Decodable {
        let order_id: String
        let out_trade_no: String
        let payable_fen: Int64
        let moviegoer: String
        let merchant: String
    }

    private struct Collected: Decodable, Equatable {
        let states: [String]
        let events: [String]
        let tickets: Int64
    }

    @Test("The main journey runs on it, from a movie to the box office, against the running services")
    func journey() async throws {
        try await TestDatabase.with(.current) { database in
            let environment = try Platform.environment(databaseURL: database.url)
            let created = try await AdminCommand(databaseURL: database.url, environment)
                .run("create-admin", "--username", "root", input: "\(Platform.password)\n")
            #expect(created.status == 0, "\(created)")
            try await database.pool.execute(
                "INSERT INTO cities (id, name, code, pinyin, initial) VALUES (1, '上海', '310100', 'SHANGHAI', 'S')")
            try await RunningPlatform.with(environment, pool: database.pool, administrator: "root") { running in
                try await AdminCommand.withFolder { folder in
                    let urls = zip(["client", "cinema", "admin"], running.services).map { ($0, "http://127.0.0.1:\($1.port)") }
                    var wanted = Wanted(
                        do: "buy", folder: folder.path, urls: Dictionary(uniqueKeysWithValues: urls),
                        administrator: running.platform.administrator)
                    let bought: Bought = try await Oracle.python("openapi_client.py", wanted, in: .openapi)
                    let notice = Platform.notification(outTradeNo: bought.out_trade_no, amountFen: bought.payable_fen)
                    #expect(try await running.platform.notify(notice) == "success")
                    wanted = Wanted(
                        do: "collect", folder: wanted.folder, urls: wanted.urls, administrator: wanted.administrator,
                        order_id: bought.order_id, moviegoer: bought.moviegoer, merchant: bought.merchant)
                    let collected: Collected = try await Oracle.python("openapi_client.py", wanted, in: .openapi)
                    #expect(
                        collected
                            == Collected(
                                states: ["valid", "valid"], events: ["opened", "payment_claimed", "payment_confirmed", "collected"],
                                tickets: 2))
                }
            }
        }
    }
}
