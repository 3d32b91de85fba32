import API
import Callers
import Database
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import TestSupport
import Testing
import Text

@Suite("Disabling merchants' people, from both sides")
struct ShuttingOutTests {
    /// A merchant with an owner and another account that may do as much.
    private struct House: Sendable {
        let platform: Platform
        let owner: String
        let partnerID: Int64

        static func with(_ test: @Sendable (House) async throws -> Void) async throws {
            try await Platform.with { platform in
                let owner = try await platform.merchant("wanda").token
                let group = try await platform.groupID("cinema owner")
                let made = try await platform.cinema.ask(
                    .post, "/v1/members", token: owner,
                    json: #"{"username": "partner", "password": "what the owner made up", "user_group_ids": [\#(group)]}"#)
                #expect(made.status == 201, "\(made.body)")
                let own = #", "new_password": "\#(Platform.password)""#
                #expect(try await platform.signIn("partner", password: "what the owner made up", at: .cinema, own).status == 201)
                try await test(House(platform: platform, owner: owner, partnerID: made["id"].number))
            }
        }

        func byMerchant(_ json: String) async throws -> Asked {
            try await platform.cinema.ask(.patch, "/v1/members/\(partnerID)", token: owner, json: json, ifMatch: "*")
        }

        func byPlatform(_ json: String) async throws -> Asked {
            try await platform.admin.ask(
                .patch, "/v1/accounts/\(partnerID)", token: platform.administrator, json: json, ifMatch: "*")
        }

        func signIn() async throws -> Int {
            try await platform.signIn("partner", at: .cinema).status
        }
    }

    @Test("A merchant can't enable an account that the platform has disabled, and the platform can")
    func platformsWord() async throws {
        try await House.with { house in
            let disabled = try await house.byPlatform(#"{"disabled": true}"#)
            #expect(disabled.status == 200 && disabled["disabled_by"].text == "admin", "\(disabled.body)")
            let refused = try await house.byMerchant(#"{"disabled": false}"#)
            #expect(refused.status == 403 && refused.code == "disabled_by_platform", "\(refused.body)")
            // Shutting it out once more doesn't make the platform's word the merchant's own.
            #expect(try await house.byMerchant(#"{"disabled": true}"#)["disabled_by"].text == "admin")
            #expect(try await house.byMerchant(#"{"disabled": false}"#).code == "disabled_by_platform")
            // Nor does any other change.
            let changed = try await house.byMerchant(#"{"user_group_ids": [\#(try await house.platform.groupID("usher"))]}"#)
            #expect(changed.status == 200 && changed["disabled"] == .bool(true) && changed["disabled_by"].text == "admin")
            #expect(try await house.signIn() == 403)
            let enabled = try await house.byPlatform(#"{"disabled": false}"#)
            #expect(enabled.status == 200 && enabled["disabled"] == .bool(false) && enabled["disabled_by"] == .null)
            #expect(try await house.signIn() == 201)
        }
    }

    @Test("A merchant disables and enables its own people; the platform can undo that, and take it over")
    func merchantsWord() async throws {
        try await House.with { house in
            let disabled = try await house.byMerchant(#"{"disabled": true}"#)
            #expect(disabled.status == 200 && disabled["disabled_by"].text == "cinema", "\(disabled.body)")
            #expect(try await house.signIn() == 403)
            #expect(try await house.byMerchant(#"{"disabled": false}"#).status == 200)
            #expect(try await house.signIn() == 201)
            #expect(try await house.byMerchant(#"{"disabled": true}"#).status == 200)
            #expect(try await house.byPlatform(#"{"disabled": false}"#)["disabled"] == .bool(false))
            #expect(try await house.signIn() == 201)
            #expect(try await house.byMerchant(#"{"disabled": true}"#).status == 200)
            #expect(try await house.byPlatform(#"{"disabled": true}"#)["disabled_by"].text == "admin")
            #expect(try await house.byMerchant(#"{"disabled": false}"#).code == "disabled_by_platform")
            let actions: [String] = try await house.platform.pool.rows(
                """
                SELECT action
                FROM audit_events
                WHERE subject = \("account:\(house.partnerID)") AND action IN ('account.disabled', 'account.enabled')
                ORDER BY id
                """
            ) { try $0["action"] }
            let (off, on) = ("account.disabled", "account.enabled")
            #expect(actions == [off, on, off, on, off, off])
        }
    }

    @Test("No merchant can give back a permission that the platform's blacklisting took")
    func blacklisting() async throws {
        try await House.with { house in
            #expect(try await house.byPlatform(#"{"permission": 1}"#).status == 200)
            let token = try await house.platform.signIn("partner", at: .cinema)["token"].text
            let group = try await house.platform.groupID("cinema owner")
            for change in [#"{"disabled": false}"#, #"{"user_group_ids": [\#(group)], "cinema_ids": []}"#] {
                #expect(try await house.byMerchant(change)["permission"].number == 1)
            }
            let unknown = try await house.byMerchant(#"{"permission": 15}"#)
            #expect(unknown.status == 422, "\(unknown.body)")
            let making = try await house.platform.cinema.ask(
                .post, "/v1/members", token: token,
                json: #"{"username": "another", "password": "\#(Platform.password)", "user_group_ids": []}"#)
            #expect(making.status == 403 && making.code == "account_restricted", "\(making.body)")
        }
    }

    @Test("An account that was disabled by hand in the database counts as disabled by the platform")
    func byHand() async throws {
        try await House.with { house in
            try await house.platform.pool.execute("UPDATE accounts SET disabled_at = clock_timestamp() WHERE id = \(house.partnerID)")
            #expect(try await house.byMerchant(#"{"disabled": false}"#).code == "disabled_by_platform")
            #expect(try await house.byPlatform(#"{"disabled": false}"#).status == 200)
            await #expect(throws: PostgresError.self) {
                try await house.platform.pool.execute("UPDATE accounts SET disabled_by = 'admin' WHERE id = \(house.partnerID)")
            }
        }
    }
}
