import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import Testing

/// Made from the endpoint tables: a new endpoint is in it without anybody adding it.
@Suite("Who may call what")
struct AccessTests {
    @Test("Without a token, with a broken one and with another realm's, every endpoint that isn't open answers 401")
    func unauthenticated() async throws {
        try await Platform.with { platform in
            let tokens = [
                Realm.client: try await platform.moviegoer("anna"), .cinema: try await platform.merchant("wanda").token,
                .admin: platform.administrator,
            ]
            for realm in Realm.allCases {
                for endpoint in try endpoints(of: realm) where !endpoint.isOpen {
                    for token in [nil, "nonsense", "client_x"] + Realm.allCases.filter({ $0 != realm }).map({ tokens[$0] }) {
                        let answer = try await call(endpoint, at: platform.service(of: realm), token: token)
                        #expect(answer.status == 401, "\(realm) \(endpoint.method) \(endpoint.path)")
                        #expect(answer.code == "unauthenticated")
                    }
                }
            }
        }
    }

    @Test("What is open stays open to readers without a token, with a broken one and with an administrator's")
    func open() async throws {
        try await Platform.with { platform in
            for realm in Realm.allCases {
                let open = try endpoints(of: realm).filter { $0.isOpen && $0.isPlainReading }
                #expect(!open.isEmpty)
                for endpoint in open {
                    for token in [nil, "nonsense", "client_x", platform.administrator] {
                        let answer = try await call(endpoint, at: platform.service(of: realm), token: token)
                        #expect(answer.status != 401 && answer.status != 403, "\(realm) \(endpoint.path) \(token ?? "-"): \(answer.body)")
                    }
                }
            }
        }
    }

    @Test("With no permission at all, every endpoint that needs one answers 403, whatever its body")
    func unpermitted() async throws {
        try await Platform.with { platform in
            _ = try await platform.moviegoer("anna")
            _ = try await platform.merchant("wanda")
            try await platform.pool.execute("UPDATE accounts SET permission = 0")
            // Signed in anew: what was true of another token a moment ago may be remembered for a second.
            var tokens: [Realm: String] = [:]
            for (realm, login) in [(Realm.client, "anna"), (.cinema, "wanda"), (.admin, "root")] {
                tokens[realm] = try await platform.service(of: realm).ask(
                    .post, "/v1/sessions", json: #"{"login": "\#(login)", "password": "\#(Platform.password)"}"#)["token"].text
            }
            for realm in Realm.allCases {
                for endpoint in try endpoints(of: realm) where endpoint.needsPermission {
                    let answer = try await call(endpoint, at: platform.service(of: realm), token: tokens[realm])
                    #expect(answer.status == 403, "\(realm) \(endpoint.method) \(endpoint.path)")
                    #expect(answer.code == "account_restricted")
                }
            }
        }
    }

    @Test("A known path with another method answers 405 and says what is allowed; an unknown path 404")
    func methods() async throws {
        try await Platform.with { platform in
            let wrong = try await platform.client.ask(.put, "/v1/orders", json: "{}")
            #expect(wrong.status == 405)
            #expect(wrong.headers[.allow]?.contains("POST") == true)
            #expect(try await platform.client.ask(.get, "/v1/nothing").status == 404)
        }
    }

    private func endpoints(of realm: Realm) throws -> [Endpoint] {
        try Platform.endpoints(realm, try Platform.settings(databaseURL: "postgresql://127.0.0.1:9/none")).endpoints
    }

    private func call(_ endpoint: Endpoint, at service: any TestClientProtocol, token: String?) async throws -> Asked {
        let path = endpoint.path.text.replacing(/\{[a-z_:]+\}/, with: "1")
        let hasBody = [Method.post, .put, .patch].contains(endpoint.method)
        let method = try #require(HTTPRequest.Method(rawValue: endpoint.method.rawValue))
        return try await service.ask(method, path, token: token, json: hasBody ? "not even JSON" : nil)
    }
}

extension Platform {
    func service(of realm: Realm) -> any TestClientProtocol {
        switch realm {
        case .client: client
        case .cinema: cinema
        case .admin: admin
        }
    }
}

extension Endpoint {
    var isOpen: Bool { if case .open = access { true } else { false } }
    /// GET without anything in the path to fill in.
    var isPlainReading: Bool { method == .get && !path.text.contains("{") }
    var needsPermission: Bool { if case .permission = access { true } else { false } }
}
