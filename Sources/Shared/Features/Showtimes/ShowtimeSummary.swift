import Callers
import Database
package import Foundation
package import Text

/// What a person has to know of the showtime of an order or a ticket: what is shown where and when.
package struct ShowtimeSummary: Hashable, Sendable {
    package struct Movie: Hashable, Sendable {
        package let id: Int64
        package let title: String
        package let poster: ShownPicture?
    }

    package struct Cinema: Hashable, Sendable {
        package let id: Int64
        package let name: String
        package let address: String
        /// Name of its time zone, in which its days and hours are meant.
        package let timeZone: String
    }

    package struct Hall: Hashable, Sendable {
        package let id: Int64
        package let name: String
    }

    package let id: Int64
    package let movie: Movie
    package let cinema: Cinema
    package let hall: Hall
    package let startsAt: Date
    package let endsAt: Date
    package let businessDay: CalendarDay
    package let format: String
    package let language: String
}

/// The showtimes of some orders or tickets.
struct ShowtimeSummaries: Sendable {
    private var byID: [Int64: ShowtimeSummary] = [:]

    init() {}

    /// Reads the rows of ``ShowtimeSummaryStore/query(showtimeIDs:)``.
    init(rows: PostgresRows) throws {
        for row in rows {
            let summary = try ShowtimeSummary(row: row)
            byID[summary.id] = summary
        }
    }

    /// - Throws: `Defect` for a showtime that wasn't asked for.
    func summary(of showtimeID: Int64) throws -> ShowtimeSummary {
        guard let summary = byID[showtimeID] else { throw Defect("a showtime is missing that an order or a ticket names") }
        return summary
    }
}
