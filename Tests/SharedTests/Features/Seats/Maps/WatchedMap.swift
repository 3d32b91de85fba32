import Database
import Synchronization
import TestSupport

@testable import Shared

/// Somebody who watches a showtime's seats, as a stream does.
final class WatchedMap: Sendable {
    private let newest = Mutex<Int64>(0)

    /// The revision of the last map that it was told of.
    var revision: Int64 { newest.withLock(\.self) }

    init(_ showtimeID: Int64, of maps: SeatMaps) async throws {
        let first = try await maps.watch(showtimeID: showtimeID) { [weak self] kept in
            self?.newest.withLock { $0 = kept.map.revision }
        }
        newest.withLock { $0 = max($0, first.map.revision) }
    }

    /// Waits until it is told of a map with this revision or a later one.
    func waits(forRevision revision: Int64) async throws {
        try await until { self.revision >= revision }
    }
}

extension PostgresSession {
    /// Changes the seats of a showtime, as far as their revision tells, and says so to nobody.
    ///
    /// - Returns: the revision.
    func changeSeats(of showtimeID: Int64) async throws -> Int64 {
        try await row("UPDATE showtimes SET seat_revision = seat_revision + 1 WHERE id = \(showtimeID) RETURNING seat_revision") {
            try $0["seat_revision"]
        } ?? 0
    }
}
