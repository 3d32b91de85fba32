import API
import Callers
import Database
import Foundation
import HTTP
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import TestSupport
import Testing

@testable import Shared

@Suite("Writes")
struct WritesTests {
    /// A service with one endpoint, which adds a merchant and refuses the name "refused".
    private struct Things {
        let writes: Writes
        let pool: PostgresPool

        var create: Endpoint {
            Endpoint(
                .post, "/v1/things", "Adds a thing.",
                access: .permission("things", .write),
                body: Body<String>("NewThing", .required("name", .text(1...100), "Name.")) { $0 },
                idempotency: true,
                answers: .created(AccountShape.merchant, at: "/v1/things/{id}", \.id)
            ) { call in
                try await writes.create(
                    call, audit: call.audit(AuditAction(rawValue: "thing.created")) { AuditSubject("thing", $0.id) },
                    { transaction in
                        let thing = try await MerchantStore().insert(name: MerchantName(call.body), in: transaction)
                        if call.body == "refused" { throw Refusal(.conflict, "refused") }
                        return thing
                    }
                )
            }
        }
    }

    /// Sends a token, a body and an Idempotency-Key.
    private typealias Post = @Sendable (_ token: String, _ json: String, _ key: String?) async throws -> Answer

    private struct Answer: Sendable {
        let status: Int
        let body: String
        let location: String?

        var code: String? {
            let json = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
            return json?["code"] as? String
        }
    }

    private func withService(
        _ fixture: AccountsFixture, _ body: @Sendable (@escaping Post) async throws -> Void
    ) async throws {
        try await fixture.pool.execute(
            """
            WITH added AS (INSERT INTO permissions (name, resource, bits) VALUES ('things', 'things', 15) RETURNING id)
            INSERT INTO user_group_permissions (user_group_id, permission_id)
            SELECT user_groups.id, added.id FROM user_groups, added WHERE user_groups.name = 'moviegoer'
            """
        )
        let writes = Writes(pool: fixture.pool, principals: fixture.accounts.principals)
        let application = try HTTPApplication(
            name: "test",
            endpoints: [Things(writes: writes, pool: fixture.pool).create],
            authenticator: SessionAuthenticator(principals: fixture.accounts.principals, realm: .client),
            problems: RefusalProblems(),
            rateLimits: .off,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        ).build()
        try await application.test(.live) { client in
            try await body { token, json, key in
                var headers: HTTPFields = [.authorization: "Bearer \(token)", .contentType: "application/json"]
                if let key, let name = HTTPField.Name("Idempotency-Key") { headers[name] = key }
                return try await client.execute(uri: "/v1/things", method: .post, headers: headers, body: ByteBuffer(string: json)) {
                    response in
                    Answer(status: response.status.code, body: String(buffer: response.body), location: response.headers[.location])
                }
            }
        }
    }

    private static func things(_ pool: PostgresPool) async throws -> Int? {
        try await pool.row("SELECT count(*) AS n FROM merchants") { try $0["n"] }
    }

    @Test("Twenty equal requests at once create one thing, and get one answer or are told that it is being worked on")
    func parallel() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let token = try await fixture.signUp("anna").token.text
            try await withService(fixture) { post in
                let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                    for _ in 0..<20 { group.addTask { try await post(token, #"{"name":"one"}"#, "key-1") } }
                    return try await group.reduce(into: [Answer]()) { $0.append($1) }
                }
                let created = answers.filter { $0.status == 201 }
                #expect(!created.isEmpty)
                #expect(Set(created.map(\.body)).count == 1)
                #expect(Set(created.map(\.location)).count == 1)
                #expect(answers.filter { $0.status != 201 }.allSatisfy { $0.status == 409 && $0.code == "request_in_progress" })
                #expect(try await Self.things(pool) == 1)
                // Later too, in quotes or without.
                #expect(try await post(token, #"{"name":"one"}"#, "\"key-1\"").body == created.first?.body)
                #expect(try await Self.things(pool) == 1)
                #expect(
                    try await pool.row("SELECT count(*) AS n FROM audit_events WHERE action = 'thing.created'") { try $0["n"] as Int } == 1)
            }
        }
    }

    @Test("A key belongs to its account and its request")
    func scope() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let anna = try await fixture.signUp("anna").token.text
            let bella = try await fixture.signUp("bella").token.text
            try await withService(fixture) { post in
                let first = try await post(anna, #"{"name":"one"}"#, "key-1")
                #expect(first.status == 201)
                let other = try await post(anna, #"{"name":"two"}"#, "key-1")
                #expect(other.status == 422)
                #expect(other.code == "idempotency_key_reused")
                let hers = try await post(bella, #"{"name":"one"}"#, "key-1")
                #expect(hers.status == 201)
                #expect(hers.location != first.location)
                #expect(try await post(anna, #"{"name":"one"}"#, nil).location != first.location)
                #expect(try await post(anna, #"{"name":"one"}"#, "key-2").location != first.location)
                #expect(try await Self.things(pool) == 4)
            }
        }
    }

    @Test("Refusals are not recorded and leave nothing behind")
    func refusals() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let token = try await fixture.signUp("anna").token.text
            try await withService(fixture) { post in
                for _ in 0..<2 {
                    let refused = try await post(token, #"{"name":"refused"}"#, "key-1")
                    #expect(refused.status == 409)
                    #expect(refused.code == "refused")
                }
                #expect(try await post(token, #"{"nome":"one"}"#, "key-1").status == 422)
                #expect(try await Self.things(pool) == 0)
                #expect(
                    try await pool.row("SELECT count(*) AS n FROM audit_events WHERE action = 'thing.created'") { try $0["n"] as Int } == 0)
                #expect(try await post(token, #"{"name":"one"}"#, "key-1").status == 201)
            }
        }
    }

    @Test("An INSERT that gives no row is our fault: a 500, nothing is kept, and the key may be used again")
    func missingRow() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let token = try await fixture.signUp("anna").token.text
            try await withService(fixture) { post in
                try await pool.swallowRows(of: "merchants")
                let answer = try await post(token, #"{"name":"one"}"#, "key-1")
                #expect(answer.status == 500 && answer.code == "internal_error")
                #expect(!answer.body.contains("merchants"))
                try await pool.execute("DROP TRIGGER swallow ON merchants")
                #expect(try await post(token, #"{"name":"one"}"#, "key-1").status == 201)
            }
        }
    }

    @Test("A ban in another process stops the very next write, and its repetition; so does the end of the session")
    func ban() async throws {
        try await withTestDatabase { pool in
            var configuration = AccountsConfiguration()
            // Whatever is cached here stays cached: only the check in the transaction can tell.
            configuration.principalLifetime = .seconds(600)
            let fixture = AccountsFixture(pool: pool, configuration: configuration)
            let signedIn = try await fixture.signUp("anna")
            let token = signedIn.token.text
            let administrator = try #require(try await fixture.principal(of: fixture.administrator()))
            try await withService(fixture) { post in
                #expect(try await post(token, #"{"name":"one"}"#, "key-1").status == 201)
                try await fixture.withAnotherProcess { try await $0.change(signedIn.account.id, permission: 1, by: administrator) }
                for key in ["key-1", "key-2", nil] {
                    let answer = try await post(token, #"{"name":"one"}"#, key)
                    #expect(answer.status == 403)
                    #expect(answer.code == "account_restricted")
                }
                try await fixture.withAnotherProcess { elsewhere in
                    try await elsewhere.change(signedIn.account.id, permission: 7, disabled: true, by: administrator)
                }
                #expect(try await post(token, #"{"name":"one"}"#, "key-2").status == 401)
                #expect(try await Self.things(pool) == 1)
            }
        }
    }
}
