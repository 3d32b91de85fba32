import Callers
import Metrics
import NIOCore
import ServiceLifecycle
import Synchronization

/// The open event streams of this process: their limits, their waiting readers, heartbeats, and their end.
///
/// A stream holds one event at a time. A slow reader doesn't get the events that it missed; it gets one event that brings it to the newest
/// state. A reader that takes nothing is cut off as on every connection (``ConnectionLimits``).
package final class EventStreams: Service {
    private struct Open {
        let feed: any EventFeed
        let blocks: [AddressBlock]
        /// The id of the state that the reader knows.
        var knownID: String?
        /// The stream's continuation, while it waits for the next event.
        var waiting: CheckedContinuation<ServerSentEvent?, Never>?
        var isOver = false
        let onEnd: @Sendable () -> Void
    }

    private struct State {
        var open: [Int: Open] = [:]
        var readers: [ObjectIdentifier: Set<Int>] = [:]
        /// How many streams each address block has open.
        var addresses: [AddressBlock: Int] = [:]
        var lastNumber = 0
        var isDraining = false
    }

    private let limit: Int
    private let limitPerAddress: Int
    private let heartbeat: Duration
    private let metrics = EventStreamMetrics()
    private let state = Mutex(State())

    /// The number of groups in which heartbeats are sent, one after the other.
    private static let groups = 15

    /// - Parameters:
    ///   - limit: how many streams may be open.
    ///   - limitPerAddress: how many of them one client's address block may have (``AddressBlock``).
    ///   - heartbeat: how long a stream may be silent. Proxies cut silent connections, often after a minute.
    package init(limit: Int, limitPerAddress: Int = 100, heartbeat: Duration = .seconds(15)) {
        self.limit = limit
        self.limitPerAddress = limitPerAddress
        self.heartbeat = heartbeat
    }

    /// How many streams are open.
    package var count: Int { state.withLock { $0.open.count } }

    /// Checks whether a stream may be opened now, before any work is done for it. ``open(_:after:address:onEnd:)`` checks again.
    ///
    /// - Throws: ``Problem/tooManyStreams``, ``Problem/tooManyStreamsOfAddress``.
    package func check(address: String) throws(Problem) {
        guard let refusal = state.withLock({ self.refusal(of: AddressBlock.all(of: address), $0) }) else { return }
        metrics.refused()
        throw refusal
    }

    private func refusal(of blocks: [AddressBlock], _ state: State) -> Problem? {
        guard !state.isDraining, state.open.count < limit else { return .tooManyStreams }
        let hasRoom = blocks.allSatisfy { state.addresses[$0, default: 0] < $0.share(ofClient: limitPerAddress, outOf: limit) }
        return hasRoom ? nil : .tooManyStreamsOfAddress
    }

    /// Opens a stream.
    ///
    /// - Parameters:
    ///   - id: the id of the last event that the reader got, when it reconnects.
    ///   - address: the reader's IP address.
    ///   - onEnd: called once, when the stream has ended.
    /// - Throws: ``Problem/tooManyStreams``, ``Problem/tooManyStreamsOfAddress``; `onEnd` is then not called.
    package func open(
        _ feed: any EventFeed, after id: String?, address: String, onEnd: @escaping @Sendable () -> Void = {}
    ) throws(Problem) -> EventStream {
        let blocks = AddressBlock.all(of: address)
        let number: Result<Int, Problem> = state.withLock { state in
            if let refusal = self.refusal(of: blocks, state) { return .failure(refusal) }
            state.lastNumber += 1
            state.open[state.lastNumber] = Open(feed: feed, blocks: blocks, knownID: id, onEnd: onEnd)
            state.readers[ObjectIdentifier(feed), default: []].insert(state.lastNumber)
            for block in blocks { state.addresses[block, default: 0] += 1 }
            metrics.record(open: state.open.count)
            return .success(state.lastNumber)
        }
        if case .failure = number { metrics.refused() }
        return EventStream(number: try number.get(), streams: self)
    }

    /// Sends the new state to all readers of a feed.
    package func wake(_ feed: any EventFeed) {
        var due: [(CheckedContinuation<ServerSentEvent?, Never>, ServerSentEvent)] = []
        state.withLock { state in
            for number in state.readers[ObjectIdentifier(feed)] ?? [] {
                guard let waiting = state.open[number]?.waiting, let event = Self.next(&state, number) else { continue }
                state.open[number]?.waiting = nil
                due.append((waiting, event))
            }
        }
        for (waiting, event) in due { waiting.resume(returning: event) }
    }

    /// The event that the stream has to send now.
    private static func next(_ state: inout State, _ number: Int) -> ServerSentEvent? {
        guard let open = state.open[number], let (event, id) = open.feed.event(after: open.knownID) else { return nil }
        state.open[number]?.knownID = id
        return event
    }

    // MARK: What a stream does

    /// Waits for the next event; `nil` at the end.
    func next(_ number: Int) async -> ServerSentEvent? {
        await withCheckedContinuation { continuation in
            let ready: ServerSentEvent?? = state.withLock { state in
                guard let open = state.open[number], !open.isOver else { return .some(nil) }
                if let event = Self.next(&state, number) { return .some(event) }
                state.open[number]?.waiting = continuation
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }

    /// Ends a stream, because the reader has disconnected or the process ends.
    func end(_ number: Int) {
        let waiting = state.withLock { state in
            state.open[number]?.isOver = true
            let waiting = state.open[number]?.waiting
            state.open[number]?.waiting = nil
            return waiting
        }
        waiting?.resume(returning: nil)
    }

    /// Removes a stream to which nothing refers any more.
    func remove(_ number: Int) {
        let removed = state.withLock { state in
            let removed = state.open.removeValue(forKey: number)
            if let removed {
                let feed = ObjectIdentifier(removed.feed)
                state.readers[feed]?.remove(number)
                if state.readers[feed]?.isEmpty == true { state.readers[feed] = nil }
                for block in removed.blocks {
                    let others = state.addresses[block, default: 1] - 1
                    state.addresses[block] = others > 0 ? others : nil
                }
            }
            metrics.record(open: state.open.count)
            return removed
        }
        removed?.onEnd()
    }

    // MARK: Service

    /// Sends heartbeats until shutdown; then ends all streams at once.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var turn = 0
            while !Task.isCancelled {
                try? await Task.sleep(for: self.heartbeat / Self.groups)
                turn += 1
                self.beat(group: turn % Self.groups)
            }
        }
        endAll()
    }

    private func beat(group: Int) {
        var due: [CheckedContinuation<ServerSentEvent?, Never>] = []
        state.withLock { state in
            for (number, open) in state.open where number % Self.groups == group {
                guard let waiting = open.waiting else { continue }
                state.open[number]?.waiting = nil
                due.append(waiting)
            }
        }
        for waiting in due { waiting.resume(returning: .heartbeat) }
    }

    private func endAll() {
        let numbers = state.withLock { state in
            state.isDraining = true
            return Array(state.open.keys)
        }
        for number in numbers { end(number) }
    }
}

extension Problem {
    /// 503: this process has as many streams as it may.
    package static let tooManyStreams = Problem.unavailable("too_many_streams", retryAfter: 5)

    /// 429: this IP address has as many streams as it may.
    package static let tooManyStreamsOfAddress = Problem.tooManyRequests("too_many_streams_of_address", retryAfter: 5)
}

/// The source of event streams: one state after another, each with an id. All streams with the same content share it.
package protocol EventFeed: AnyObject, Sendable {
    /// The event that brings a reader from the state that it knows to the present one, however many states lie between. It must be quick.
    ///
    /// - Parameter id: the id of the state that the reader knows; `nil` or an unknown id when it knows none.
    /// - Returns: the event and the id of the present state; `nil` when the reader knows the present state already.
    func event(after id: String?) -> (event: ServerSentEvent, id: String)?
}

/// The metrics of event streams.
struct EventStreamMetrics: Sendable {
    private let open = Gauge(label: "piao_event_streams")
    private let refusals = Counter(label: "piao_event_streams_refused_total")

    func record(open count: Int) { open.record(count) }
    func refused() { refusals.increment() }
}
