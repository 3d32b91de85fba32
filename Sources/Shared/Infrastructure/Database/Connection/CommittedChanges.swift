import Synchronization

/// A thing that a statement changes and that this process may have cached.
package struct CommittedChange: Hashable, Sendable {
    /// The kind of thing.
    package let kind: String
    /// Its number.
    package let id: Int64

    package init(kind: String, id: Int64) {
        self.kind = kind
        self.id = id
    }
}

/// Notifies this process's caches of what its own transactions have changed, before the caller of a transaction gets its result.
///
/// A statement carries its changes (``Query/changing(_:by:)``), so the code that runs it need not think of them. All connections of one
/// configuration notify the same observers. A change that may have been committed counts as committed: an observer that removes too much
/// only reads once more.
package final class CommittedChanges: Sendable {
    private let observers = Mutex<[@Sendable ([CommittedChange]) -> Void]>([])

    package init() {}

    /// Calls a closure with all changes from now on, on the connection's thread: it must be quick.
    package func observe(_ observer: @escaping @Sendable ([CommittedChange]) -> Void) {
        observers.withLock { $0.append(observer) }
    }

    func notify(_ changes: [CommittedChange]) {
        for observer in observers.withLock(\.self) { observer(changes) }
    }
}
