import Callers
import Database
import Foundation
import HTTPTypes
import HummingbirdTesting
import Shared
import TestSupport
import Testing

/// With OPENAPI_EXAMPLES, as `make openapi-test` sets it, in all phases and with that many requests of each operation; else a sample,
/// without the documents' examples, which ``ExampleTests`` sends.
@Suite("Requests that a program makes up from the OpenAPI documents", .inTurn)
struct OpenAPITrialTests {
    /// What openapi_trial.py is asked.
    private struct Wanted: Encodable {
        let url: String
        let login: String
        let password: String
        let examples: Int
        let phases: String
    }

    private struct Trial: Decodable {
        let passed: Bool
        let report: String
    }

    @Test("None is answered 5xx, nor as its declaration forbids", arguments: Realm.allCases)
    func conforming(realm: Realm) async throws {
        let examples = ProcessInfo.processInfo.environment["OPENAPI_EXAMPLES"].flatMap { Int($0) }
        try await TestDatabase.with(.current) { database in
            // So that whoever tries it out can sign in from elsewhere.
            let environment = try Platform.environment(
                databaseURL: database.url, Platform.sendingCodes.merging(["HTTP_TRUSTED_PROXIES": "127.0.0.1"]) { $1 })
            let created = try await AdminCommand(databaseURL: database.url, environment)
                .run("create-admin", "--username", "root", input: "\(Platform.password)\n")
            #expect(created.status == 0, "\(created)")
            try await database.pool.execute(
                "INSERT INTO cities (id, name, code, pinyin, initial) VALUES (1, '上海', '310100', 'SHANGHAI', 'S')")
            try await RunningPlatform.with(environment, pool: database.pool, administrator: "root") { running in
                // So that there is something to be found.
                let furnished = try await FurnishedPlatform(running.platform)
                // Examples have the password of these tests, and would change it.
                let password = "in no example at all"
                let changed = try await running.platform.service(of: realm).ask(
                    .post, "/v1/me/password", token: furnished.token(realm),
                    json: #"{"password": "\#(Platform.password)", "new_password": "\#(password)"}"#)
                #expect(changed.status == 204, "\(changed.body)")
                let (login, service) =
                    switch realm {
                    case .client: ("furnished", running.services[0])
                    case .cinema: ("wanda", running.services[1])
                    case .admin: ("root", running.services[2])
                    }
                let wanted = Wanted(
                    url: "http://127.0.0.1:\(service.port)", login: login, password: password, examples: examples ?? 5,
                    phases: examples == nil ? "fuzzing" : "examples,coverage,fuzzing,stateful")
                let trial: Trial = try await Oracle.python("openapi_trial.py", wanted, in: .openapi)
                #expect(trial.passed, "\(trial.report)")
                print("schemathesis: \(realm): \(trial.report.suffix(1500))")
            }
        }
    }
}
