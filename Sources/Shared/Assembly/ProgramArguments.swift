package import Callers
import Database
import HTTP
import Shared

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Answers the arguments of a service that has no commands.
package enum ProgramArguments {
    /// The version for operators.
    package static var version: String { "API version 1, schema \(Migrations.all.last?.number ?? 0)" }

    /// Answers `--help` and `--version`, and refuses all other arguments with status 64 (EX_USAGE). In these cases it ends the process. It
    /// returns when there are no arguments.
    ///
    /// - Parameter purpose: what the service is for, in one sentence.
    package static func answer(for realm: Realm, purpose: String, _ arguments: [String] = Array(CommandLine.arguments.dropFirst())) {
        let name = realm.serviceName
        switch arguments {
        case []:
            return
        case ["--version"]:
            print("\(name), \(version)")
        case ["--help"], ["-h"]:
            print(
                """
                \(name) of Piao: \(purpose)

                usage: \(name) [--help | --version]

                Without arguments it serves over HTTP until SIGTERM or SIGINT. Settings come from the environment and from the files that
                PIAO_CONFIGURATION names; `AdminService check-config` checks them. SIGHUP reads the log level again.
                """)
        default:
            let line = "\(name) takes no arguments but --help and --version; its settings are in the environment.\n"
            let sink = LogSink()
            sink.write(Array(line.utf8))
            sink.flush()
            exit(64)
        }
        exit(0)
    }
}
