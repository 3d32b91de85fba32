import Database
import HTTP
import HTTPTypes
import HummingbirdTesting
import Testing
import Text

@testable import Shared

@Suite("Verified phone numbers and e-mail addresses")
struct ContactTests {
    /// What is proved, in two spellings of one.
    struct Contact: Sendable, CustomTestStringConvertible {
        let field: String
        let text: String
        let other: String

        var json: String { #""\#(field)": "\#(text)""# }
        var testDescription: String { field }

        static let all = [
            Contact(field: "phone", text: "+8613800138000", other: "138 0013 8000"),
            Contact(field: "email", text: "anna@example.com", other: "Anna@Example.com"),
        ]
    }

    private static let password = Platform.password

    private static func with(_ test: @Sendable (Platform) async throws -> Void) async throws {
        try await Platform.with(Platform.sendingCodes.merging(["IDENTITY_CODE_PAUSE_SECONDS": "0"]) { $1 }, test)
    }

    private func signUp(_ name: String, _ contact: Contact? = nil, password: String = password, at platform: Platform) async throws -> Asked
    {
        let more = contact.map { ", " + $0.json } ?? ""
        let answer = try await platform.client.ask(
            .post, "/v1/accounts", json: #"{"username": "\#(name)", "password": "\#(password)"\#(more)}"#)
        #expect(answer.status == 201, "\(answer.body)")
        return answer
    }

    private func askForCode(_ contact: Contact, token: String, at platform: Platform) async throws -> String {
        let asked = try await platform.client.ask(.post, "/v1/me/one-time-codes", token: token, json: "{\(contact.json)}")
        return try await platform.proof(asked)
    }

    private func prove(_ contact: Contact, by proof: String, token: String, at platform: Platform) async throws -> Asked {
        try await platform.client.ask(
            .patch, "/v1/me", token: token, json: #"{"\#(contact.field)": "\#(contact.other)", "password": "\#(Self.password)", \#(proof)}"#
        )
    }

    @Test("An unverified phone number or address opens no account by code; the password does", arguments: Contact.all)
    func unverified(contact: Contact) async throws {
        try await Self.with { platform in
            let signedUp = try await signUp("mallory", contact, at: platform)
            #expect(signedUp["account"]["\(contact.field)_verified"] == .bool(false))
            for purpose in ["sign_in", "reset_password"] {
                let asked = try await platform.client.ask(
                    .post, "/v1/one-time-codes", json: #"{"purpose": "\#(purpose)", \#(contact.json)}"#)
                let proof = try await platform.proof(asked)
                #expect(proof.hasSuffix(#""nobody""#))
            }
            let login = try await platform.client.ask(
                .post, "/v1/sessions", json: #"{"login": "\#(contact.other)", "password": "\#(Self.password)"}"#)
            #expect(login.status == 201)
        }
    }

    @Test("A contact is verified by the password and a code that was sent there, and codes sign in from then on", arguments: Contact.all)
    func verifying(contact: Contact) async throws {
        try await Self.with { platform in
            let token = try await signUp("anna", contact, at: platform)["token"].text
            let proof = try await askForCode(contact, token: token, at: platform)
            let withoutPassword = try await platform.client.ask(.patch, "/v1/me", token: token, json: "{\(contact.json), \(proof)}")
            #expect(withoutPassword.status == 422 && withoutPassword.code == "password_missing")
            let wrong = try await prove(contact, by: #""request_id": "request_none", "code": "123456""#, token: token, at: platform)
            #expect(wrong.status == 422 && wrong.code == "code_wrong")
            let untouched = try await platform.client.ask(.patch, "/v1/me", token: token, json: "{\(contact.json)}")
            #expect(untouched.status == 200 && untouched["\(contact.field)_verified"] == .bool(false))

            let verified = try await prove(contact, by: proof, token: token, at: platform)
            #expect(verified.status == 200, "\(verified.body)")
            #expect(verified[contact.field].text == contact.text && verified["\(contact.field)_verified"] == .bool(true))
            #expect(try await prove(contact, by: proof, token: token, at: platform).status == 200, "what is verified needs no proof")
            let asked = try await platform.client.ask(.post, "/v1/one-time-codes", json: #"{"purpose": "sign_in", \#(contact.json)}"#)
            let json = "{\(contact.json), \(try await platform.proof(asked))}"
            #expect(try await platform.client.ask(.post, "/v1/sessions/by-code", json: json).status == 201)

            let cleared = try await platform.client.ask(
                .patch, "/v1/me", token: token, json: #"{"\#(contact.field)": null, "password": "\#(Self.password)"}"#)
            #expect(cleared[contact.field] == .null && cleared["\(contact.field)_verified"] == .bool(false))
        }
    }

    @Test("A proved contact is taken from an account that never proved it; nobody takes it from the new one", arguments: Contact.all)
    func takeover(contact: Contact) async throws {
        try await Self.with { platform in
            let mallory = try await signUp("mallory", contact, password: "mallory's very own", at: platform)
            let token = try await signUp("anna", at: platform)["token"].text
            // Asked for while nobody had proved it, and worth nothing once somebody has.
            let tooLate = try await askForCode(contact, token: mallory["token"].text, at: platform)
            let proof = try await askForCode(contact, token: token, at: platform)
            let proved = try await prove(contact, by: proof, token: token, at: platform)
            #expect(proved.status == 200 && proved["\(contact.field)_verified"] == .bool(true), "\(proved.body)")

            let robbed = try await platform.client.ask(.get, "/v1/me", token: mallory["token"].text)
            #expect(robbed.status == 200 && robbed[contact.field] == .null)
            func login(_ password: String) async throws -> Asked {
                try await platform.client.ask(.post, "/v1/sessions", json: #"{"login": "\#(contact.text)", "password": "\#(password)"}"#)
            }
            #expect(try await login("mallory's very own").status == 401)
            #expect(try await login(Self.password)["account"]["username"].text == "anna")
            let audited: [String] = try await platform.pool.rows(
                """
                SELECT action || ' ' || (details->>'field') AS entry
                FROM audit_events
                WHERE subject = \("account:\(mallory["account"]["id"].number)")
                AND actor_account_id = \(proved["id"].number)
                """
            ) { try $0["entry"] }
            #expect(audited == ["account.contact_taken_over \(contact.field)"])

            let late = try await platform.client.ask(
                .patch, "/v1/me", token: mallory["token"].text,
                json: #"{\#(contact.json), "password": "mallory's very own", \#(tooLate)}"#)
            #expect(late.status == 409 && late.code == "\(contact.field)_taken")
            let bella = try await platform.client.ask(
                .post, "/v1/accounts", json: #"{"username": "bella", "password": "\#(Self.password)", \#(contact.json)}"#)
            #expect(bella.status == 409 && bella.code == "\(contact.field)_taken")
        }
    }

    @Test("A contact is taken over within its realm only")
    func realms() async throws {
        try await Self.with { platform in
            let contact = Contact.all[1]
            let token = try await signUp("anna", contact, at: platform)["token"].text
            let merchant = try await platform.merchant("wanda").token
            let asked = try await platform.cinema.ask(.post, "/v1/me/one-time-codes", token: merchant, json: "{\(contact.json)}")
            let proved = try await platform.cinema.ask(
                .patch, "/v1/me", token: merchant,
                json: #"{\#(contact.json), "password": "\#(Self.password)", \#(try await platform.proof(asked))}"#)
            #expect(proved.status == 200, "\(proved.body)")
            #expect(try await platform.client.ask(.get, "/v1/me", token: token)["email"].text == contact.text)
        }
    }

    @Test("Of eight that prove one contact at once, one has it, and who held it unverified has not", arguments: Contact.all)
    func race(contact: Contact) async throws {
        try await Self.with { platform in
            // Among the others by its number, so that locks are asked for from both sides.
            var people: [(token: String, proof: String)] = []
            for number in 0..<8 {
                let token = try await signUp("person\(number)", at: platform)["token"].text
                people.append((token, try await askForCode(contact, token: token, at: platform)))
                if number == 3 { _ = try await signUp("holder", contact, at: platform) }
            }
            let contenders = people
            let answers = try await Platform.atOnce(contenders.count) { number in
                try await prove(contact, by: contenders[number].proof, token: contenders[number].token, at: platform)
            }
            #expect(answers.count { $0.status == 200 } == 1)
            #expect(answers.count { $0.status == 409 && $0.code == "\(contact.field)_taken" } == 7, "\(answers.map(\.body))")
            let holders: [String] = try await platform.pool.rows(
                "SELECT username FROM accounts WHERE phone = \(contact.text) OR email = \(contact.text)"
            ) { try $0["username"] }
            #expect(holders.count == 1 && holders != ["holder"])
        }
    }
}
