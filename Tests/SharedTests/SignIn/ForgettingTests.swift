import AsyncHTTPClient
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Sign-ins that are long over")
struct ForgettingTests {
    @Test("They are deleted after a day, those of today stay")
    func forgotten() async throws {
        try await TestDatabase.with(.current) { database in
            let fixture = IdentityFixture(pool: database.pool)
            let codes = QRLogins(identity: fixture.identity, realm: .client)
            let apps = Apps(identity: fixture.identity)
            let thirdParty = ThirdPartyLogins(
                identity: fixture.identity, realm: .client, providers: [], http: HTTPClient.shared
            )
            let anna = try await fixture.signUp("anna")
            let principal = try #require(try await fixture.principal(of: anna))
            let logins = ThirdPartyLoginStore()
            for isOld in [true, false] {
                _ = try await codes.begin(userAgent: nil, address: IdentityFixture.address)
                try await database.pool.withTransaction { transaction in
                    let name = isOld ? "old" : "new"
                    let app = try await apps.register(name: name, realm: .client, by: principal, address: nil, in: transaction).app
                    _ = try await apps.issueTicket(for: app.id, to: principal, address: nil, in: transaction)
                    _ = try await logins.insert(
                        state: OneTimeSecret(.state), browser: OneTimeSecret(.browser), provider: "a", life: .seconds(600), in: transaction
                    )
                }
                guard isOld else { continue }
                for table in ["qr_logins", "app_tickets", "third_party_logins"] {
                    let change = Query(unsafeSQL: "UPDATE \(table) SET expires_at = expires_at - INTERVAL '25 hours'")
                    try await database.pool.execute(change)
                }
            }
            let first = [
                try await codes.forgetOld(limit: 10), try await apps.forgetOldTickets(limit: 10), try await thirdParty.forgetOld(limit: 10),
            ]
            #expect(first == [1, 1, 1])
            let second = [
                try await codes.forgetOld(limit: 10), try await apps.forgetOldTickets(limit: 10), try await thirdParty.forgetOld(limit: 10),
            ]
            #expect(second == [0, 0, 0])
        }
    }
}
