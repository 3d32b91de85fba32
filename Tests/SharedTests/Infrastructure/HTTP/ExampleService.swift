import API
import Callers
import HTTP
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Text

/// Tokens that say what they may: `may-<permission>`.
struct ExampleAuthenticator: Authenticator {
    func principal(forToken token: String) async throws -> Principal? {
        guard token.hasPrefix("may-"), let permission = Int(token.dropFirst(4)) else { return nil }
        return Principal(accountID: 42, realm: .admin, merchantID: nil, permission: Permission(rawValue: permission), sessionID: 1)
    }

    func isAllowed(_ needed: Permission, on resource: Resource, to principal: Principal) -> Bool {
        principal.permission.isSuperset(of: needed)
    }
}

struct NoMapping: ProblemMapping {
    func problem(for error: any Error) -> Problem? { nil }
}

/// The example service as tests run it.
enum ExampleService {
    static func with<Value>(
        _ setup: TestingSetup = .router,
        endpoints: [Endpoint] = FilmEndpoints().all,
        configuration: HTTPConfiguration = HTTPConfiguration(),
        rateLimits: RateLimitConfiguration = .off,
        memory: AnswerMemory = AnswerMemory(),
        _ test: @Sendable (any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        let application = HTTPApplication(
            name: "example", endpoints: endpoints, authenticator: ExampleAuthenticator(), problems: NoMapping(),
            configuration: configuration, rateLimits: rateLimits, memory: memory, texts: .catalogue,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return try await application.build().test(setup, test)
    }
}

extension TestClientProtocol {
    /// One request; `json` also sets the content type.
    func send(
        _ method: HTTPRequest.Method, _ uri: String, token: String? = nil, json: String? = nil, headers: HTTPFields = [:],
        bytes: [UInt8]? = nil, type: String? = nil
    ) async throws -> TestResponse {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        if json != nil { headers[.contentType] = "application/json" }
        if let type { headers[.contentType] = type }
        let body = json.map { ByteBuffer(string: $0) } ?? bytes.map { ByteBuffer(bytes: $0) }
        return try await execute(uri: uri, method: method, headers: headers, body: body)
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }

    /// The body as a value; null when it is none.
    var json: JSONValue { (try? JSONParser.parse(text)) ?? .null }

    /// The `code` of a problem.
    var code: String? {
        guard headers[.contentType] == "application/problem+json", case .string(let code) = json["code"] else { return nil }
        return code
    }

    /// The pointer, parameter or header of the first error.
    var place: String? {
        guard case .array(let errors) = json["errors"], let error = errors.first else { return nil }
        for key in ["pointer", "parameter", "header"] {
            if case .string(let place) = error[key] { return place }
        }
        return nil
    }
}
