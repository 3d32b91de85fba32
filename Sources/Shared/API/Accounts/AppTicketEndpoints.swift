package import Callers
package import HTTP
package import Shared

/// Going from one app to another without signing in again.
package struct AppTicketEndpoints: Sendable {
    private let apps: Apps
    private let writes: Writes
    private let realm: Realm

    package init(apps: Apps, writes: Writes, realm: Realm) {
        self.apps = apps
        self.writes = writes
        self.realm = realm
    }

    package var all: [Endpoint] { [issue, use] }

    static let wanted = Body<Int64>(
        "NewAppTicket", Field<Int64>.required("app", .id, "Number of the app to go to.", example: "2")
    ) { $0 }

    static let ticket = Shape<AppTicket>(
        "AppTicket",
        .text("ticket", "To be handed to the app, which signs in with it once.", example: "ticket_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd") {
            $0.secret.text
        },
        .timestamp("expires_at", "When it is worth nothing any more: a minute from now.") { $0.expiresAt }
    )

    struct Use: Sendable {
        let app: Int64
        let ticket: String
        let secret: String
    }

    static let use = Body<Use>(
        "AppTicketUse",
        Field<Int64>.required("app", .id, "Number of the app.", example: "2"),
        Field<String>.required("ticket", .text(1...64), "The ticket.", example: "ticket_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd"),
        Field<String>.required("app_secret", .password(1...64), "The app's secret.", example: "app_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd")
    ) { Use(app: $0, ticket: $1, secret: $2) }

    var issue: Endpoint {
        Endpoint(
            .post, "/v1/app-tickets", "Makes a ticket by which the caller can sign in to another app, once.",
            access: .signedIn,
            rateLimit: .signIn,
            body: Self.wanted,
            answers: .created(Self.ticket, at: "/v1/sessions/by-app-ticket"),
            refusals: [.appUnknown]
        ) { call in
            let principal = try call.principal
            let ticket = try await writes.perform(call) { transaction in
                try await apps.issueTicket(for: call.body, to: principal, address: call.address, in: transaction)
            }
            return .created(ticket)
        }
    }

    var use: Endpoint {
        Endpoint(
            .post, "/v1/sessions/by-app-ticket", "Changes a ticket from another app into a session of its own.",
            name: "signInByAppTicket",
            access: .open,
            rateLimit: .signIn,
            body: Self.use,
            answers: .created(AccountShape.signedIn, at: SessionEndpoints.current),
            refusals: [.appTicketInvalid]
        ) { call in
            let signedIn = try await apps.signIn(
                ticket: call.body.ticket, app: call.body.app, secret: call.body.secret, realm: realm, address: call.address
            )
            return .created(signedIn)
        }
    }
}
