import API
import Assembly
import Callers
import Foundation
import HTTP
import Shared
import Testing
import Text

/// docs/api.md is made from the endpoint tables. `make docs` writes it by running this with WRITE_API_REFERENCE set.
@Suite("The reference of the API")
struct APIReferenceTests {
    @Test("docs/api.md says what the endpoint tables say")
    func upToDate() throws {
        let file = URL(filePath: #filePath).appending(path: "../../../../docs/api.md").standardized
        let reference = try Self.reference()
        if ProcessInfo.processInfo.environment["WRITE_API_REFERENCE"] != nil {
            try Data(reference.utf8).write(to: file)
        }
        let written = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        #expect(written == reference, "docs/api.md is out of date: run `make docs`")
    }

    @Test("Every call of api.md's main journey is there, in its service's chapter", arguments: Realm.allCases)
    func journey(realm: Realm) throws {
        let chapters = try Self.reference().split(separator: "\n## ")
        let chapter = try #require(chapters.first { $0.hasPrefix("\(realm.serviceName)\n") })
        for call in Self.calls(of: realm) + Self.callsOfAll {
            #expect(chapter.contains("\n### \(call)\n"), "\(realm.serviceName): \(call)")
        }
    }

    private static let callsOfAll = [
        "POST /v1/sessions", "DELETE /v1/sessions/current", "GET /livez", "GET /readyz", "GET /metrics", "GET /openapi.json",
    ]

    private static func calls(of realm: Realm) -> [String] {
        switch realm {
        case .client:
            [
                "POST /v1/accounts", "GET /v1/me", "PATCH /v1/me", "GET /v1/cities", "GET /v1/movies", "GET /v1/movies/{id}",
                "GET /v1/cinemas", "GET /v1/cinemas/{id}", "GET /v1/showtimes", "GET /v1/showtimes/{id}", "GET /v1/showtimes/{id}/seats",
                "GET /v1/showtimes/{id}/seats/stream", "POST /v1/showtimes/{id}/best-seats",
                "POST /v1/orders", "GET /v1/orders", "GET /v1/orders/{id}", "DELETE /v1/orders/{id}", "GET /v1/orders/{id}/events",
                "POST /v1/orders/{id}/payments", "POST /v1/orders/{id}/payment-claims", "POST /v1/payments/alipay/notifications",
                "GET /v1/orders/{id}/tickets", "GET /v1/rankings/box-office",
            ]
        case .cinema:
            [
                "POST /v1/accounts", "GET /v1/movies", "GET /v1/screening-rights", "POST /v1/screening-rights", "GET /v1/cinemas",
                "POST /v1/cinemas", "GET /v1/cinemas/{id}", "PATCH /v1/cinemas/{id}", "DELETE /v1/cinemas/{id}",
                "GET /v1/cinemas/{id}/halls", "POST /v1/cinemas/{id}/halls", "GET /v1/halls/{id}/seats", "PUT /v1/halls/{id}/layout",
                "GET /v1/showtimes", "POST /v1/showtimes", "GET /v1/showtimes/{id}", "PATCH /v1/showtimes/{id}",
                "DELETE /v1/showtimes/{id}", "GET /v1/orders", "POST /v1/tickets/collections",
            ]
        case .admin:
            [
                "GET /v1/movies", "POST /v1/movies", "GET /v1/movies/{id}", "PATCH /v1/movies/{id}", "DELETE /v1/movies/{id}",
                "GET /v1/companies", "POST /v1/companies", "GET /v1/merchants", "POST /v1/merchants/{id}/verification",
                "GET /v1/screening-rights", "POST /v1/screening-rights/{id}/decision", "GET /v1/accounts", "GET /v1/accounts/{id}",
                "PATCH /v1/accounts/{id}", "GET /v1/cinemas", "GET /v1/cinemas/{id}", "PATCH /v1/cinemas/{id}", "DELETE /v1/cinemas/{id}",
                "GET /v1/showtimes", "POST /v1/showtimes", "GET /v1/showtimes/{id}", "PATCH /v1/showtimes/{id}",
                "DELETE /v1/showtimes/{id}", "GET /v1/orders", "GET /v1/orders/{id}", "GET /v1/rankings/box-office",
            ]
        }
    }

    private static func reference() throws -> String {
        let settings = try Platform.settings(databaseURL: "postgresql://127.0.0.1:9/none")
        func chapter(_ realm: Realm, _ introduction: String, _ port: Int) throws -> APIDocumentation.Chapter {
            APIDocumentation.Chapter(
                title: realm.serviceName, introduction: introduction, address: "http://127.0.0.1:\(port)",
                endpoints: try Platform.endpoints(realm, settings).endpoints)
        }
        return APIDocumentation(
            introduction: """
                Every call of the three services. [browsers.md](browsers.md) says how web pages call them, and what caches may keep.

                Days are `YYYY-MM-DD` in the time zone of the cinema that they are about. `day` is the business day, which ends some hours after \
                midnight (`day_ends_at_hour` of the cinema): lists and figures go by it. `calendar_day` is the day of the calendar; screening \
                rights and release days go by that. A reconciliation's `day` is its bill's, by Beijing's clock.

                The texts of problems and field errors are in the language that `Accept-Language` asks for, `zh-CN` or `en`; without it they are \
                in the language of `LANGUAGE_DEFAULT` (`zh-CN` unless set). `Content-Language` says which. `code`, `reason` and all keys are the \
                same in each language. What a text tells, such as `limit`, is a member of the problem or of the field error too; below it is \
                named by its member. `GET /v1/problem-codes` gives all texts in both languages, `GET /v1/words` the names of the words that \
                answers hold.
                """,
            chapters: [
                try chapter(.client, "What moviegoers use.", 8001),
                try chapter(.cinema, "What merchants use.", 8002),
                try chapter(.admin, "What the platform's people use.", 8003),
            ],
            texts: .catalogue
        ).markdown
    }
}
