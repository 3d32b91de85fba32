import CoreMetrics
import Foundation
package import Logging

/// What the main function of a service begins and ends with.
package struct ServiceProcess: Sendable {
    package let configuration: ServiceConfiguration
    package let settings: Settings
    package let registry: PrometheusRegistry
    package let logger: Logger
    private let sink: LogSink
    private let threshold: LogThreshold

    /// Reads the configuration and sets up logs and metrics.
    ///
    /// - Throws: ``SettingFault``.
    package static func start(name: String, defaultPort: Int, settings: Settings) throws(SettingFault) -> ServiceProcess {
        let configuration = try ServiceConfiguration(settings, defaultPort: defaultPort)
        let sink = LogSink()
        let threshold = LogThreshold(configuration.logLevel)
        LoggingSystem.bootstrap { label in
            StructuredLogHandler(label: label, threshold: threshold, format: configuration.logFormat, sink: sink)
        }
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        return ServiceProcess(
            configuration: configuration, settings: settings, registry: registry, logger: Logger(label: name), sink: sink,
            threshold: threshold
        )
    }

    /// Reads the log's level again, as SIGHUP asks for. A wrong one changes nothing.
    package func reload() {
        do throws(SettingFault) {
            threshold.level = try Settings.load().word("log.level", default: .info)
            logger.notice("Read the log level again", metadata: ["log_level": "\(threshold.level)"])
        } catch {
            logger.error("The log level stays as it was", metadata: ["log_level": "\(threshold.level)", "error": "\(error)"])
        }
    }

    /// Runs a service's main function: a setting that is wrong ends it with one line that names the key, and status 78 (EX_CONFIG); any other
    /// error with one line and status 1.
    package static func run(
        name: String, defaultPort: Int, _ body: @Sendable (ServiceProcess) async throws -> Void
    ) async -> Never {
        Self.ignoreSignals()
        let process: ServiceProcess
        do throws(SettingFault) {
            process = try start(name: name, defaultPort: defaultPort, settings: try Settings.load())
        } catch {
            end(saying: error.description, status: 78)
        }
        do {
            try await body(process)
        } catch let fault as SettingFault {
            process.sink.flush()
            end(saying: fault.description, status: 78)
        } catch {
            process.sink.flush()
            end(saying: "\(name) can't go on: \(error)", status: 1)
        }
        process.sink.flush()
        exit(0)
    }

    /// Signals that would end the process, though nobody means that by them. SIGHUP counts once the service runs.
    private static func ignoreSignals() {
        for number in [SIGHUP, SIGUSR1, SIGUSR2] { signal(number, SIG_IGN) }
    }

    private static func end(saying line: String, status: Int32) -> Never {
        LogSink.standardError(Array((line.replacing("\n", with: " ") + "\n").utf8))
        exit(status)
    }
}
