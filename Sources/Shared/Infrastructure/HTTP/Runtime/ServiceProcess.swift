import CoreMetrics
import Foundation
package import Logging

/// The beginning and the end of a service's main function.
package struct ServiceProcess: Sendable {
    package let configuration: ServiceConfiguration
    package let settings: Settings
    package let registry: PrometheusRegistry
    package let logger: Logger
    private let sink: LogSink
    private let threshold: LogThreshold
    private let settingNames: SettingNames

    /// Reads the configuration and sets up logs and metrics.
    ///
    /// - Throws: ``SettingFault``.
    private static func start(
        name: String, defaultPort: Int, settings: Settings, settingNames: SettingNames
    ) throws(SettingFault) -> ServiceProcess {
        var configuration = try ServiceConfiguration(settings, defaultPort: defaultPort)
        let sink = LogSink()
        let threshold = LogThreshold(configuration.logLevel)
        LoggingSystem.bootstrap { [format = configuration.logFormat] label in
            StructuredLogHandler(label: label, threshold: threshold, format: format, sink: sink)
        }
        let logger = Logger(label: name)
        let descriptors = DescriptorLimit.raise()
        if configuration.http.limit(toDescriptors: descriptors) {
            logger.warning(
                "There are too few descriptors for as many connections as HTTP_MAXIMUM_CONNECTIONS says",
                metadata: ["descriptors": "\(descriptors)", "connections": "\(configuration.http.maximumConnections)"])
        }
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        return ServiceProcess(
            configuration: configuration, settings: settings, registry: registry, logger: logger, sink: sink, threshold: threshold,
            settingNames: settingNames
        )
    }

    /// Reads the log's level again, at SIGHUP. A wrong level changes nothing.
    package func reload() {
        do throws(SettingFault) {
            threshold.level = try Settings.load(names: settingNames)[HTTPSettings.logLevel]
            logger.notice("Read the log level again", metadata: ["log_level": "\(threshold.level)"])
        } catch {
            logger.error("The log level stays as it was", metadata: ["log_level": "\(threshold.level)", "error": "\(error)"])
        }
    }

    /// Runs a service's main function. After a wrong setting it ends with one line that names the key, and status 78 (EX_CONFIG); after any
    /// other error with one line and status 1.
    ///
    /// - Parameter settingNames: all settings. A name in the environment that looks like a setting and is none is logged as a warning.
    package static func run(
        name: String, defaultPort: Int, settingNames: SettingNames,
        _ body: @Sendable (ServiceProcess) async throws -> Void
    ) async -> Never {
        Self.ignoreSignals()
        let process: ServiceProcess
        do throws(SettingFault) {
            process = try start(
                name: name, defaultPort: defaultPort, settings: try Settings.load(names: settingNames),
                settingNames: settingNames)
        } catch {
            end(saying: error.description, status: 78, LogSink())
        }
        for unknown in settingNames.unknown(in: ProcessInfo.processInfo.environment.keys) {
            process.logger.warning(
                "The environment has a setting that there is none of",
                metadata: ["name": "\(unknown.name)", "nearest": "\(unknown.nearest)"])
        }
        do {
            try await body(process)
        } catch let fault as SettingFault {
            end(saying: fault.description, status: 78, process.sink)
        } catch {
            end(saying: "\(name) can't go on: \(error)", status: 1, process.sink)
        }
        process.sink.flush()
        exit(0)
    }

    /// Ignores signals that would end the process although nobody sends them for that. SIGHUP is handled once the service runs.
    private static func ignoreSignals() {
        for number in [SIGHUP, SIGUSR1, SIGUSR2] { signal(number, SIG_IGN) }
    }

    private static func end(saying line: String, status: Int32, _ sink: LogSink) -> Never {
        sink.write(Array((line.replacing("\n", with: " ") + "\n").utf8))
        sink.flush()
        exit(status)
    }
}
