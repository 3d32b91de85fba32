import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing
import Text

@testable import HTTP

/// Asks a service, and compares every problem that it answers with what the called endpoint declares: docs/api.md tells frontends of no other.
struct DeclaredClient: TestClientProtocol {
    private let client: any TestClientProtocol
    private let router: HTTP.Router

    init(_ client: any TestClientProtocol, _ endpoints: [Endpoint]) throws {
        self.client = client
        router = try HTTP.Router(endpoints.map { RoutedEndpoint($0, configuration: HTTPConfiguration(), registry: PrometheusRegistry()) })
    }

    var port: Int? { client.port }

    func executeRequest(
        uri: String, method: HTTPRequest.Method, headers: HTTPFields, body: ByteBuffer?
    ) async throws -> TestResponse {
        let response = try await client.executeRequest(uri: uri, method: method, headers: headers, body: body)
        // A defect of ours is declared nowhere; the tests that provoke one look at it themselves.
        guard (400..<600).contains(response.status.code), response.status != .internalServerError else { return response }
        let path = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        guard let route = router.route(at: path)?.route, let endpoint = Method(method).flatMap({ route.endpoints[$0]?.endpoint })
        else { return response }
        let code = (try? JSONParser.parse(String(buffer: response.body)))?["code"].text ?? ""
        #expect(
            EndpointProblems(endpoint, texts: .none).declares(status: response.status.code, code: code),
            "\(endpoint.operation) answers \(response.status.code) \(code), which it doesn't declare")
        return response
    }
}

extension EndpointProblems {
    /// Whether a problem stands there, by its own line or by its code in the words of one with its status.
    func declares(status: Int, code: String) -> Bool {
        all.contains { $0.status == status && ($0.code == code || $0.meaning.contains("`\(code)`")) }
    }
}
