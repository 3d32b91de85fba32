import Synchronization

/// Something that a statement changes and that memories of this process may hold, such as the seats of a showtime.
package struct CommittedChange: Hashable, Sendable {
    /// What kind of thing it is.
    package let kind: String
    /// Its number.
    package let id: Int64

    package init(kind: String, id: Int64) {
        self.kind = kind
        self.id = id
    }
}

/// Tells this process's memories what its own transactions have changed, before whoever asked for the change hears that it is done.
///
/// A statement carries its changes with it (``Query/changing(_:by:)``), so whoever runs it need not think of it. All connections that are made
/// by one configuration tell the same observers. What may have been committed counts as committed: an observer that removes too much only
/// reads once more.
package final class CommittedChanges: Sendable {
    private let observers = Mutex<[@Sendable ([CommittedChange]) -> Void]>([])

    package init() {}

    /// Calls a closure with all changes from now on, on the connection's thread: it must be quick.
    package func observe(_ observer: @escaping @Sendable ([CommittedChange]) -> Void) {
        observers.withLock { $0.append(observer) }
    }

    func tell(_ changes: [CommittedChange]) {
        for observer in observers.withLock(\.self) { observer(changes) }
    }
}
