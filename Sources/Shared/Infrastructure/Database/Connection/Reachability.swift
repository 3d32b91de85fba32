import Synchronization

/// Notifies observers that a connection to the database was made. Others that pause before another attempt can then connect too.
package final class Reachability: Sendable {
    private let observers = Mutex<[@Sendable () -> Void]>([])

    /// Calls a closure after each new connection, on the connection's thread: it must be quick.
    func observe(_ observer: @escaping @Sendable () -> Void) {
        observers.withLock { $0.append(observer) }
    }

    func reached() {
        for observer in observers.withLock(\.self) { observer() }
    }
}
