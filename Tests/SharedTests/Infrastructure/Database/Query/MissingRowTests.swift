import Callers
import Database
import TestSupport
import Testing

@testable import Shared

extension PostgresPool {
    /// From now on an INSERT into a table changes nothing and gives nothing, as if a trigger of somebody else's had swallowed it.
    func swallowRows(of table: String) async throws {
        try await execute(
            """
            CREATE OR REPLACE FUNCTION swallow_row() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RETURN NULL; END $$
            """
        )
        try await execute(
            Query(unsafeSQL: "CREATE TRIGGER swallow BEFORE INSERT ON \(table) FOR EACH ROW EXECUTE FUNCTION swallow_row()"))
    }
}

/// INSERT … RETURNING that gives nothing is a defect, and neither a refusal nor a success.
@Suite("Statements that give no row")
struct MissingRowTests {
    /// Expects that a call finds no row where it has just written one.
    private func expectDefect(
        _ table: String, in pool: PostgresPool, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
    ) async throws {
        try await pool.swallowRows(of: table)
        await #expect(throws: Defect.self, "\(table)", sourceLocation: sourceLocation) { try await body() }
        try await pool.execute(Query(unsafeSQL: "DROP TRIGGER swallow ON \(table)"))
    }

    @Test("A required row is given, and its absence tells the statement without its values")
    func requiredRow() async throws {
        try await withTestDatabase { pool in
            #expect(try await pool.requiredRow("SELECT \(1)::bigint AS one") { try $0["one"] as Int64 } == 1)
            let secret = "secret"
            let defect = await #expect(throws: Defect.self) {
                try await pool.requiredRow("SELECT 1 WHERE \(secret)::text IS NULL") { _ in }
            }
            let description = try #require(defect?.description)
            #expect(description.contains("WHERE $1::text IS NULL") && !description.contains(secret))
        }
    }

    @Test("Movies, cinemas and refund policies")
    func catalogue() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let merchantID = try await fixture.merchant()
            let new = try fixture.newMovie()
            try await expectDefect("movies", in: pool) { _ = try await fixture.add(new) }
            try await expectDefect("cinemas", in: pool) { _ = try await fixture.add(fixture.newCinema(), to: merchantID) }
            let cinema = try await fixture.add(fixture.newCinema(), to: merchantID)
            let owner = try await AccountsFixture(pool: pool).signUp("owner").account
            let policy = NewRefundPolicy(steps: [], refundsServiceFee: false)
            try await expectDefect("refund_policies", in: pool) {
                _ = try await pool.withTransaction { transaction in
                    try await fixture.places.replaceRefundPolicy(
                        ofCinema: cinema.id, scope: .everybody, version: nil, with: policy, by: owner.id, in: transaction)
                }
            }
        }
    }

    @Test("Merchants, accounts, sessions and codes")
    func accounts() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            try await expectDefect("merchants", in: pool) { _ = try await fixture.registerMerchant("star") }
            try await expectDefect("accounts", in: pool) { _ = try await fixture.signUp("anna") }
            try await expectDefect("sessions", in: pool) { _ = try await fixture.signUp("anna") }
            _ = try await fixture.signUp("anna", phone: "+8613800000001", verified: true)
            try await expectDefect("sessions", in: pool) { _ = try await fixture.signIn("anna", in: .client) }
            try await expectDefect("one_time_codes", in: pool) { _ = try await fixture.code(.signIn, to: "+8613800000001") }
        }
    }

    @Test("Sign-ins by QR code and apps")
    func signingIn() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let logins = QRLogins(pool: pool, sessions: fixture.accounts.sessions, realm: .client)
            try await expectDefect("qr_logins", in: pool) {
                _ = try await logins.begin(userAgent: nil, address: AccountsFixture.address)
            }
            let administrator = try #require(try await fixture.principal(of: fixture.administrator()))
            let apps = Apps(pool: pool, sessions: fixture.accounts.sessions, denials: fixture.accounts.denials)
            try await expectDefect("apps", in: pool) {
                _ = try await pool.withTransaction { transaction in
                    try await apps.register(name: "app", realm: .client, by: administrator, address: nil, in: transaction)
                }
            }
        }
    }
}
