import API
import Callers
import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import TestSupport
import Testing

@Suite("Staff that must have a second factor")
struct StaffSecondFactorTests {
    private static let reachable: Set<String> = [
        "GET /v1/me", "PATCH /v1/me", "GET /v1/me/totp", "POST /v1/me/totp", "POST /v1/me/totp/confirmation", "DELETE /v1/me/totp",
        "DELETE /v1/sessions/current",
    ]

    private static func with(_ test: @Sendable (Platform) async throws -> Void) async throws {
        try await Platform.with(Platform.sendingCodes.merging(["IDENTITY_STAFF_SECOND_FACTOR": "required"]) { $1 }, test)
    }

    private func endpoints(of realm: Realm) throws -> [Endpoint] {
        let more = Platform.sendingCodes.merging(["IDENTITY_STAFF_SECOND_FACTOR": "required"]) { $1 }
        return try Platform.endpoints(realm, try Platform.settings(databaseURL: "postgresql://127.0.0.1:9/none", more)).endpoints
    }

    private func call(_ endpoint: Endpoint, at service: any TestClientProtocol, token: String) async throws -> Asked {
        let path = endpoint.path.text.replacing(/\{[a-z_:]+\}/, with: "1")
        let hasBody = [Method.post, .put, .patch].contains(endpoint.method)
        let method = try #require(HTTPRequest.Method(rawValue: endpoint.method.rawValue))
        return try await service.ask(method, path, token: token, json: hasBody ? "not even JSON" : nil)
    }

    @Test("Staff without one reaches its own account, its second factor and signing out; every other endpoint answers 403 and says why")
    func restricted() async throws {
        try await Self.with { platform in
            let merchant = try await platform.cinema.ask(
                .post, "/v1/accounts",
                json: #"{"username": "wanda", "password": "\#(Platform.password)", "phone": "13900139000", "merchant_name": "Wanda"}"#)
            #expect(merchant.status == 201)
            let tokens = [Realm.cinema: merchant["token"].text, .admin: platform.administrator]
            for (realm, token) in tokens {
                var reached: Set<String> = []
                for endpoint in try endpoints(of: realm)
                where endpoint.access != .open && endpoint.operation != "DELETE /v1/sessions/current" {
                    let answer = try await call(endpoint, at: platform.service(of: realm), token: token)
                    if answer.code == "second_factor_required" {
                        #expect(answer.status == 403)
                        #expect(endpoint.refusals.contains { $0.code == "second_factor_required" }, "\(endpoint.operation)")
                    } else {
                        #expect(answer.status != 401, "\(realm) \(endpoint.operation)")
                        #expect(!endpoint.refusals.contains { $0.code == "second_factor_required" }, "\(endpoint.operation)")
                        reached.insert(endpoint.operation)
                    }
                }
                #expect(reached.union(["DELETE /v1/sessions/current"]) == Self.reachable)
                #expect(try await platform.service(of: realm).ask(.delete, "/v1/sessions/current", token: token).status == 204)
            }
        }
    }

    @Test("Staff that sets up a second factor goes on in the same session, and signs in with it from then on")
    func settingUp() async throws {
        try await Self.with { platform in
            let token = platform.administrator
            let second = try await platform.signIn("root", at: .admin)["token"].text
            #expect(try await platform.admin.ask(.get, "/v1/accounts", token: token).code == "second_factor_required")
            let setup = try await platform.turnSecondFactorOn(token, at: .admin)
            #expect(try await platform.admin.ask(.get, "/v1/accounts", token: token).status == 200)
            let movie = try await platform.admin.ask(.post, "/v1/companies", token: token, json: #"{"name": "Bona"}"#)
            #expect(movie.status == 201, "\(movie.body)")
            // The other session was begun by the password alone.
            #expect(try await platform.admin.ask(.get, "/v1/me", token: second).status == 401)
            #expect(try await platform.signIn("root", at: .admin).code == "totp_required")
            let signedIn = try await platform.signIn("root", at: .admin, #", "totp": "\#(setup.recoveryCodes[0])""#)
            #expect(signedIn.status == 201)
            #expect(try await platform.admin.ask(.get, "/v1/accounts", token: signedIn["token"].text).status == 200)
            // Turning it off takes the reach away again.
            let end = #"{"password": "\#(Platform.password)", "code": "\#(setup.recoveryCodes[1])"}"#
            #expect(try await platform.admin.ask(.delete, "/v1/me/totp", token: token, json: end).status == 204)
            #expect(try await platform.admin.ask(.get, "/v1/accounts", token: token).code == "second_factor_required")
            #expect(try await platform.admin.ask(.get, "/v1/me", token: signedIn["token"].text).status == 401)
        }
    }

    @Test("Moviegoers need none, and where it is optional nobody does")
    func others() async throws {
        try await Self.with { platform in
            let token = try await platform.moviegoer("anna")
            #expect(try await platform.client.ask(.get, "/v1/orders", token: token).status == 200)
        }
        try await Platform.withSecrets { platform in
            #expect(try await platform.admin.ask(.get, "/v1/accounts", token: platform.administrator).status == 200)
            let endpoints = try Platform.endpoints(.client, try Platform.settings(databaseURL: "postgresql://127.0.0.1:9/none")).endpoints
            #expect(endpoints.allSatisfy { !$0.refusals.contains { $0.code == "second_factor_required" } })
        }
    }
}

@Suite("Second factors and other sessions")
struct SecondFactorSessionTests {
    @Test("Turning a second factor on or off ends all sessions but the one in which it is done")
    func others() async throws {
        try await Platform.withSecrets { platform in
            let token = try await platform.anna()
            func count(_ token: String) async throws -> Bool { try await platform.client.ask(.get, "/v1/me", token: token).status == 200 }
            let before = try await platform.signIn("anna")["token"].text
            let setup = try await platform.turnSecondFactorOn(token, at: .client)
            #expect(try await !count(before))
            #expect(try await count(token))
            let between = try await platform.signIn("anna", #", "totp": "\#(setup.recoveryCodes[0])""#)["token"].text
            #expect(try await count(between))
            let wrong = #"{"password": "\#(Platform.password)", "code": "x"}"#
            #expect(try await platform.client.ask(.delete, "/v1/me/totp", token: token, json: wrong).status == 422)
            #expect(try await count(between))
            let end = #"{"password": "\#(Platform.password)", "code": "\#(setup.recoveryCodes[1])"}"#
            #expect(try await platform.client.ask(.delete, "/v1/me/totp", token: token, json: end).status == 204)
            #expect(try await !count(between))
            #expect(try await count(token))
        }
    }
}
