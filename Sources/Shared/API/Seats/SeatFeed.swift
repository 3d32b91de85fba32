package import HTTP
package import Shared
import Synchronization

/// The source of the streams of one showtime's seats. It gives the newest map, or, to a reader that knows an earlier map, the seats that
/// have changed since.
///
/// Each event is encoded once, when the first stream needs it.
package final class SeatFeed: EventFeed {
    private struct State {
        var kept: KeptSeatMap
        var whole: ServerSentEvent?
        /// The events of changes, by the tag of the state that they start from.
        var changes: [SeatMapTag: ServerSentEvent] = [:]
    }

    private let state: Mutex<State>

    package init(_ kept: KeptSeatMap) {
        state = Mutex(State(kept: kept))
    }

    /// Takes a newer map. An older one is ignored.
    package func show(_ kept: KeptSeatMap) {
        state.withLock { state in
            guard kept.number > state.kept.number, kept.tag != state.kept.tag else { return }
            state = State(kept: kept)
        }
    }

    package func event(after id: String?) -> (event: ServerSentEvent, id: String)? {
        state.withLock { state in
            let present = state.kept.tag
            let known = id.flatMap { SeatMapTag($0) }
            if known == present { return nil }
            if let known, let event = Self.changes(since: known, &state) { return (event, present.text) }
            let event = state.whole ?? ServerSentEvent("map", id: present.text, data: state.kept.body)
            state.whole = event
            return (event, present.text)
        }
    }

    /// - Returns: `nil` when the whole map is needed. At most ``keptLimit`` events are kept, because anybody can name states that never
    ///   existed.
    private static func changes(since known: SeatMapTag, _ state: inout State) -> ServerSentEvent? {
        if let event = state.changes[known] { return event }
        let changes = state.kept.changes(since: known)
        guard changes.since != nil else { return nil }
        let event = ServerSentEvent("changes", id: state.kept.tagText, data: SeatMapShape.map.encoded(changes))
        if state.changes.count < keptLimit { state.changes[known] = event }
        return event
    }

    /// How many events are kept for readers that reconnect with the same state.
    private static let keptLimit = 64
}
