import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import Testing

/// Sessions that another one answers for: of a device that was approved, or of an app that somebody came to from another.
@Suite("Sessions that another one answers for")
struct ParentSessionTests {
    enum Way: CaseIterable, Sendable {
        case qrCode
        case appTicket
    }

    /// A session that another one answers for.
    private func child(of parent: String, by way: Way, at platform: Platform) async throws -> String {
        switch way {
        case .qrCode:
            let device = try await platform.qrDevice()
            #expect(try await platform.scan(device, by: parent).status == 200)
            #expect(try await platform.decide(device, by: parent).status == 204)
            return try await platform.poll(device)["session"]["token"].text
        case .appTicket:
            let app = try await platform.app("app \(UUID().uuidString)")
            return try await platform.use(try await platform.ticket(for: app, parent), app)["token"].text
        }
    }

    private func counts(_ token: String, at platform: Platform) async throws -> Bool {
        // A write looks again; what is read may be a second old where another process has changed it.
        let status = try await platform.client.ask(.delete, "/v1/sessions/999999999", token: token).status
        #expect([404, 401].contains(status))
        return status == 404
    }

    private func id(_ token: String, at platform: Platform) async throws -> Int64 {
        let sha256 = try #require(Token(token)).sha256
        return try #require(try await platform.pool.row("SELECT id FROM sessions WHERE token_sha256 = \(sha256)") { try $0["id"] })
    }

    @Test("They end no later than the one that answers for them", arguments: Way.allCases)
    func absoluteEnd(way: Way) async throws {
        try await Platform.with { platform in
            let parent = try await platform.moviegoer("anna")
            let parentID = try await id(parent, at: platform)
            try await platform.pool.execute("UPDATE sessions SET expires_at = clock_timestamp() + INTERVAL '1 hour' WHERE id = \(parentID)")
            let first = try await child(of: parent, by: way, at: platform)
            let second = try await child(of: first, by: way, at: platform)
            let ends: [Date] = try await platform.pool.rows(
                "SELECT DISTINCT expires_at FROM sessions WHERE realm = 'client'"
            ) { try $0["expires_at"] }
            #expect(ends.count == 1)
            #expect(try await counts(second, at: platform))
            // One that lives shorter of its own doesn't get longer by it.
            try await platform.pool.execute(
                "UPDATE sessions SET expires_at = clock_timestamp() + INTERVAL '900 days' WHERE id = \(parentID)")
            let third = try await child(of: parent, by: way, at: platform)
            let days: Int? = try await platform.pool.row(
                "SELECT extract(DAY FROM expires_at - created_at)::integer AS days FROM sessions WHERE id = \(try await id(third, at: platform))"
            ) { try $0["days"] }
            #expect(days == 30)
        }
    }

    @Test("They end with it, and so do those that they answer for, however it ends", arguments: Way.allCases)
    func endTogether(way: Way) async throws {
        try await Platform.with { platform in
            let anna = try await platform.moviegoer("anna")
            let account = try await platform.client.ask(.get, "/v1/me", token: anna)["id"].number
            let ways: [(String, @Sendable (String, Int64) async throws -> Void)] = [
                ("signed out", { token, _ in _ = try await platform.client.ask(.delete, "/v1/sessions/current", token: token) }),
                ("ended by its owner", { _, id in _ = try await platform.client.ask(.delete, "/v1/sessions/\(id)", token: anna) }),
                (
                    "ended by an administrator",
                    { _, id in
                        _ = try await platform.admin.ask(
                            .delete, "/v1/accounts/\(account)/sessions/\(id)", token: platform.administrator)
                    }
                ),
            ]
            for (name, end) in ways {
                let parent = try await platform.signIn("anna")["token"].text
                let first = try await child(of: parent, by: way, at: platform)
                let second = try await child(of: first, by: way, at: platform)
                let other = try await child(of: anna, by: way, at: platform)
                try await end(parent, try await id(parent, at: platform))
                for token in [parent, first, second] {
                    let isThere = try await counts(token, at: platform)
                    #expect(!isThere, "\(name)")
                }
                #expect(try await counts(other, at: platform), "\(name)")
                #expect(try await counts(anna, at: platform), "\(name)")
            }
        }
    }

    @Test("One whose parent ended at the very moment at which it began counts no longer, nor one whose parent wasn't used for too long")
    func endedUnseen() async throws {
        try await Platform.with { platform in
            let anna = try await platform.moviegoer("anna")
            for end: Query in ["revoked_at = clock_timestamp()", "idle_expires_at = clock_timestamp()"] {
                let parent = try await platform.signIn("anna")["token"].text
                let first = try await child(of: parent, by: .qrCode, at: platform)
                try await platform.pool.execute("UPDATE sessions SET \(end) WHERE id = \(try await id(parent, at: platform))")
                #expect(try await !counts(first, at: platform))
                #expect(try await counts(anna, at: platform))
            }
        }
    }

    @Test("A session counts only while all count that answer for it, from one to the other", arguments: Way.allCases)
    func chain(way: Way) async throws {
        try await Platform.with { platform in
            _ = try await platform.moviegoer("anna")
            let parent = try await platform.signIn("anna")["token"].text
            let first = try await child(of: parent, by: way, at: platform)
            let second = try await child(of: first, by: way, at: platform)
            #expect(try await counts(second, at: platform))
            try await platform.pool.execute(
                "UPDATE sessions SET idle_expires_at = clock_timestamp() WHERE id = \(try await id(parent, at: platform))")
            for token in [parent, first, second] { #expect(try await !counts(token, at: platform)) }
        }
    }

    @Test("One more than an account may have ends the oldest, but none that answers for it", arguments: [1, 2, 3])
    func limit(sessions: Int) async throws {
        try await Platform.with(["IDENTITY_SESSION_LIMIT": "\(sessions)"]) { platform in
            _ = try await platform.moviegoer("anna")
            let parent = try await platform.signIn("anna")["token"].text
            var children: [String] = []
            for _ in 0..<3 {
                children.append(try await child(of: parent, by: .qrCode, at: platform))
                #expect(try await counts(parent, at: platform))
            }
            let places = max(1, sessions - 1)
            for (number, token) in children.enumerated() {
                let isLeft = number >= children.count - places
                #expect(try await counts(token, at: platform) == isLeft, "\(number)")
            }
            // Who signs in anew has nobody to spare.
            let fresh = try await platform.signIn("anna")["token"].text
            #expect(try await counts(fresh, at: platform))
            #expect(try await counts(parent, at: platform) == (sessions > 3))
        }
    }

    @Test("A change of the password in such a session keeps that session, and ends the one that approved it")
    func outlives() async throws {
        try await Platform.with { platform in
            let parent = try await platform.moviegoer("anna")
            let first = try await child(of: parent, by: .qrCode, at: platform)
            let changed = try await platform.client.ask(
                .post, "/v1/me/password", token: first,
                json: #"{"password": "\#(Platform.password)", "new_password": "a whole new thing"}"#)
            #expect(changed.status == 204)
            #expect(try await counts(first, at: platform))
            #expect(try await !counts(parent, at: platform))
        }
    }
}
