package import Callers
import Database
import HTTP
import Shared

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// What a service without commands says instead of serving when it is asked by its arguments.
package enum ProgramArguments {
    /// What distinguishes one release from another to whoever runs it.
    package static var version: String { "API version 1, schema \(Migrations.all.last?.number ?? 0)" }

    /// Answers `--help` and `--version` and ends the process, and refuses whatever else there is with status 64 (EX_USAGE). Returns when there are
    /// no arguments.
    ///
    /// - Parameter purpose: one sentence.
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
