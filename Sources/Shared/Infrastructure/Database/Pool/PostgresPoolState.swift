import Waiting

/// Decides for a pool: which caller gets which connection, when one is made or closed, and who is refused.
///
/// It does nothing itself: the pool reports what happened, and gets the decision. So it can be tested without a database, a clock or a
/// task.
struct PostgresPoolState {
    typealias Instant = ContinuousClock.Instant

    /// One of the pool's connections, from the decision to make it on.
    struct ConnectionID: Hashable {
        let number: Int
    }

    /// A caller that waits for a connection.
    struct WaiterID: Hashable {
        let number: Int
    }

    struct Limits: Equatable {
        var minimum: Int
        var maximum: Int
        var maximumWaiters: Int
        var leaseTimeout: Duration
        var idleTimeout: Duration
    }

    /// The answer to a caller that wants a connection.
    enum Lease: Equatable {
        case use(ConnectionID)
        /// Wait; meanwhile make this connection, and call ``expire(at:)`` at the moment given, unless one is waiting for that already.
        case wait(connect: ConnectionID?, timer: Instant?)
        case poolExhausted
        case closed
    }

    /// What to do with a connection that is free or was just made.
    enum Placement: Equatable {
        case give(WaiterID)
        case keep
        case close
    }

    /// What to do when a connection has come back.
    struct Return: Equatable {
        var placement: Placement
        var connect: ConnectionID?
    }

    private struct Idle {
        let id: ConnectionID
        let since: Instant
    }

    private let limits: Limits
    /// Idle connections. The one that was used last is at the end and is used first, so that surplus ones stay unused and are closed.
    private var idle: [Idle] = []
    private var leased: Set<ConnectionID> = []
    private var connecting: Set<ConnectionID> = []
    /// Attempts that began before somebody else reached the server. They may hang, so nothing waits for them any more.
    private var overtaken: Set<ConnectionID> = []
    private var closing: Set<ConnectionID> = []
    /// The waiting callers in the order in which they came.
    private var waiters: WaitingLine<WaiterID>
    private var made = 0
    private(set) var isClosed = false
    /// How many attempts to connect have failed one after the other.
    private(set) var failures = 0
    /// Whether the next attempt waits for ``retry()``.
    private var isBackingOff = false

    init(limits: Limits) {
        self.limits = limits
        waiters = WaitingLine(capacity: limits.maximumWaiters, waitLimit: limits.leaseTimeout)
    }

    var idleCount: Int { idle.count }
    var leasedCount: Int { leased.count }
    var connectingCount: Int { connecting.count }
    var waiterCount: Int { waiters.count }
    /// The number of connections, including those that are being made.
    var count: Int { idle.count + leased.count + connecting.count }
    /// Whether nothing is left to close.
    var isDrained: Bool { isClosed && count == 0 && closing.isEmpty }

    // MARK: Leasing

    /// Handles a caller that wants a connection.
    mutating func lease(_ waiter: WaiterID, at now: Instant) -> Lease {
        guard !isClosed else { return .closed }
        if let connection = idle.popLast() {
            leased.insert(connection.id)
            return .use(connection.id)
        }
        guard waiters.append(waiter, at: now) else { return .poolExhausted }
        return .wait(connect: connectionToMake(), timer: waiters.beginWatch())
    }

    /// Handles a caller that no longer waits.
    ///
    /// - Returns: whether the caller was still waiting.
    mutating func abandon(_ waiter: WaiterID) -> Bool {
        waiters.removeFirst { $0 == waiter } != nil
    }

    /// Refuses callers whose time is over.
    ///
    /// - Returns: the callers that have waited too long, and when to look again.
    mutating func expire(at now: Instant) -> (expired: [WaiterID], timer: Instant?) {
        let (late, next) = waiters.removeLate(at: now)
        return (late, next)
    }

    // MARK: Connections

    /// A connection to be made, when more callers wait than connections are being made, and there is room.
    mutating func connectionToMake() -> ConnectionID? {
        guard !isClosed, !isBackingOff, count < limits.maximum else { return nil }
        // After a failure only one attempt at a time is made, which shows whether the server is back.
        let promising = connecting.count - overtaken.count
        guard failures == 0 || promising == 0 else { return nil }
        let missing = max(waiters.count, limits.minimum - idle.count - leased.count)
        guard promising < missing else { return nil }
        made += 1
        let id = ConnectionID(number: made)
        connecting.insert(id)
        return id
    }

    /// Calls ``connectionToMake()`` until it gives none.
    mutating func connectionsToMake() -> [ConnectionID] {
        var ids: [ConnectionID] = []
        while let id = connectionToMake() { ids.append(id) }
        return ids
    }

    /// A connection was made.
    mutating func connected(_ id: ConnectionID, at now: Instant) -> Placement {
        connecting.remove(id)
        overtaken.remove(id)
        failures = 0
        isBackingOff = false
        return place(id, at: now)
    }

    /// A connection could not be made. No further attempt begins before ``retry()``, unless somebody else has reached the server since.
    mutating func connectFailed(_ id: ConnectionID) {
        connecting.remove(id)
        guard overtaken.remove(id) == nil else { return }
        failures += 1
        isBackingOff = true
    }

    /// Somebody else has reached the server. The back-off is over, and earlier attempts, which may hang, are no longer waited for.
    ///
    /// - Returns: the connections to be made.
    mutating func endBackOff() -> [ConnectionID] {
        guard failures > 0 else { return [] }
        isBackingOff = false
        failures = 0
        overtaken = connecting
        return connectionsToMake()
    }

    /// The back-off is over.
    ///
    /// - Returns: a connection to be made.
    mutating func retry() -> ConnectionID? {
        isBackingOff = false
        return connectionToMake()
    }

    /// A connection has come back.
    ///
    /// - Parameter isUsable: whether it may be used again.
    mutating func release(_ id: ConnectionID, isUsable: Bool, at now: Instant) -> Return {
        leased.remove(id)
        guard isUsable else {
            closing.insert(id)
            return Return(placement: .close, connect: connectionToMake())
        }
        return Return(placement: place(id, at: now), connect: nil)
    }

    private mutating func place(_ id: ConnectionID, at now: Instant) -> Placement {
        guard !isClosed else {
            closing.insert(id)
            return .close
        }
        guard let waiter = waiters.removeFirst(1).first else {
            idle.append(Idle(id: id, since: now))
            return .keep
        }
        leased.insert(id)
        return .give(waiter.element)
    }

    /// Finds connections that nobody uses.
    ///
    /// - Returns: the connections to be closed, which are beyond the minimum and have not been used for long.
    mutating func prune(at now: Instant) -> [ConnectionID] {
        let surplus = count - limits.minimum
        guard surplus > 0 else { return [] }
        let old = idle.prefix { $0.since.advanced(by: limits.idleTimeout) <= now }.prefix(surplus).map(\.id)
        idle.removeFirst(old.count)
        closing.formUnion(old)
        return old
    }

    /// Drops all idle connections, because they lead to a server that no longer accepts writes.
    ///
    /// - Returns: the connections to be closed.
    mutating func discardIdle() -> [ConnectionID] {
        let ids = idle.map(\.id)
        idle.removeAll()
        closing.formUnion(ids)
        return ids
    }

    /// A connection has been closed.
    mutating func closed(_ id: ConnectionID) {
        closing.remove(id)
    }

    // MARK: The end

    /// Refuses all further leases.
    ///
    /// - Returns: the waiting callers to refuse, and the connections to close at once. The other connections follow as they come back.
    mutating func shutDown() -> (refused: [WaiterID], close: [ConnectionID]) {
        isClosed = true
        return (waiters.removeAll(), discardIdle())
    }
}
