package import Callers
package import Database

/// Box-office rankings.
package struct Rankings: Sendable {
    private let store = BoxOfficeStore()
    /// Lets one reading run at a time; `nil` where few people ask.
    private let turns: FairQueue?

    /// - Parameters:
    ///   - oneReadingAtATime: for rankings that everybody can read. A caller who asks for many different ones waits in line, and so takes
    ///     only one of the connections that others need.
    ///   - waitLimit: how long a reading waits for its turn.
    package init(oneReadingAtATime: Bool = false, waitLimit: Duration = .seconds(2)) {
        turns = oneReadingAtATime ? FairQueue(places: 1, maximumWaiting: 256, waitLimit: waitLimit) : nil
    }

    /// Box office, highest first; equal ones by id.
    ///
    /// The sums are made from the figures of showtimes. The statements that issue and void tickets change these figures, so a sum always
    /// equals the sum over the orders.
    ///
    /// - Parameters:
    ///   - first: the first business day of the showtimes' starts; `nil` from the beginning.
    ///   - last: the last business day, included; `nil` without end.
    /// - Throws: ``Refusal/cursorInvalid``, ``Refusal/periodInvalid``; ``Refusal/busy`` where readings take turns and this one waited too long.
    package func boxOffice(
        by dimension: BoxOfficeDimension, from first: CalendarDay? = nil, to last: CalendarDay? = nil, page: PageRequest,
        in session: some PostgresSession
    ) async throws -> Page<BoxOfficeEntry> {
        if let first, let last, first > last { throw Refusal.periodInvalid }
        return try await inTurn {
            try await store.boxOffice(by: dimension, from: first, to: last, page: page, in: session)
        }
    }

    /// How many readings wait for their turn.
    package var waiting: Int { turns?.waiting ?? 0 }

    private func inTurn<Result: Sendable>(_ read: () async throws -> Result) async throws -> Result {
        guard let turns else { return try await read() }
        return try await turns.run(for: "ranking", read)
    }
}

extension Refusal {
    /// The first day of a period is after its last.
    package static let periodInvalid = Refusal(.malformed, "period_invalid")
}
