import NIOCore

/// Counts how long a request takes to arrive: the time in which the server waits for its client. Time in which the server itself doesn't
/// read, because it has enough to do, doesn't count.
struct ArrivalClock {
    private let limit: TimeAmount
    private var counted = TimeAmount.zero
    /// Since when the server has been waiting; `nil` while it doesn't.
    private var since: NIODeadline?
    /// Whether a request has begun to arrive, and has not come to its end.
    private(set) var isRunning = false

    init(limit: TimeAmount) {
        self.limit = limit
    }

    mutating func start(at now: NIODeadline) {
        isRunning = true
        counted = .zero
        since = now
    }

    mutating func stop() {
        isRunning = false
        since = nil
    }

    mutating func pause(at now: NIODeadline) {
        guard let since else { return }
        counted = counted + (now - since)
        self.since = nil
    }

    mutating func resume(at now: NIODeadline) {
        if isRunning, since == nil { since = now }
    }

    /// How much longer the server waits; `nil` while it doesn't.
    func rest(at now: NIODeadline) -> TimeAmount? {
        since.map { limit - counted - (now - $0) }
    }
}
