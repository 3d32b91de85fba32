import API
import Assembly
import Foundation
import Logging
import Testing

@testable import HTTP

@Suite("Settings")
struct SettingsTests {
    private static let noOrigins =
        "Configuration: HTTP_ALLOWED_ORIGINS is not a list of origins such as https://www.example.com and http://localhost:5173, separated by "
        + "commas: scheme and host in lower case, the port where it isn't the scheme's own, nothing behind, and neither * nor null."

    @Test(
        "A value that is wrong stops the start with one line that names the key and why, and not the value",
        arguments: [
            ("HTTP_PORT", "eighty", "Configuration: HTTP_PORT is not a whole number."),
            ("HTTP_PORT", "70000", "Configuration: HTTP_PORT is not within 0 to 65535."),
            ("HTTP_DRAIN_SECONDS", "0", "Configuration: HTTP_DRAIN_SECONDS is not within 1 to 600."),
            ("LOG_FORMAT", "xml", "Configuration: LOG_FORMAT is not one of text, json."),
            ("RATE_LIMITS_ENABLED", "maybe", "Configuration: RATE_LIMITS_ENABLED is not true or false."),
            ("HTTP_OPERATIONS_PORT", "x", "Configuration: HTTP_OPERATIONS_PORT is not a whole number."),
            ("HTTP_OPERATIONS_PORT", "1", "Configuration: HTTP_OPERATIONS_PORT names where the service itself listens."),
            ("HTTP_OPERATIONS_HOST", "a/b", "Configuration: HTTP_OPERATIONS_HOST is neither an address nor a name."),
            (
                "HTTP_MAXIMUM_CONNECTIONS_PER_ADDRESS", "-1",
                "Configuration: HTTP_MAXIMUM_CONNECTIONS_PER_ADDRESS is not within 0 to 1000000."
            ),
            (
                "HTTP_TRUSTED_PROXIES", "10.0.0.0/8, 10.0.0.1/8",
                "Configuration: HTTP_TRUSTED_PROXIES is not a list of IP addresses and ranges such as 10.0.0.0/8, separated by commas."
            ),
            ("HTTP_ALLOWED_ORIGINS", "https://www.example.com, https://www.example.com/", Self.noOrigins),
            ("HTTP_ALLOWED_ORIGINS", "*", Self.noOrigins),
            ("HTTP_ALLOWED_ORIGINS", "null", Self.noOrigins),
            ("RATE_LIMITS_SIGN_IN", "20", "Configuration: RATE_LIMITS_SIGN_IN is not of the form REQUESTS/SECONDS."),
        ])
    func wrong(name: String, value: String, line: String) {
        let fault = #expect(throws: SettingFault.self) {
            let settings = Settings(environment: [name: value])
            _ = try ServiceConfiguration(settings, defaultPort: 1)
            _ = try RateLimitConfiguration(settings)
        }
        #expect(fault?.description == line)
    }

    @Test("Of several files the first one comes first, and one with a hyphen may be absent")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (own, common) = (folder.path + "/client.env", folder.path + "/piao.env")
        try "HTTP_PORT=9001\n".write(toFile: own, atomically: true, encoding: .utf8)
        try "HTTP_PORT=9000\nLOG_LEVEL=debug\n".write(toFile: common, atomically: true, encoding: .utf8)
        let paths = "\(own):-\(folder.path)/absent.env:-\(common)"
        let configuration = try ServiceConfiguration(
            Settings.load(environment: ["PIAO_CONFIGURATION": paths], names: .all), defaultPort: 1)
        #expect(configuration.http.port == 9001)
        #expect(configuration.logLevel == .debug)
        #expect(throws: SettingFault.self) {
            try Settings.load(environment: ["PIAO_CONFIGURATION": "\(own):\(folder.path)/absent.env"], names: .all)
        }
    }

    @Test("Values are taken from the environment, then from the file, then from the defaults")
    func order() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "# a comment\n\nHTTP_PORT=9001\nHTTP_HOST=\"0.0.0.0\"\nRATE_LIMITS_SIGN_IN=5/60\n".write(
            toFile: path, atomically: true, encoding: .utf8)
        let settings = try Settings.load(
            environment: ["PIAO_CONFIGURATION": path, "HTTP_PORT": "9002", "LOG_LEVEL": "warning"], names: .all)
        let configuration = try ServiceConfiguration(settings, defaultPort: 1)
        #expect(configuration.http.port == 9002)
        #expect(configuration.http.host == "0.0.0.0")
        #expect(configuration.http.idleSeconds == 60)
        #expect(configuration.logLevel == .warning)
        #expect(try RateLimitConfiguration(settings).classes[.signIn] == RateLimit(requests: 5, seconds: 60))
        // An empty value hides those that come after it.
        let hidden = try Settings.load(environment: ["PIAO_CONFIGURATION": path, "HTTP_HOST": ""], names: .all)
        #expect(hidden.text("http.host") == nil && hidden.text("http.port") == "9001")
    }

    @Test("Lines of a file may end as on any system", arguments: ["\n", "\r\n", "\r"])
    func lineEnds(end: String) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try ["# a comment", "", "HTTP_PORT=9001", "HTTP_HOST=\"::1\"", ""].joined(separator: end).write(
            toFile: path, atomically: true, encoding: .utf8)
        let settings = try Settings.load(environment: ["PIAO_CONFIGURATION": path], names: .all)
        #expect(settings.text("http.port") == "9001" && settings.text("http.host") == "::1")
        try ["# a comment", "HTTP_PORT=9001", "HTTP_PROT=1"].joined(separator: end).write(toFile: path, atomically: true, encoding: .utf8)
        let fault = #expect(throws: SettingFault.self) { try Settings.load(environment: ["PIAO_CONFIGURATION": path], names: .all) }
        #expect(fault?.reason.contains("line 3 sets HTTP_PROT") == true)
    }

    @Test("One address may have a quarter of the connections unless set otherwise; operators' calls have no place of their own")
    func defaults() throws {
        func http(_ environment: [String: String]) throws -> HTTPConfiguration {
            try ServiceConfiguration(Settings(environment: environment), defaultPort: 1).http
        }
        #expect(try http([:]).maximumConnectionsPerAddress == 1_024)
        #expect(try http(["HTTP_MAXIMUM_CONNECTIONS": "100"]).maximumConnectionsPerAddress == 25)
        #expect(try http(["HTTP_MAXIMUM_CONNECTIONS": "2"]).maximumConnectionsPerAddress == 1)
        #expect(try http(["HTTP_MAXIMUM_CONNECTIONS_PER_ADDRESS": "0"]).maximumConnectionsPerAddress == 0)
        #expect(try http([:]).operationsAddress == nil)
        let port = try #require(try http(["HTTP_OPERATIONS_PORT": "9"]).operationsAddress)
        #expect(port.host == "127.0.0.1" && port.port == 9)
        let host = try #require(try http(["HTTP_OPERATIONS_HOST": "::1"]).operationsAddress)
        #expect(host.host == "::1" && host.port == 1)
    }

    @Test("A configuration file that is missing or broken stops the start")
    func brokenFile() throws {
        #expect(throws: SettingFault.self) { try Settings.load(environment: ["PIAO_CONFIGURATION": "/nowhere"], names: .all) }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "HTTP_PORT=1\nnonsense\n".write(toFile: path, atomically: true, encoding: .utf8)
        let fault = #expect(throws: SettingFault.self) { try Settings.load(environment: ["PIAO_CONFIGURATION": path], names: .all) }
        #expect(fault?.reason.contains("line 2") == true)
    }

    @Test("Secrets come from the environment, a named file or systemd's credentials")
    func secrets() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("credentials-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appendingPathComponent("database_url").path
        try "host=here\n".write(toFile: file, atomically: true, encoding: .utf8)
        let (url, optionalURL) = (Setting(requiredSecret: "database.url", ""), Setting(secret: "database.url", unset: "none", ""))
        #expect(try Settings(environment: ["DATABASE_URL": "a"])[url] == "a")
        #expect(try Settings(environment: ["DATABASE_URL_FILE": file])[url] == "host=here")
        #expect(try Settings(environment: ["CREDENTIALS_DIRECTORY": directory.path])[url] == "host=here")
        #expect(try Settings(environment: [:])[optionalURL] == nil)
        #expect(throws: SettingFault.self) { try Settings(environment: ["DATABASE_URL_FILE": "/nowhere"])[optionalURL] }
        #expect(throws: SettingFault.self) { try Settings(environment: [:])[url] }
    }

    @Test("A setting of a thing that somebody has named is read under that name")
    func named() throws {
        let issuer = Setting(required: "identity.provider.NAME.issuer", "")
        let settings = Settings(environment: ["IDENTITY_PROVIDER_EXAMPLE_ISSUER": "https://a"])
        #expect(issuer.declaration.name == "IDENTITY_PROVIDER_NAME_ISSUER")
        #expect(try settings[issuer.named("example")] == "https://a")
        let fault = #expect(throws: SettingFault.self) { try settings[issuer.named("other")] }
        #expect(fault?.description == "Configuration: IDENTITY_PROVIDER_OTHER_ISSUER is not set.")
    }
}
