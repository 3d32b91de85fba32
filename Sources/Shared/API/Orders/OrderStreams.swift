package import Foundation
package import HTTP
package import Shared
import Synchronization

/// The streams that tell how far orders have got.
///
/// A stream ends when its order has come to its end, and otherwise after ``lifetime``: its reader asks again then, and shows that it is still
/// signed in.
package final class OrderStreams: Sendable {
    private let watch: OrderWatch
    private let streams: EventStreams
    private let lifetime: Duration

    package init(watch: OrderWatch, streams: EventStreams, lifetime: Duration = .seconds(600)) {
        self.watch = watch
        self.streams = streams
        self.lifetime = lifetime
    }

    /// Opens a stream.
    ///
    /// - Parameters:
    ///   - scope: the order must be in it.
    ///   - id: the id of the last event that the reader got, when it reconnects.
    ///   - address: the reader's IP address.
    /// - Throws: ``Refusal/notFound``; ``Problem/tooManyStreams``, ``Problem/tooManyStreamsOfAddress``.
    package func open(orderID: UUID, scope: OrderScope, after id: String?, address: String) async throws -> EventStream {
        // A stream that is refused must cost no reading.
        try streams.check(address: address)
        let feed = OrderFeed(try await watch.progress(of: orderID, scope: scope), until: .now + lifetime)
        let number = watch.watch(orderID) { [streams] progress in
            feed.show(progress)
            streams.notifyReaders(of: feed)
        }
        do {
            return try streams.open(feed, after: id, address: address) { [watch] in watch.unwatch(number) }
        } catch {
            watch.unwatch(number)
            throw error
        }
    }
}

/// The source of one stream about an order.
private final class OrderFeed: EventFeed {
    private let progress: Mutex<OrderProgress>
    private let end: ContinuousClock.Instant

    init(_ progress: OrderProgress, until end: ContinuousClock.Instant) {
        self.progress = Mutex(progress)
        self.end = end
    }

    func show(_ newer: OrderProgress) {
        progress.withLock { progress in
            if newer.version >= progress.version { progress = newer }
        }
    }

    func event(after id: String?) -> (event: ServerSentEvent, id: String)? {
        let present = progress.withLock(\.self)
        guard id != present.tag else { return nil }
        return (ServerSentEvent("order", id: present.tag, data: OrderShape.progress.encoded(present)), present.tag)
    }

    var isOver: Bool { progress.withLock(\.isLast) || ContinuousClock.now >= end }
}
