import API
import Callers
import Database
import HTTP
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Shared
import TestSupport
import Text

/// What all three services have of accounts on one database, with cheap password hashes.
struct AccountServices {
    let pool: PostgresPool
    let accounts: Accounts
    let writes: Writes
    let client: any TestClientProtocol
    let cinema: any TestClientProtocol
    let admin: any TestClientProtocol

    static let password = "correct horse battery"

    static func with(_ test: @Sendable (AccountServices) async throws -> Void) async throws {
        try await withTestDatabase { pool in
            let hasher = PasswordHasher(function: .cheap)
            var configuration = AccountsConfiguration()
            configuration.staffSecondFactor = .optional
            let accounts = Accounts(pool: pool, hasher: hasher, configuration: configuration)
            let writes = Writes(pool: pool, principals: accounts.principals)
            func application(_ realm: Realm, _ endpoints: [Endpoint]) -> HTTPApplication {
                HTTPApplication(
                    name: "\(realm)",
                    endpoints: CommonAccountEndpoints(accounts: accounts, pool: pool, writes: writes, realm: realm).all + endpoints,
                    authenticator: SessionAuthenticator(principals: accounts.principals, realm: realm),
                    problems: RefusalProblems(),
                    rateLimits: .off,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
            }
            let ofClient = application(.client, ClientAccounts.endpoints(accounts, pool: pool))
            let ofCinema = application(.cinema, CinemaAccounts.endpoints(accounts, pool: pool))
            let ofAdmin = application(.admin, AdminAccounts.endpoints(accounts, pool: pool, writes: writes))
            try await ofClient.build().test(.router) { client in
                let client = try DeclaredClient(client, ofClient.endpoints)
                try await ofCinema.build().test(.router) { cinema in
                    let cinema = try DeclaredClient(cinema, ofCinema.endpoints)
                    try await ofAdmin.build().test(.router) { admin in
                        let admin = try DeclaredClient(admin, ofAdmin.endpoints)
                        try await test(
                            AccountServices(pool: pool, accounts: accounts, writes: writes, client: client, cinema: cinema, admin: admin)
                        )
                    }
                }
            }
        }
    }

    /// The service of a realm.
    func service(of realm: Realm) -> any TestClientProtocol {
        switch realm {
        case .client: client
        case .cinema: cinema
        case .admin: admin
        }
    }

    /// Signs a new account of a realm up and in.
    ///
    /// - Returns: its token.
    func token(of username: String, in realm: Realm) async throws -> String {
        switch realm {
        case .client:
            return try await client.ask(.post, "/v1/accounts", json: #"{"username":"\#(username)","password":"\#(Self.password)"}"#)[
                "token"
            ].text
        case .cinema:
            let json = #"{"username":"\#(username)","password":"\#(Self.password)","phone":"13800138000","merchant_name":"万达"}"#
            return try await cinema.ask(.post, "/v1/accounts", json: json)["token"].text
        case .admin:
            _ = try await accounts.signUp.createAdministrator(username: username, password: Self.password)
            return try await signIn(username, in: .admin)["token"].text
        }
    }

    func signIn(_ login: String, password: String = password, in realm: Realm) async throws -> Asked {
        try await service(of: realm).ask(.post, "/v1/sessions", json: #"{"login":"\#(login)","password":"\#(password)"}"#)
    }
}

/// An answer, with its JSON ready to look into.
struct Asked: Sendable {
    let status: Int
    let headers: HTTPFields
    let body: String

    var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }
    var code: String { self["code"].text }
    /// The places of a problem's errors.
    var pointers: [String] { self["errors"].items.map { $0["pointer"].text } }

    subscript(_ name: String) -> JSONValue { json[name] }
}

extension JSONValue {
    /// A member of an object; null where there is none.
    subscript(_ name: String) -> JSONValue {
        guard case .object(let members) = self else { return .null }
        return members.first { $0.name == name }?.value ?? .null
    }

    var text: String { if case .string(let text) = self { text } else { "" } }
    var number: Int64 { if case .integer(let number) = self { number } else { -1 } }
    var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
}

extension TestClientProtocol {
    /// Asks; when too many are here at the moment, again, as a client would.
    func ask(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil, json: String? = nil, form: String? = nil,
        type: String = "application/x-www-form-urlencoded; charset=utf-8", ifMatch: String? = nil, ifNoneMatch: String? = nil,
        idempotencyKey: String? = nil, headers more: HTTPFields = [:]
    ) async throws -> Asked {
        var headers = more
        if form != nil { headers[.contentType] = type }
        if let ifMatch { headers[.ifMatch] = ifMatch }
        if let ifNoneMatch { headers[.ifNoneMatch] = ifNoneMatch }
        if let idempotencyKey, let name = HTTPField.Name("Idempotency-Key") { headers[name] = idempotencyKey }
        return try await eventually {
            let asked = try await askOnce(method, path, token: token, json: json, form: form, headers: headers)
            return asked.status == 503 && asked.code == "busy" ? nil : asked
        }
    }

    /// Asks, and takes whatever is answered: also that too many are here at the moment.
    func askOnce(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil, json: String? = nil, form: String? = nil,
        headers more: HTTPFields = [:]
    ) async throws -> Asked {
        var headers = more
        if let token { headers[.authorization] = "Bearer \(token)" }
        if json != nil { headers[.contentType] = "application/json" }
        if form != nil, headers[.contentType] == nil { headers[.contentType] = "application/x-www-form-urlencoded" }
        let body = (json ?? form).map { ByteBuffer(string: $0) }
        return try await execute(uri: path, method: method, headers: headers, body: body) { response in
            Asked(status: response.status.code, headers: response.headers, body: String(buffer: response.body))
        }
    }
}
