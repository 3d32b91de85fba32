import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import Testing
import Text

@Suite("Signing a device in by a QR code")
struct QRLoginTests {
    @Test("The phone sees the device and approves it by its number; the device gets a session of its own, once")
    func approval() async throws {
        try await Platform.with { platform in
            let phone = try await platform.moviegoer("anna")
            let device = try await platform.qrDevice()
            let image = try await platform.client.ask(.get, "/v1/qr-logins/\(device.qr)/image?format=svg")
            #expect(image.status == 200)
            #expect(image.headers[.contentType] == "image/svg+xml")
            #expect(image.body.hasPrefix("<svg"))
            #expect(!image.body.contains(device.pollSecret) && !device.qr.contains(device.pollSecret))
            var polled = try await platform.poll(device)
            #expect(polled["state"].text == "new")
            let scanned = try await platform.scan(device, by: phone)
            #expect(scanned.status == 200, "\(scanned.body)")
            #expect(scanned["id"].text == device.id)
            #expect(scanned["numbers"].items.map(\.number).contains(device.number))
            polled = try await platform.poll(device)
            #expect(polled["state"].text == "scanned")
            let decided = try await platform.decide(device, by: phone)
            #expect(decided.status == 204, "\(decided.body)")
            polled = try await platform.poll(device)
            #expect(polled["state"].text == "approved")
            let token = polled["session"]["token"].text
            #expect(token != phone && token.hasPrefix("client_"))
            let me = try await platform.client.ask(.get, "/v1/me", token: token)
            #expect(me["username"].text == "anna")
            let sessions = try await platform.client.ask(.get, "/v1/sessions", token: token)
            #expect(sessions["items"].items.map { $0["method"].text } == ["qr_code", "sign_up"])
            // Once only, whoever asks.
            polled = try await platform.poll(device)
            #expect(polled["state"].text == "consumed")
            #expect(polled["session"] == .null)
            let again = try await platform.scan(device, by: phone)
            #expect(again.status == 409)
            #expect(again.code == "qr_login_over")
            let replayed = try await platform.decide(device, by: phone)
            #expect(replayed.code == "qr_login_over")
            let gone = try await platform.client.ask(.get, "/v1/qr-logins/\(device.qr)/image")
            #expect(gone.status == 404)
            let actions = try await platform.auditActions(like: "qr_login.%")
            #expect(actions == ["qr_login.approved", "qr_login.scanned"])
        }
    }

    @Test("The names of devices and programs are shown without invisible characters, and cut to a useful length")
    func userAgents() async throws {
        try await Platform.with { platform in
            let name = "Kiosk\u{202E}enohP s'annA\u{200B}" + String(repeating: "x", count: 400)
            let visible = name.filter { $0 != "\u{202E}" && $0 != "\u{200B}" }
            let begun = try await platform.client.ask(.post, "/v1/qr-logins", headers: [.userAgent: name])
            let signedUp = try await platform.client.ask(
                .post, "/v1/accounts", json: #"{"username": "anna", "password": "\#(Platform.password)"}"#, headers: [.userAgent: name])
            let phone = signedUp["token"].text
            let scanned = try await platform.client.ask(
                .post, "/v1/qr-logins/scans", token: phone, json: #"{"qr": "\#(begun["qr"].text)"}"#)
            #expect(scanned["user_agent"].text == String(visible.prefix(300)), "\(scanned.body)")
            let sessions = try await platform.client.ask(.get, "/v1/sessions", token: phone)
            #expect(sessions["items"].items.map { $0["user_agent"].text } == [String(visible.prefix(200))], "\(sessions.body)")
        }
    }

    @Test("The first phone that scans it has it: others see nothing, not even the same person's")
    func secondScanner() async throws {
        try await Platform.with { platform in
            let (anna, ben) = (try await platform.moviegoer("anna"), try await platform.moviegoer("ben"))
            let device = try await platform.qrDevice()
            let status1 = try await platform.scan(device, by: anna).status
            #expect(status1 == 200)
            let second = try await platform.scan(device, by: ben)
            #expect(second.status == 409)
            #expect(second.code == "qr_login_taken")
            let signedIn = try await platform.client.ask(
                .post, "/v1/sessions", json: #"{"login": "anna", "password": "\#(Platform.password)"}"#)
            let otherPhone = try await platform.scan(device, by: signedIn["token"].text)
            #expect(otherPhone.code == "qr_login_taken")
            let status2 = try await platform.scan(device, by: anna).status
            #expect(status2 == 200)
            for other in [ben, signedIn["token"].text] {
                let decided = try await platform.decide(device, by: other)
                #expect(decided.status == 404)
            }
            let polled = try await platform.poll(device)
            #expect(polled["state"].text == "scanned")
            let fresh = try await platform.qrDevice()
            let scans = try await Platform.atOnce(20) { index in try await platform.scan(fresh, by: index % 2 == 0 ? anna : ben).status }
            // One of the two has it, however often it asks.
            #expect(scans.count(where: { $0 == 200 }) == 10)
            #expect(Set(scans) == [200, 409])
        }
    }

    @Test("Without the device's secret nobody learns how it stands; neither secret is stored")
    func pollSecret() async throws {
        try await Platform.with { platform in
            let phone = try await platform.moviegoer("anna")
            let device = try await platform.qrDevice()
            _ = try await platform.scan(device, by: phone)
            _ = try await platform.decide(device, by: phone)
            let missing = try await platform.client.ask(.post, "/v1/qr-logins/\(device.id)/polls", json: "{}")
            #expect(missing.status == 422)
            for wrong in [device.qr, "poll_000000000000000000000000000000", phone] {
                let polled = try await platform.poll(device, secret: wrong)
                #expect(polled.status == 404)
            }
            let stored = try await platform.pool.row(
                """
                SELECT count(*) AS count
                FROM qr_logins
                WHERE strpos(qr_logins::text, \(device.qr)) + strpos(qr_logins::text, \(device.pollSecret)) > 0
                """
            ) { row -> Int64 in try row["count"] }
            #expect(stored == 0)
            let polled = try await platform.poll(device)
            #expect(polled["state"].text == "approved")
            let unknown = try await platform.client.ask(.post, "/v1/qr-logins/scans", token: phone, json: #"{"qr": "qr_none"}"#)
            #expect(unknown.status == 422)
            #expect(unknown.code == "qr_unknown")
        }
    }

    @Test("Of twenty decisions at once one counts, and of twenty polls at once one gets the session")
    func races() async throws {
        try await Platform.with { platform in
            let phone = try await platform.moviegoer("anna")
            let device = try await platform.qrDevice()
            _ = try await platform.scan(device, by: phone)
            let decisions = try await Platform.atOnce(20) { _ in try await platform.decide(device, by: phone).status }
            #expect(decisions.count(where: { $0 == 204 }) == 1)
            #expect(Set(decisions) == [204, 409])
            let tokens = try await Platform.atOnce(20) { _ in try await platform.poll(device)["session"]["token"].text }
            #expect(tokens.count(where: { !$0.isEmpty }) == 1)
            let sessions = try await platform.pool.row("SELECT count(*) AS count FROM sessions WHERE realm = 'client'") { row -> Int64 in
                try row["count"]
            }
            #expect(sessions == 2)
        }
    }

    @Test("When its time is over, nothing comes of it any more", arguments: ["new", "scanned", "approved"])
    func expiry(state: String) async throws {
        try await Platform.with { platform in
            let phone = try await platform.moviegoer("anna")
            let device = try await platform.qrDevice()
            if state != "new" { _ = try await platform.scan(device, by: phone) }
            if state == "approved" { _ = try await platform.decide(device, by: phone) }
            try await platform.pool.execute("UPDATE qr_logins SET expires_at = clock_timestamp()")
            let polled = try await platform.poll(device)
            #expect(polled["state"].text == "expired")
            #expect(polled["session"] == .null)
            let scanned = try await platform.scan(device, by: phone)
            #expect(scanned.code == "qr_login_over")
            let decided = try await platform.decide(device, by: phone)
            #expect(decided.status == (state == "new" ? 404 : 409))
        }
    }

    @Test("Denied, or approved with another number than the device shows, it is over", arguments: [true, false])
    func denial(withWrongNumber: Bool) async throws {
        try await Platform.with { platform in
            let phone = try await platform.moviegoer("anna")
            let device = try await platform.qrDevice()
            let scanned = try await platform.scan(device, by: phone)
            let numbers = scanned["numbers"].items.map(\.number)
            let wrong = try #require(numbers.first { $0 != device.number })
            let unnamed = try await platform.client.ask(
                .post, "/v1/qr-logins/\(device.id)/decision", token: phone, json: #"{"approve": true}"#)
            #expect(unnamed.status == 422)
            let decided = try await platform.client.ask(
                .post, "/v1/qr-logins/\(device.id)/decision", token: phone,
                json: withWrongNumber ? #"{"approve": true, "number": \#(wrong)}"# : #"{"approve": false}"#)
            #expect(decided.status == (withWrongNumber ? 409 : 204))
            if withWrongNumber { #expect(decided.code == "qr_number_wrong") }
            let polled = try await platform.poll(device)
            #expect(polled["state"].text == "denied")
            let second = try await platform.decide(device, by: phone)
            #expect(second.code == "qr_login_over")
        }
    }

    @Test("An approval is worth nothing once the phone has signed out or the account is disabled", arguments: [true, false])
    func approverGone(bySigningOut: Bool) async throws {
        try await Platform.with { platform in
            let phone = try await platform.moviegoer("anna")
            let device = try await platform.qrDevice()
            _ = try await platform.scan(device, by: phone)
            _ = try await platform.decide(device, by: phone)
            if bySigningOut {
                let status3 = try await platform.client.ask(.delete, "/v1/sessions/current", token: phone).status
                #expect(status3 == 204)
            } else {
                try await platform.pool.execute("UPDATE accounts SET disabled_at = clock_timestamp() WHERE username = 'anna'")
            }
            let polled = try await platform.poll(device)
            #expect(polled["state"].text == "denied")
            #expect(polled["session"] == .null)
        }
    }

    @Test("A device that waits is told as soon as somebody scans")
    func waiting() async throws {
        try await Platform.with { platform in
            let phone = try await platform.moviegoer("anna")
            let device = try await platform.qrDevice()
            async let polled = platform.poll(device, wait: 25)
            _ = try await platform.scan(device, by: phone)
            let state = try await polled["state"].text
            #expect(state == "scanned")
            let tooLong = try await platform.poll(device, wait: 26)
            #expect(tooLong.status == 422)
        }
    }
}

extension Platform {
    /// A device that shows a code.
    struct QRDevice: Sendable {
        let id: String
        let qr: String
        let pollSecret: String
        let number: Int64
    }

    func qrDevice() async throws -> QRDevice {
        let begun = try await client.ask(.post, "/v1/qr-logins")
        #expect(begun.status == 201, "\(begun.body)")
        return QRDevice(
            id: begun["id"].text, qr: begun["qr"].text, pollSecret: begun["poll_secret"].text, number: begun["match_number"].number)
    }

    func scan(_ device: QRDevice, by phone: String) async throws -> Asked {
        try await client.ask(.post, "/v1/qr-logins/scans", token: phone, json: #"{"qr": "\#(device.qr)"}"#)
    }

    func decide(_ device: QRDevice, by phone: String) async throws -> Asked {
        try await client.ask(
            .post, "/v1/qr-logins/\(device.id)/decision", token: phone, json: #"{"approve": true, "number": \#(device.number)}"#)
    }

    func poll(_ device: QRDevice, secret: String? = nil, wait: Int = 0) async throws -> Asked {
        try await client.ask(
            .post, "/v1/qr-logins/\(device.id)/polls", json: #"{"poll_secret": "\#(secret ?? device.pollSecret)", "wait": \#(wait)}"#)
    }

    /// What is in the audit trail, in the order of the alphabet.
    func auditActions(like pattern: String) async throws -> [String] {
        try await pool.rows("SELECT action FROM audit_events WHERE action LIKE \(pattern) ORDER BY action") { try $0["action"] }
    }

    /// Does the same many times at once.
    static func atOnce<Value: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value) async throws -> [Value] {
        try await withThrowingTaskGroup(of: Value.self) { group in
            for index in 0..<count { group.addTask { try await body(index) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
