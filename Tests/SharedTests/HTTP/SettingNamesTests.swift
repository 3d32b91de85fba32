import Foundation
import Presentation
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

    @Test("A file may hold nothing but settings")
    func file() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        for (line, reason) in [
            ("HTTP_PROT=1", "sets HTTP_PROT, which is no setting; HTTP_PORT is the nearest"), ("PATH=/bin", "sets PATH"),
        ] {
            try "HTTP_HOST=127.0.0.1\n\(line)\n".write(toFile: path, atomically: true, encoding: .utf8)
            let fault = #expect(throws: SettingFault.self) {
                try Settings.load(environment: ["PIAO_CONFIGURATION": path], names: .all)
            }
            #expect(fault?.reason.contains("line 2 \(reason)") == true)
        }
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("The list of settings is that of the operators' page")
    func documented() throws {
        let page = try String(contentsOf: Self.root.appending(path: "deploy/systemd/settings.md"), encoding: .utf8)
        var documented: Set<String> = ["PIAO_CONFIGURATION"]
        for line in page.split(separator: "\n") where line.hasPrefix("| `") {
            let cell = line.dropFirst().prefix { $0 != "|" }
            // The rest of a name like that before it stands behind an ellipsis.
            var first = ""
            for name in cell.split(separator: "`").map(String.init) where name.contains(where: \.isUppercase) {
                if name.hasPrefix("…") {
                    let beginning = first.firstRange(of: "_NAME").map { first[..<$0.upperBound] } ?? first[...]
                    documented.insert(String(beginning) + name.dropFirst())
                } else {
                    documented.insert(name)
                    first = name
                }
            }
        }
        let listed = Set(SettingNames.services)
        #expect(documented.subtracting(listed).sorted() == [], "The list lacks these.")
        #expect(listed.subtracting(documented).sorted() == [], "The page lacks these.")
    }

    @Test("Every setting that the sources read is in the list")
    func read() throws {
        let reading = /(?:settings|Settings)\.(?:text|requiredText|int|bool|word|list|secret|requiredSecret)\(\s*"([A-Za-z.]+)"/
        let read = try Self.names(reading)
        #expect(read.count > 50)
        #expect(read.filter { !SettingNames.all.contains($0) }.sorted() == [])
    }

    @Test("Every setting in the list is read")
    func listed() throws {
        let keys = try Self.names(/"([a-z][A-Za-z]*\.[A-Za-z.]+)"/)
            .union(RateLimits.standard.keys.map { "RATE_LIMITS_\($0.rawValue.uppercased())" })
        #expect(SettingNames.services.filter { !keys.contains($0) && !$0.contains("_NAME_") } == [])
        #expect(!keys.contains("HTTP_PROT"), "Control.")
    }

    /// The settings whose keys the sources name in a certain way.
    private static func names(_ pattern: Regex<(Substring, Substring)>) throws -> Set<String> {
        var names: Set<String> = []
        let sources = root.appending(path: "Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: pattern) { names.insert(SettingFault.environmentName(of: String(match.output.1))) }
        }
        return names
    }
}
