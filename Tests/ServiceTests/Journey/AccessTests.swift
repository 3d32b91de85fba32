import Callers
import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import Testing
import Text

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

    @Test("Open endpoints answer readers without a token, with a broken one and with an administrator's")
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

    @Test("With the right permission and no other the door opens, with all others but this one it answers 403")
    func permissions() async throws {
        try await Platform.with { platform in
            let merchant = try await platform.merchant("wanda")
            for realm in Realm.allCases {
                let merchantID = realm == .cinema ? merchant.id : nil
                let endpoints = try endpoints(of: realm).filter(\.needsPermission)
                let resources = Set(endpoints.compactMap { $0.needed?.resource.rawValue })
                for (resource, action) in Set(endpoints.compactMap(\.needed)).map({ ($0.resource.rawValue, $0.bits.rawValue) }) {
                    let right = try await platform.holder(realm, of: merchantID, grants: [resource: action])
                    var others = Dictionary(uniqueKeysWithValues: resources.map { ($0, 15) })
                    others[resource] = 15 - action
                    let wrong = try await platform.holder(realm, of: merchantID, grants: others)
                    for endpoint in endpoints
                    where endpoint.needed?.resource.rawValue == resource && endpoint.needed?.bits.rawValue == action {
                        let passed = try await call(endpoint, at: platform.service(of: realm), token: right.token)
                        #expect(
                            passed.status != 401 && passed.code != "account_restricted", "\(realm) \(endpoint.operation): \(passed.body)")
                        let refused = try await call(endpoint, at: platform.service(of: realm), token: wrong.token)
                        #expect(
                            refused.status == 403 && refused.code == "account_restricted", "\(realm) \(endpoint.operation): \(refused.body)"
                        )
                        // Which permission is missing.
                        #expect(refused["resource"].text == resource && refused["action"].text == Permission(rawValue: action).words.first)
                    }
                }
            }
        }
    }

    @Test("Everybody reads in one form who it is and what it may do, and the text of a refusal names what it lacks in its language")
    func ownPermissions() async throws {
        try await Platform.with { platform in
            let merchant = try await platform.merchant("wanda")
            var fields: [Realm: Set<String>] = [:]
            for realm in Realm.allCases {
                let service = platform.service(of: realm)
                let isCinema = realm == .cinema
                let holder = try await platform.holder(
                    realm, of: isCinema ? merchant.id : nil, grants: ["orders": 7, "tickets": 1, "movies": 8], mask: 5)
                let me = try await service.ask(.get, "/v1/me", token: holder.token)
                #expect(me.status == 200, "\(me.body)")
                #expect(me["id"].number == holder.accountID && me["realm"].text == realm.rawValue && me["permission"].number == 5)
                #expect(isCinema ? me["merchant"]["id"].number == merchant.id : me["merchant"] == .null)
                let allowed = Dictionary(
                    uniqueKeysWithValues: me["permissions"].items.map { ($0["resource"].text, $0["actions"].items.map(\.text)) })
                #expect(allowed == ["orders": ["read", "modify"], "tickets": ["read"]])
                if case .object(let members) = me.json { fields[realm] = Set(members.map(\.name)) }
                // A change of what it may do changes the tag, though its account is the same.
                let tag = try #require(me.headers[.eTag])
                let unchanged = try await service.ask(.get, "/v1/me", token: holder.token, ifNoneMatch: tag)
                #expect(unchanged.status == 304)
                let everything = try await platform.holder(realm, of: isCinema ? merchant.id : nil, grants: ["*": 15])
                let all = try await service.ask(.get, "/v1/me", token: everything.token)["permissions"].items
                #expect(all.count > 15 && all.allSatisfy { $0["actions"].items.count == 4 })
                let nothing = try await platform.holder(realm, of: isCinema ? merchant.id : nil, grants: ["*": 15], mask: 0)
                #expect(try await service.ask(.get, "/v1/me", token: nothing.token)["permissions"].items.isEmpty)
            }
            let ofMerchant: Set<String> = ["merchant", "merchant_id"]
            #expect(fields[.client] == fields[.admin] && fields[.cinema]?.subtracting(ofMerchant) == fields[.client])

            let reader = try await platform.holder(.admin, of: nil, grants: ["companies": 1])
            for (language, part) in [("en", #"lacks "add" on "companies""#), ("zh-CN", "没有“影业公司”的“新增”权限")] {
                let refused = try await platform.admin.ask(
                    .post, "/v1/companies", token: reader.token, json: "{}", headers: [.acceptLanguage: language])
                #expect(refused.status == 403 && refused["detail"].text.contains(part), "\(refused.body)")
            }
        }
    }

    @Test(
        "Somebody who is banned reads at most, though every group would let it; who is shut out, signed out, too late or idle for too long is nobody"
    )
    func banned() async throws {
        try await Platform.with { platform in
            let merchant = try await platform.merchant("wanda")
            for realm in Realm.allCases {
                let merchantID = realm == .cinema ? merchant.id : nil
                func holder(_ mask: Int) async throws -> Platform.Holder {
                    try await platform.holder(realm, of: merchantID, grants: ["*": 15], mask: mask)
                }
                let (none, reader, nobody) = (
                    try await holder(0), try await holder(1),
                    [try await holder(15), try await holder(15), try await holder(15), try await holder(15)]
                )
                try await platform.pool.execute(
                    "UPDATE sessions SET revoked_at = clock_timestamp() WHERE account_id = \(nobody[0].accountID)")
                try await platform.pool.execute(
                    """
                    UPDATE sessions SET created_at = now() - INTERVAL '2 hours', expires_at = now() - INTERVAL '1 hour'
                    WHERE account_id = \(nobody[1].accountID)
                    """)
                try await platform.pool.execute("UPDATE accounts SET disabled_at = now() WHERE id = \(nobody[2].accountID)")
                try await platform.pool.execute("UPDATE sessions SET idle_expires_at = now() WHERE account_id = \(nobody[3].accountID)")
                for endpoint in try endpoints(of: realm) where !endpoint.isOpen {
                    for holder in nobody {
                        let answer = try await call(endpoint, at: platform.service(of: realm), token: holder.token)
                        #expect(answer.status == 401, "\(realm) \(endpoint.operation)")
                    }
                    guard let needed = endpoint.needed else { continue }
                    let refused = try await call(endpoint, at: platform.service(of: realm), token: none.token)
                    #expect(refused.code == "account_restricted", "\(realm) \(endpoint.operation)")
                    let read = try await call(endpoint, at: platform.service(of: realm), token: reader.token)
                    #expect((read.code == "account_restricted") == (needed.bits != .read), "\(realm) \(endpoint.operation): \(read.body)")
                }
            }
        }
    }

    @Test("Things of other merchants, and of cinemas outside of the caller's scope, are not found: every path with a number answers 404")
    func others() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let buyer = try await platform.moviegoer("anna")
            let (orderID, tickets) = try await platform.paidOrder(buyer, stage, labels: ["A1"])
            let right = try await platform.cinema.ask(.get, "/v1/screening-rights", token: stage.merchant.token)["items"].items
            let clerk = try await platform.holder(.cinema, of: stage.merchant.id, grants: ["orders": 1], cinemaIDs: [stage.cinemaID])
            let ids = [
                "cinemas": "\(stage.cinemaID)", "halls": "\(stage.hallID)", "showtimes": "\(stage.showtimeID)", "orders": orderID,
                "tickets": "\(try #require(tickets.first)["id"].number)", "members": "\(clerk.accountID)",
                "screening-rights": "\(try #require(right.first)["id"].number)",
            ]
            let elsewhere = try await platform.hall(stage.merchant).cinemaID
            let stranger = try await platform.merchant("bona").token
            let limited = try await platform.holder(.cinema, of: stage.merchant.id, grants: ["*": 15], cinemaIDs: [elsewhere]).token
            for endpoint in try endpoints(of: .cinema) where endpoint.path.text.contains("{") && endpoint.needsPermission {
                // What every merchant may read belongs to none.
                guard !["/v1/movies/", "/v1/people/", "/v1/cities/"].contains(where: endpoint.path.text.hasPrefix) else { continue }
                let kind = try #require(endpoint.path.text.split(separator: "/").dropFirst().first.map(String.init))
                let id = try #require(ids[kind], "There is nothing here to try \(endpoint.operation) with.")
                let path = endpoint.path.text.replacing(/\{[a-z_:]+\}/, with: id)
                for token in kind == "screening-rights" ? [stranger] : [stranger, limited] {
                    let answer = try await filled(endpoint, path, at: platform.cinema, token: token)
                    #expect(
                        answer.status == 404,
                        "\(endpoint.operation) \(token == limited ? "limited" : "stranger"): \(answer.status) \(answer.body)")
                }
                guard endpoint.method == .get, path.hasSuffix("/cancellation") == false else { continue }
                #expect(
                    try await filled(endpoint, path, at: platform.cinema, token: stage.merchant.token).status == 200,
                    "\(endpoint.operation)")
            }
            for path in [
                "/v1/showtimes", "/v1/orders", "/v1/tickets?showtime_id=\(stage.showtimeID)", "/v1/showtimes?cinema_id=\(stage.cinemaID)",
            ] {
                for token in [stranger, limited] {
                    let listed = try await platform.cinema.ask(.get, path, token: token)
                    #expect(listed.status == 200 && listed["items"].items.isEmpty, "\(path): \(listed.body)")
                }
            }
            let cinemas = try await platform.cinema.ask(.get, "/v1/cinemas", token: limited)["items"].items.map { $0["id"].number }
            #expect(cinemas == [elsewhere])
            #expect(try await platform.cinema.ask(.get, "/v1/members", token: stranger)["items"].items.count == 1)
        }
    }

    /// Calls an endpoint with a body that it understands.
    private func filled(_ endpoint: Endpoint, _ path: String, at service: any TestClientProtocol, token: String) async throws -> Asked {
        var json: String?
        if case .json(let schema) = endpoint.input { json = schema.example.written }
        let method = try #require(HTTPRequest.Method(rawValue: endpoint.method.rawValue))
        return try await service.ask(method, path, token: token, json: json, ifMatch: endpoint.ifMatch == .required ? "*" : nil)
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
    /// What it takes to pass.
    var needed: Needed? {
        if case .permission(let resource, let bits) = access { Needed(resource: resource, bits: bits) } else { nil }
    }
}

struct Needed: Hashable {
    let resource: Resource
    let bits: Permission
}

extension JSONValue {
    /// As JSON text.
    var written: String {
        switch self {
        case .object(let members): "{" + members.map { "\"\($0.name)\": \($0.value.written)" }.joined(separator: ", ") + "}"
        case .array(let items): "[" + items.map(\.written).joined(separator: ", ") + "]"
        case .string(let text): "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .bool(let bool): "\(bool)"
        default: "null"
        }
    }
}
