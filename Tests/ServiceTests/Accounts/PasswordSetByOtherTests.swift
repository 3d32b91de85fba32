import Callers
import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import TestSupport
import Testing

@Suite("Passwords that somebody else has set")
struct PasswordSetByOtherTests {
    private static let (given, own) = ("what the owner made up", "of the clerk's own")

    private func member(_ platform: Platform) async throws -> Int64 {
        let owner = try await platform.merchant("wanda").token
        let made = try await platform.cinema.ask(
            .post, "/v1/members", token: owner,
            json: #"{"username": "clerk", "password": "\#(Self.given)", "user_group_ids": [\#(try await platform.groupID("usher"))]}"#)
        #expect(made.status == 201, "\(made.body)")
        return made["id"].number
    }

    private func signIn(_ platform: Platform, _ password: String, new: String? = nil) async throws -> Asked {
        try await platform.signIn("clerk", password: password, at: .cinema, new.map { #", "new_password": "\#($0)""# } ?? "")
    }

    @Test("A new member's first sign-in asks for a password of its own, which the same call sets")
    func firstSignIn() async throws {
        try await Platform.with { platform in
            _ = try await member(platform)
            for _ in 0..<2 {
                let refused = try await signIn(platform, Self.given)
                #expect(refused.status == 401 && refused.code == "new_password_required", "\(refused.body)")
            }
            // Nobody hears of it without the password.
            #expect(try await signIn(platform, "not this one").code == "credentials_wrong")
            let same = try await signIn(platform, Self.given, new: Self.given)
            #expect(same.status == 422 && same.code == "password_unchanged" && same.pointers == ["/new_password"], "\(same.body)")
            let short = try await signIn(platform, Self.given, new: "short")
            #expect(short.status == 422 && short.pointers == ["/new_password"], "\(short.body)")
            #expect(try await signIn(platform, Self.given, new: Self.own).status == 201)
            #expect(try await signIn(platform, Self.given).code == "credentials_wrong")
            #expect(try await signIn(platform, Self.own).status == 201)
        }
    }

    @Test("Of many first sign-ins at once one sets its password")
    func race() async throws {
        try await Platform.with { platform in
            _ = try await member(platform)
            let answers = try await Platform.atOnce(5) { number in
                (number, try await signIn(platform, Self.given, new: "\(Self.own) \(number)").status)
            }
            let winners = answers.filter { $0.1 == 201 }
            #expect(winners.count == 1 && answers.allSatisfy { [201, 401].contains($0.1) }, "\(answers)")
            let winner = try #require(winners.first?.0)
            try await platform.pool.execute("DELETE FROM sign_in_counts")
            #expect(try await signIn(platform, "\(Self.own) \(winner)").status == 201)
        }
    }

    @Test("However it is hashed, it stays somebody else's until its owner sets another, which a code does, too")
    func stays() async throws {
        try await Platform.withSecrets { platform in
            let id = try await member(platform)
            // As it would be after a change of the cost.
            let hash = try await PasswordHasher(function: .cheapFormer).hash(Password(new: Self.given)).text
            try await platform.pool.execute("UPDATE accounts SET password_hash = \(hash) WHERE id = \(id)")
            #expect(try await signIn(platform, Self.given).code == "new_password_required")
            try await platform.pool.execute("UPDATE accounts SET phone = '+8613800138002' WHERE id = \(id)")
            try await platform.verifyContacts(of: "clerk")
            let asked = try await platform.cinema.ask(
                .post, "/v1/one-time-codes", json: #"{"purpose": "reset_password", "phone": "13800138002"}"#)
            let reset = try await platform.cinema.ask(
                .post, "/v1/password-resets",
                json: #"{"phone": "13800138002", \#(try await platform.proof(asked)), "new_password": "\#(Self.own)"}"#)
            #expect(reset.status == 204, "\(reset.body)")
            #expect(try await signIn(platform, Self.own).status == 201)
        }
    }

    @Test("Owners of accounts that they made themselves, and of accounts made by the command, sign in as usual")
    func ownOnes() async throws {
        try await Platform.with { platform in
            _ = try await platform.merchant("wanda")
            _ = try await platform.moviegoer("anna")
            for (login, realm) in [("wanda", Realm.cinema), ("anna", .client), ("root", .admin)] {
                #expect(try await platform.signIn(login, at: realm).status == 201)
            }
        }
    }
}
