import Synchronization

/// Does work once for all callers that want its result at the same time.
///
/// The work runs in a task of its own: when the first caller is cancelled, the others that wait for it still get the result.
package final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Flight: Sendable {
        let began: ContinuousClock.Instant
        let task: Task<Value, Never>
    }

    private enum Entry {
        case known(Value)
        case flight(Flight)
    }

    private let now: @Sendable () -> ContinuousClock.Instant
    /// The work under way. There is never more of it than callers.
    private let flights = Mutex<[Key: Flight]>([:])

    /// - Parameter now: the clock.
    package init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.now = now
    }

    /// The result of the work under way for a key, or of new work.
    ///
    /// - Parameters:
    ///   - earliest: a moment in the past. Work that began at this moment or before is too old: the caller waits for its end, and then
    ///     begins new work.
    ///   - known: gives a result that exists already. It is asked before any work begins or is waited for. When the work stores its result
    ///     there before it ends, no work is begun once too often.
    ///   - work: receives the moment at which it began.
    package func value(
        for key: Key,
        begunAfter earliest: ContinuousClock.Instant? = nil,
        known: () -> Value? = { nil },
        work: @escaping @Sendable (_ began: ContinuousClock.Instant) async -> Value
    ) async -> Value {
        while true {
            switch enter(key, known: known, work: work) {
            case .known(let value): return value
            case .flight(let flight):
                let value = await flight.task.value
                if earliest.map({ $0 < flight.began }) ?? true { return value }
            }
        }
    }

    private func enter(
        _ key: Key, known: () -> Value?, work: @escaping @Sendable (ContinuousClock.Instant) async -> Value
    ) -> Entry {
        flights.withLock { flights in
            if let value = known() { return .known(value) }
            if let flight = flights[key] { return .flight(flight) }
            let began = now()
            let task = Task {
                let value = await work(began)
                self.flights.withLock { $0[key] = nil }
                return value
            }
            let flight = Flight(began: began, task: task)
            flights[key] = flight
            return .flight(flight)
        }
    }
}
