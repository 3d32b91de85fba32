import Foundation

/// Tells systemd how the service is (sd_notify(3)): over the datagram socket that NOTIFY_SOCKET names, or not at all where it names none.
package struct SystemNotifier: Sendable {
    private let path: String?
    /// Half the time within which systemd wants to hear of us; `nil` where it doesn't.
    package let watchdogInterval: Duration?

    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        path = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        let isForUs = environment["WATCHDOG_PID"].map { $0 == String(ProcessInfo.processInfo.processIdentifier) } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdogInterval = isForUs && microseconds > 0 ? .microseconds(microseconds / 2) : nil
    }

    /// The service serves.
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
