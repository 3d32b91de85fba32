import Foundation

/// Tells systemd the service's state (sd_notify(3)), over the datagram socket that NOTIFY_SOCKET names. Without that name it does nothing.
package struct SystemNotifier: Sendable {
    private let path: String?
    /// Half of the time within which systemd expects a notice; `nil` when it expects none.
    package let watchdogInterval: Duration?

    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        path = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        let isForUs = environment["WATCHDOG_PID"].map { $0 == String(ProcessInfo.processInfo.processIdentifier) } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdogInterval = isForUs && microseconds > 0 ? .microseconds(microseconds / 2) : nil
    }

    /// The service is ready to serve.
    package func ready() { send("READY=1") }
    /// The service is about to end.
    package func stopping() { send("STOPPING=1") }
    /// The service is alive.
    package func watchdog() { send("WATCHDOG=1") }

    private func send(_ state: String) {
        guard let path else { return }
        DatagramSocket.send(Array(state.utf8), to: path)
    }
}
