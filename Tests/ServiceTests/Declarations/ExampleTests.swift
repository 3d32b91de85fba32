import Callers
import Foundation
import Shared
import Testing
import Text

@testable import HTTP

/// Made from the endpoint tables: a new endpoint is in it without anybody adding it.
@Suite("The examples of docs/api.md can be sent as they are printed")
struct ExampleTests {
    /// What an example can't help: it names things that aren't here, or comes at the wrong time.
    private static let ofTheState: Set<String> = [
        "account_unknown", "already_decided", "app_exists", "app_ticket_invalid", "app_unknown", "cinema_unknown", "city_unknown",
        "code_wrong", "collection_code_unknown", "company_unknown", "credentials_wrong", "division_code_taken", "division_is_itself",
        "division_retired", "group_exists", "hall_unknown",
        "merchant_unknown", "movie_unknown", "not_found", "notification_not_refundable", "order_needs_no_decision", "order_not_unpaid",
        "password_wrong", "permission_exists",
        "permission_group_unknown", "picture_unknown", "provider_unknown", "qr_unknown", "refund_not_refused", "showtime_has_orders",
        "showtime_unknown",
        "ticket_code_invalid",
        "ticket_not_valid", "ticket_unknown", "tickets_refunded", "totp_not_enabled", "username_taken",
    ]

    @Test("Every body's example is understood, and so is every parameter's", arguments: Realm.allCases)
    func understood(realm: Realm) async throws {
        try await FurnishedPlatform.with { platform in
            var count = 0
            var codes: [String: [String]] = [:]
            for endpoint in try FurnishedPlatform.endpoints(of: realm) where endpoint.answer.events.isEmpty {
                if case .json(let schema) = endpoint.input {
                    let example = schema.example
                    // As it is printed: what it says of things is about others than ours.
                    let answer = try await platform.call(endpoint, of: realm, path: platform.path(of: endpoint), json: example.written)
                    count += 1
                    codes[answer.code, default: []].append(endpoint.operation)
                    #expect(
                        answer.status != 400 && answer.status != 415 && answer.code != "body_invalid",
                        "\(realm) \(endpoint.operation): \(answer.status) \(answer.body)")
                    #expect(
                        answer.status < 300 || Self.ofTheState.contains(answer.code),
                        "\(realm) \(endpoint.operation): \(answer.status) \(answer.body)")
                }
                for declaration in endpoint.query.map(\.declaration) where declaration.example != nil {
                    let answer = try await platform.call(endpoint, of: realm, query: [(declaration.name, declaration.written)])
                    count += 1
                    #expect(answer.status != 400, "\(realm) \(endpoint.operation) \(declaration.name): \(answer.body)")
                }
            }
            print("examples: \(realm), \(count) sent; \(codes.mapValues(\.count))")
            #expect(count > 20)
        }
    }
}

extension ParameterDeclaration {
    /// The example as it stands in an address.
    fileprivate var written: String {
        switch example ?? schema.example {
        case .string(let text): text
        case let other: other.written
        }
    }
}
