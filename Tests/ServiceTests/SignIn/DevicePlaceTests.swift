import API
import Assembly
import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import Testing
import Text

@Suite("Where a device is")
struct DevicePlaceTests {
    /// - Parameter list: the operator's, if there is one.
    private static func with(list: String?, _ test: @Sendable (Platform) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "places-\(UUID().uuidString).csv").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        if let list { try Data(list.utf8).write(to: URL(filePath: path)) }
        try await Platform.with(list == nil ? [:] : ["IDENTITY_PLACES_FILE": path], test)
    }

    private func look(at platform: Platform) async throws -> [JSONValue] {
        let phone = try await platform.moviegoer("anna")
        let device = try await platform.qrDevice()
        try await platform.pool.execute("UPDATE qr_logins SET address = '203.0.113.7'")
        try await platform.pool.execute("UPDATE sessions SET address = '2001:db8::7'")
        let scanned = try await platform.scan(device, by: phone)
        #expect(scanned["address"].text == "203.0.113.7")
        let own = try await platform.client.ask(.get, "/v1/sessions", token: phone)
        let id = try await platform.client.ask(.get, "/v1/me", token: phone)["id"].number
        let listed = try await platform.admin.ask(.get, "/v1/accounts/\(id)/sessions", token: platform.administrator)
        return [scanned["place"]] + (own["items"].items + listed["items"].items).map { $0["place"] }
    }

    @Test("Whoever approves it, and whoever lists sessions, is told by the operator's list")
    func told() async throws {
        try await Self.with(list: "203.0.113.0,203.0.113.255,CN,Shanghai,Shanghai\n2001:db8::,2001:db8::ffff,FR,,\n") { platform in
            let places = try await look(at: platform)
            #expect(places.count == 3)
            #expect(places[0]["country"].text == "CN" && places[0]["region"].text == "Shanghai" && places[0]["city"].text == "Shanghai")
            for place in places.dropFirst() { #expect(place["country"].text == "FR" && place["city"] == .null) }
        }
    }

    @Test("Without a list nobody is told anything")
    func untold() async throws {
        try await Self.with(list: nil) { platform in
            let places = try await look(at: platform)
            #expect(places == [.null, .null, .null])
        }
    }

    @Test("A list that isn't there or isn't one stops the service at its start")
    func wrong() async throws {
        #expect(throws: SettingFault.self) {
            _ = try IPGeography.read(Settings(environment: ["IDENTITY_PLACES_FILE": "/nowhere/places.csv"]))
        }
        let path = FileManager.default.temporaryDirectory.appending(path: "places-\(UUID().uuidString).csv").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("first,last,country\n".utf8).write(to: URL(filePath: path))
        let fault = #expect(throws: SettingFault.self) {
            _ = try IPGeography.read(Settings(environment: ["IDENTITY_PLACES_FILE": path]))
        }
        #expect(fault?.description.contains("line 1") == true)
        #expect(try IPGeography.read(Settings(environment: [:])) == nil)
    }
}
