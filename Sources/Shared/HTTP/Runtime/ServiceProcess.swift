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

    /// Reads the configuration and sets up logs and metrics.
    ///
    /// - Throws: ``SettingFault``.
    package static func start(name: String, defaultPort: Int, settings: Settings) throws(SettingFault) -> ServiceProcess {
        let configuration = try ServiceConfiguration(settings, defaultPort: defaultPort)
        let sink = LogSink()
        LoggingSystem.bootstrap { label in
            StructuredLogHandler(label: label, level: configuration.logLevel, format: configuration.logFormat, sink: sink)
        }
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        return ServiceProcess(configuration: configuration, settings: settings, registry: registry, logger: Logger(label: name), sink: sink)
    }

    /// Runs a service's main function: a setting that is wrong ends it with one line that names the key, and status 78 (EX_CONFIG); any other
    /// error with one line and status 1.
    package static func run(
        name: String, defaultPort: Int, _ body: @Sendable (ServiceProcess) async throws -> Void
    ) async -> Never {
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

    private static func end(saying line: String, status: Int32) -> Never {
        LogSink.standardError(Array((line.replacing("\n", with: " ") + "\n").utf8))
        exit(status)
    }
}
