import AsyncHTTPClient
import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import NIOCore
import NIOHTTP1
import Shared
import TestSupport

/// The services, and a provider that people can sign in with: other people's program, under two names, as two providers.
struct ProviderWorld: Sendable {
    let platform: Platform
    let port: Int
    let http: HTTPClient

    /// What a browser has after a visit to the provider.
    struct Back: Sendable {
        let provider: String
        let state: String
        let code: String
        let browserSecret: String
    }

    var issuer: String { "http://127.0.0.1:\(port)" }

    static func with(_ test: @Sendable (ProviderWorld) async throws -> Void) async throws {
        try await Oracle.serving("oidc_provider.py", in: .identity) { port in
            var configuration = HTTPClient.Configuration.patient
            configuration.redirectConfiguration = .disallow
            let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            do {
                try await Platform.with(environment(port: port)) { platform in
                    try await test(ProviderWorld(platform: platform, port: port, http: http))
                }
            } catch {
                try await http.shutdown()
                throw error
            }
            try await http.shutdown()
        }
    }

    static func environment(port: Int) -> [String: String] {
        var environment = ["IDENTITY_PROVIDERS": "mock, other"]
        for (name, host) in [("mock", "127.0.0.1"), ("other", "localhost")] {
            let prefix = "IDENTITY_PROVIDER_\(name.uppercased())_"
            environment[prefix + "ISSUER"] = "http://\(host):\(port)"
            environment[prefix + "CLIENT_ID"] = "piao"
            environment[prefix + "CLIENT_SECRET"] = "a secret: 100% & more"
            environment[prefix + "REDIRECT_URI"] = "https://app.example/\(name)"
        }
        return environment
    }

    /// Makes the provider misbehave from now on.
    func turn(_ knobs: String) async throws {
        try await send(.POST, "\(issuer)/test/knobs", knobs, type: "application/json")
    }

    /// What the provider says of somebody.
    func describe(_ subject: String, _ claims: String) async throws {
        try await send(.PUT, "\(issuer)/users/\(subject)", claims, type: "application/json")
    }

    /// Goes to the provider, signs in there, and comes back.
    func visit(as subject: String, at provider: String = "mock") async throws -> Back {
        let begun = try await platform.client.ask(.post, "/v1/third-party-logins", json: #"{"provider": "\#(provider)"}"#)
        let answer = try await send(
            .POST, begun["authorization_url"].text, "sub=\(subject)", type: "application/x-www-form-urlencoded")
        let items = URLComponents(string: answer.headers.first(name: "Location") ?? "")?.queryItems ?? []
        func item(_ name: String) -> String { items.first { $0.name == name }?.value ?? "" }
        return Back(provider: provider, state: item("state"), code: item("code"), browserSecret: begun["browser_secret"].text)
    }

    /// Hands in what the browser brought back.
    func finish(
        _ back: Back, provider: String? = nil, state: String? = nil, code: String? = nil, issuer: String? = nil
    ) async throws -> Asked {
        try await platform.client.ask(
            .post, "/v1/sessions/by-third-party",
            json: "{\(Self.members(back, provider: provider, state: state, code: code, issuer: issuer))}")
    }

    func signIn(as subject: String, at provider: String = "mock") async throws -> Asked {
        try await finish(try await visit(as: subject, at: provider))
    }

    func link(_ back: Back, _ token: String, password: String? = nil) async throws -> Asked {
        let more = password.map { #", "password": "\#($0)""# } ?? ""
        return try await platform.client.ask(
            .post, "/v1/me/identities", token: token, json: "{\(Self.members(back))\(more)}")
    }

    /// Why the last sign-in was refused, as the audit trail has it.
    func lastRefusal() async throws -> String? {
        try await platform.pool.row(
            "SELECT details ->> 'reason' AS reason FROM audit_events WHERE action = 'session.refused' ORDER BY id DESC LIMIT 1"
        ) { try $0["reason"] }
    }

    private static func members(
        _ back: Back, provider: String? = nil, state: String? = nil, code: String? = nil, issuer: String? = nil
    ) -> String {
        let named = issuer.map { #", "iss": "\#($0)""# } ?? ""
        return """
            "provider": "\(provider ?? back.provider)", "state": "\(state ?? back.state)", "code": "\(code ?? back.code)", \
            "browser_secret": "\(back.browserSecret)"\(named)
            """
    }

    @discardableResult
    private func send(_ method: HTTPMethod, _ url: String, _ body: String, type: String) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers.add(name: "Content-Type", value: type)
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await http.execute(request, timeout: .patient)
        _ = try await response.body.collect(upTo: 1 << 20)
        return response
    }
}
