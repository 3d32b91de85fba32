import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import Testing
import Text

@Suite("Going from one app to another")
struct AppTicketTests {
    @Test("A ticket becomes a session of its own in the app that it was made for, once")
    func once() async throws {
        try await Platform.with { platform in
            let token = try await platform.moviegoer("anna")
            let app = try await platform.app("tablets")
            let ticket = try await platform.ticket(for: app, token)
            let signedIn = try await platform.use(ticket, app)
            #expect(signedIn.status == 201, "\(signedIn.body)")
            let own = signedIn["token"].text
            #expect(own != token)
            let me = try await platform.client.ask(.get, "/v1/me", token: own)
            #expect(me["username"].text == "anna")
            let sessions = try await platform.client.ask(.get, "/v1/sessions", token: own)
            #expect(sessions["items"].items.map { $0["method"].text } == ["app_ticket", "sign_up"])
            let replayed = try await platform.use(ticket, app)
            #expect(replayed.status == 401)
            #expect(replayed.code == "app_ticket_invalid")
            let actions = try await platform.auditActions(like: "app%")
            #expect(actions == ["app.registered", "app_ticket.issued", "app_ticket.used"])
        }
    }

    @Test("It is worth nothing to another app, under a wrong secret, too late, or when who made it has signed out")
    func refusals() async throws {
        try await Platform.with { platform in
            let token = try await platform.moviegoer("anna")
            let (app, other) = (try await platform.app("tablets"), try await platform.app("watches"))
            let ticket = try await platform.ticket(for: app, token)
            for (id, secret) in [(other.id, other.secret), (app.id, other.secret), (other.id, app.secret), (app.id, "app_none")] {
                let used = try await platform.use(ticket, Platform.App(id: id, secret: secret))
                #expect(used.status == 401)
                #expect(used.code == "app_ticket_invalid")
            }
            try await platform.pool.execute("UPDATE app_tickets SET expires_at = clock_timestamp()")
            let status1 = try await platform.use(ticket, app).status
            #expect(status1 == 401)
            let second = try await platform.ticket(for: app, token)
            let status2 = try await platform.client.ask(.delete, "/v1/sessions/current", token: token).status
            #expect(status2 == 204)
            let status3 = try await platform.use(second, app).status
            #expect(status3 == 401)
            let refusals = try await platform.auditActions(like: "session.refused")
            // Of six alike in one minute five are written at once, and the last is counted.
            #expect(refusals.count == 5)
        }
    }

    @Test("An app that is switched off gets no tickets and takes none; with a new secret the old one is worth nothing")
    func switchedOff() async throws {
        try await Platform.with { platform in
            let token = try await platform.moviegoer("anna")
            let app = try await platform.app("tablets")
            let ticket = try await platform.ticket(for: app, token)
            let off = try await platform.changeApp(app, #"{"enabled": false}"#)
            #expect(off["enabled"] == .bool(false))
            #expect(off["secret"] == .null)
            let status4 = try await platform.use(ticket, app).status
            #expect(status4 == 401)
            let refused = try await platform.client.ask(.post, "/v1/app-tickets", token: token, json: #"{"app": \#(app.id)}"#)
            #expect(refused.status == 422)
            #expect(refused.code == "app_unknown")
            let on = try await platform.changeApp(app, #"{"enabled": true, "new_secret": true}"#)
            let status5 = try await platform.use(ticket, app).status
            #expect(status5 == 401)
            let renewed = Platform.App(id: app.id, secret: on["secret"].text)
            let status6 = try await platform.use(ticket, renewed).status
            #expect(status6 == 201)
        }
    }

    @Test("Of twenty uses at once one counts")
    func race() async throws {
        try await Platform.with { platform in
            let token = try await platform.moviegoer("anna")
            let app = try await platform.app("tablets")
            let ticket = try await platform.ticket(for: app, token)
            let uses = try await Platform.atOnce(20) { _ in try await platform.use(ticket, app).status }
            #expect(uses.count(where: { $0 == 201 }) == 1)
            #expect(Set(uses) == [201, 401])
        }
    }

    @Test("A merchant's people go from app to app at their own service, and a ticket of theirs is worth nothing to moviegoers' one")
    func otherRealm() async throws {
        try await Platform.with { platform in
            let merchant = try await platform.merchant("wanda")
            let app = try await platform.app("tills", realm: "cinema")
            let issued = try await platform.cinema.ask(.post, "/v1/app-tickets", token: merchant.token, json: #"{"app": \#(app.id)}"#)
            #expect(issued.status == 201, "\(issued.body)")
            let elsewhere = try await platform.use(issued["ticket"].text, app)
            #expect(elsewhere.status == 401)
            let used = try await platform.cinema.ask(
                .post, "/v1/sessions/by-app-ticket",
                json: #"{"app": \#(app.id), "ticket": "\#(issued["ticket"].text)", "app_secret": "\#(app.secret)"}"#)
            #expect(used.status == 201, "\(used.body)")
            #expect(used["account"]["merchant_id"].number == merchant.id)
        }
    }

    @Test("Apps of another realm are unknown; names are taken once in a realm; a stale change is refused")
    func registration() async throws {
        try await Platform.with { platform in
            let token = try await platform.moviegoer("anna")
            let cinema = try await platform.app("tills", realm: "cinema")
            let refused = try await platform.client.ask(.post, "/v1/app-tickets", token: token, json: #"{"app": \#(cinema.id)}"#)
            #expect(refused.code == "app_unknown")
            let again = try await platform.admin.ask(
                .post, "/v1/apps", token: platform.administrator, json: #"{"name": "tills", "realm": "cinema"}"#)
            #expect(again.status == 409)
            #expect(again.code == "app_exists")
            let stale = try await platform.admin.ask(
                .patch, "/v1/apps/\(cinema.id)", token: platform.administrator, json: #"{"name": "a"}"#, ifMatch: #""9""#)
            #expect(stale.status == 412)
            let nobody = try await platform.admin.ask(
                .patch, "/v1/apps/999", token: platform.administrator, json: #"{"name": "a"}"#, ifMatch: "*")
            #expect(nobody.status == 404)
            let list = try await platform.admin.ask(.get, "/v1/apps", token: platform.administrator)
            #expect(list["items"].items.map { $0["name"].text } == ["tills"])
            #expect(!list.body.contains("secret"))
        }
    }
}

extension Platform {
    struct App: Sendable {
        let id: Int64
        let secret: String
    }

    func app(_ name: String, realm: String = "client") async throws -> App {
        let registered = try await admin.ask(
            .post, "/v1/apps", token: administrator, json: #"{"name": "\#(name)", "realm": "\#(realm)"}"#)
        #expect(registered.status == 201, "\(registered.body)")
        return App(id: registered["id"].number, secret: registered["secret"].text)
    }

    func changeApp(_ app: App, _ change: String) async throws -> Asked {
        let changed = try await admin.ask(.patch, "/v1/apps/\(app.id)", token: administrator, json: change, ifMatch: "*")
        #expect(changed.status == 200, "\(changed.body)")
        return changed
    }

    func ticket(for app: App, _ token: String) async throws -> String {
        let issued = try await client.ask(.post, "/v1/app-tickets", token: token, json: #"{"app": \#(app.id)}"#)
        #expect(issued.status == 201, "\(issued.body)")
        return issued["ticket"].text
    }

    func use(_ ticket: String, _ app: App) async throws -> Asked {
        try await client.ask(
            .post, "/v1/sessions/by-app-ticket", json: #"{"app": \#(app.id), "ticket": "\#(ticket)", "app_secret": "\#(app.secret)"}"#)
    }
}
