package import HTTP
package import Shared
import Synchronization

/// The streams of showtimes' seats. Each watched showtime has one feed, which all its streams share.
package final class SeatStreams: Sendable {
    private let maps: SeatMaps
    private let streams: EventStreams
    private let feeds = Mutex<[Int64: (feed: SeatFeed, readers: Int)]>([:])

    package init(maps: SeatMaps, streams: EventStreams) {
        self.maps = maps
        self.streams = streams
    }

    /// How many showtimes are watched.
    var watchedCount: Int { feeds.withLock(\.count) }

    /// Opens a stream of a showtime's seats.
    ///
    /// - Parameters:
    ///   - id: the id of the last event that the reader got, when it reconnects.
    ///   - address: the reader's IP address.
    /// - Throws: ``Refusal/notFound``; ``Problem/tooManyStreams``, ``Problem/tooManyStreamsOfAddress``.
    package func open(showtimeID: Int64, after id: String?, address: String) async throws -> EventStream {
        // A stream that is refused must cost no reading of the map.
        try streams.check(address: address)
        let kept = try await maps.watch(showtimeID: showtimeID) { [weak self] kept in self?.publish(kept) }
        let feed = feeds.withLock { feeds in
            let feed = feeds[showtimeID]?.feed ?? SeatFeed(kept)
            feeds[showtimeID] = (feed, (feeds[showtimeID]?.readers ?? 0) + 1)
            return feed
        }
        do {
            // The feed was not notified of a map that was read before it existed.
            publish(try await maps.map(showtimeID: showtimeID))
            return try streams.open(feed, after: id, address: address) { [weak self] in self?.leave(showtimeID) }
        } catch {
            leave(showtimeID)
            throw error
        }
    }

    private func publish(_ kept: KeptSeatMap) {
        guard let feed = feeds.withLock({ $0[kept.map.showtimeID]?.feed }) else { return }
        feed.show(kept)
        streams.notifyReaders(of: feed)
    }

    private func leave(_ showtimeID: Int64) {
        feeds.withLock { feeds in
            guard let (feed, readers) = feeds[showtimeID] else { return }
            feeds[showtimeID] = readers > 1 ? (feed, readers - 1) : nil
        }
        maps.unwatch(showtimeID: showtimeID)
    }
}
