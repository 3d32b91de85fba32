import Foundation
import Shared
import TestSupport
import Testing

@Suite("The settings that the units and the samples make", .inTurn)
struct UnitSettingsTests {
    private static let systemd = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "deploy/systemd")

    /// A folder in place of /etc/piao and of a unit's credentials, filled as deploy/systemd/README.md says.
    private static func withFolder(_ body: (URL) async throws -> Void) async throws {
        let (app, alipay) = try Platform.keys.get()
        try await AdminCommand.withFolder { folder in
            for sample in ["piao", "client", "cinema", "admin"].map({ $0 + ".env" }) {
                try FileManager.default.copyItem(
                    at: systemd.appending(path: "sample").appending(path: sample), to: folder.appending(path: sample))
            }
            for (credential, text) in [
                "alipay_app_private.pem": app.privateKeyPEM, "alipay_public.pem": alipay.publicKeyPEM, "tickets.pem": Platform.ticketKey,
                "identity_secrets_key": Platform.ticketKey,
            ] {
                try Data(text.utf8).write(to: folder.appending(path: credential))
            }
            try await body(folder)
        }
    }

    /// What a unit tells its program.
    private static func environment(of service: String, in folder: URL) throws -> [String: String] {
        let unit = try String(contentsOf: systemd.appending(path: "piao-\(service).service"), encoding: .utf8)
        var environment = ["CREDENTIALS_DIRECTORY": folder.path]
        for line in unit.split(separator: "\n") where line.hasPrefix("Environment=") {
            let parts = line.split(separator: "=", maxSplits: 2)
            try #require(parts.count == 3)
            environment[String(parts[1])] = String(parts[2]).replacing("%d", with: folder.path)
                .replacing("/etc/piao", with: folder.path)
        }
        return environment
    }

    private static func check(_ service: String, _ environment: [String: String]) async throws -> AdminCommand.Run {
        var command = AdminCommand(program: "AdminService")
        command.settings = environment
        return try await command.run("check-config", "--service", service)
    }

    @Test("A crash ends its process at once, and the unit starts again however often", arguments: ["client", "cinema", "admin", "migrate"])
    func crashes(unit: String) throws {
        let lines = try String(contentsOf: Self.systemd.appending(path: "piao-\(unit).service"), encoding: .utf8).split(separator: "\n")
        // A backtrace keeps a crashed process for half a minute.
        #expect(lines.contains("Environment=SWIFT_BACKTRACE=enable=no"))
        #expect(lines.contains("StartLimitIntervalSec=0") && lines.contains { $0.hasPrefix("Restart=") && $0 != "Restart=no" })
    }

    @Test("With the samples as they are, and keys, each service may start", arguments: ["client", "cinema", "admin"])
    func samples(service: String) async throws {
        try await Self.withFolder { folder in
            let environment = try Self.environment(of: service, in: folder)
            #expect(environment.count > 5, "\(environment)")
            let run = try await Self.check(service, environment)
            #expect(run.status == 0 && run.complaints.isEmpty, "\(run)")
            let misspelt = try await Self.check(service, environment.merging(["HTTP_PROT": "secretvalue"]) { $1 })
            #expect(misspelt.status == 0 && misspelt.complaints.contains("HTTP_PROT in the environment is no setting; HTTP_PORT is"))
            #expect(!misspelt.complaints.contains("secretvalue"))
            // Control: they are read.
            try Data("HTTP_PORT=eighty\n".utf8).write(to: folder.appending(path: "\(service).env"))
            let wrong = try await Self.check(service, environment)
            #expect(wrong.status == 78 && wrong.complaints.contains("HTTP_PORT"), "\(wrong)")
        }
    }

    @Test("Certificate mode needs the drop-in of deploy/systemd/README.md, since a unit's own settings come before those of its files")
    func certificates() async throws {
        let (app, alipay) = try Platform.keys.get()
        let root = try await TestCertificates.root()
        try await Self.withFolder { folder in
            var settings = try String(contentsOf: folder.appending(path: "piao.env"), encoding: .utf8)
            for (name, certificate) in [
                ("ALIPAY_ROOT_CERTIFICATE", root),
                ("ALIPAY_APP_CERTIFICATE", try await TestCertificates.issued(by: root, key: app.privateKeyPEM, serial: "1001")),
                ("ALIPAY_CERTIFICATE", try await TestCertificates.issued(by: root, key: alipay.privateKeyPEM, serial: "1002")),
            ] {
                let file = folder.appending(path: name.lowercased() + ".crt")
                try Data(certificate.pem.utf8).write(to: file)
                settings += "\(name)_FILE=\(file.path)\n"
            }
            try Data(settings.utf8).write(to: folder.appending(path: "piao.env"))
            var environment = try Self.environment(of: "client", in: folder)
            let both = try await Self.check("client", environment)
            #expect(both.status == 78 && both.complaints.contains("ALIPAY_PUBLIC_KEY"), "\(both)")
            environment["ALIPAY_PUBLIC_KEY_FILE"] = ""
            let run = try await Self.check("client", environment)
            #expect(run.status == 0, "\(run)")
        }
    }
}
