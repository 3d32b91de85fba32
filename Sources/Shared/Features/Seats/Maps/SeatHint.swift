/// A message from one process to the others: it has changed the seats of some showtimes. It may be lost; the tables are the truth.
package struct SeatHint: Hashable, Sendable {
    package enum Showtimes: Hashable, Sendable {
        case some([Int64])
        /// Any showtime may have changed, because there are too many to name.
        case all
    }

    /// The channel of PostgreSQL's NOTIFY.
    package static let channel = "piao_seats"
    /// How many showtimes one text names. PostgreSQL carries less than 8,000 bytes, and an id has up to 20 with its comma.
    static let textLimit = 350

    /// Identifies the sending process, so that it can ignore its own hints.
    package let origin: UInt64
    package let showtimes: Showtimes

    package init(origin: UInt64, showtimes: Showtimes) {
        self.origin = origin
        self.showtimes = showtimes
    }

    /// Reads one of ``texts``.
    ///
    /// - Returns: `nil` for any other text.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let origin = UInt64(parts[0], radix: 16) else { return nil }
        self.origin = origin
        guard parts[1] != "all" else {
            showtimes = .all
            return
        }
        let ids = parts[1].split(separator: ",", omittingEmptySubsequences: false).map { Int64($0) }
        guard ids.count <= Self.textLimit, !ids.contains(nil) else { return nil }
        showtimes = .some(ids.compactMap(\.self))
    }

    /// The texts to send, as many as are needed.
    package var texts: [String] {
        let prefix = String(origin, radix: 16) + ":"
        switch showtimes {
        case .all: return [prefix + "all"]
        case .some(let ids):
            return stride(from: 0, to: ids.count, by: Self.textLimit).map { start in
                prefix + ids[start..<min(start + Self.textLimit, ids.count)].map { "\($0)" }.joined(separator: ",")
            }
        }
    }
}
