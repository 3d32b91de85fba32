import API
import Assembly
import Foundation
import Testing

@testable import HTTP

@Suite("Misspelt settings are noticed")
struct SettingNamesTests {
    @Test(
        "What looks like a setting and is none is told with the one that was meant",
        arguments: [
            ("HTTP_PROT", "HTTP_PORT"), ("HTTP_POTR", "HTTP_PORT"), ("http_port", "HTTP_PORT"), ("HTPP_PORT", "HTTP_PORT"),
            ("DATABSE_URL", "DATABASE_URL"), ("DATABASE_URL_FILES", "DATABASE_URL_FILE"), ("HTTP_PORT_FILE", "HTTP_PORT"),
            ("RATE_LIMIT_ENABLED", "RATE_LIMITS_ENABLED"), ("ALIPAY_APPID", "ALIPAY_APP_ID"), ("LANES_NUMBER", "LANES_COUNT"),
            ("PIAO_CONFIG", "PIAO_CONFIGURATION"), ("IDENTITY_PROVIDER_EXAMPLE_ISUER", nil),
        ] as [(String, String?)])
    func misspelt(name: String, meant: String?) throws {
        let unknown = try #require(SettingNames.all.unknown(in: [name, "HTTP_HOST"]).first)
        #expect(unknown.name == name)
        if let meant { #expect(unknown.nearest == meant) }
    }

    @Test(
        "What is a setting, or nothing of ours, is not told",
        arguments: [
            "HTTP_PORT", "DATABASE_URL_FILE", "IDENTITY_PROVIDER_EXAMPLE_ISSUER", "IDENTITY_PROVIDER_A1_CLIENT_SECRET_FILE", "PATH", "HOME",
            "LOGNAME", "LOG", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY", "INVOCATION_ID", "_",
            "SWIFT_BACKTRACE", "LC_ALL", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR", "PGHOST", "", String(repeating: "A_", count: 100),
        ])
    func foreign(name: String) {
        #expect(SettingNames.all.unknown(in: [name]).isEmpty)
    }

    @Test("A file may hold nothing but settings, each once")
    func file() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        for (line, reason) in [
            ("HTTP_PROT=1", "sets HTTP_PROT, which is no setting; HTTP_PORT is the nearest"), ("PATH=/bin", "sets PATH"),
            ("HTTP_HOST=127.0.0.1", "sets HTTP_HOST once more"),
        ] {
            try "HTTP_HOST=127.0.0.1\n\(line)\n".write(toFile: path, atomically: true, encoding: .utf8)
            let fault = #expect(throws: SettingFault.self) {
                try Settings.load(environment: ["PIAO_CONFIGURATION": path], names: .all)
            }
            #expect(fault?.reason.contains("line 2 \(reason)") == true)
        }
    }
}
