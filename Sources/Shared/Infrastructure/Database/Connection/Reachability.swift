import Synchronization

/// Tells those who wait before they try again that somebody has reached the database: what one connection can do, the others can.
package final class Reachability: Sendable {
    private let observers = Mutex<[@Sendable () -> Void]>([])

    /// Calls a closure after each connection that was made, on its thread: it must be quick.
    func observe(_ observer: @escaping @Sendable () -> Void) {
        observers.withLock { $0.append(observer) }
    }

    func reached() {
        for observer in observers.withLock(\.self) { observer() }
    }
}
