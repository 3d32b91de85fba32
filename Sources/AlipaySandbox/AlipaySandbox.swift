import Configuration
import Foundation
import Logging

/// A stand-in for Alipay on a developer's machine. It must never be deployed, because anybody who reaches it can pay any trade.
///
///     AlipaySandbox                     serves, with the settings of ``SandboxSettings``
///     AlipaySandbox make-keys FOLDER    makes the key pairs of the application and of the gateway, unless they are there
@main
struct AlipaySandbox {
    static func main() async {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            switch (arguments.first, arguments.count) {
            case (nil, 0), ("serve", 1):
                try await serve()
            case ("--help", 1), ("-h", 1):
                print(usage)
            case ("make-keys", 2):
                let folder = URL(filePath: arguments[1], directoryHint: .isDirectory)
                try KeyFiles.make("app", in: folder)
                try KeyFiles.make("alipay", in: folder)
            default:
                throw SandboxSettingError(setting: "Usage:", reason: usage)
            }
        } catch {
            FileHandle.standardError.write(Data("AlipaySandbox: \(error)\n".utf8))
            exit(1)
        }
    }

    private static let usage = "AlipaySandbox [serve | make-keys FOLDER | --help]"

    private static func serve() async throws {
        let settings = try SandboxSettings(ConfigReader(provider: EnvironmentVariablesProvider()))
        var logger = Logger(label: "AlipaySandbox")
        logger.logLevel = settings.logLevel
        try await SandboxApplication(settings: settings, logger: logger).run()
    }
}
