package import Callers
package import Database

/// What earns most.
package struct Rankings: Sendable {
    private let store = BoxOfficeStore()
    /// One reading at a time; `nil` where those who ask are few.
    private let turns: FairQueue?

    /// - Parameters:
    ///   - oneReadingAtATime: for everybody's rankings: whoever asks for many different ones waits behind itself, and takes one of the
    ///     connections that others need, not all of them.
    ///   - waitLimit: how long a reading waits for its turn.
    package init(oneReadingAtATime: Bool = false, waitLimit: Duration = .seconds(2)) {
        turns = oneReadingAtATime ? FairQueue(places: 1, maximumWaiting: 256, waitLimit: waitLimit, refusal: .busy) : nil
    }

    /// Box office, highest first; equal ones by id.
    ///
    /// Added up from the figures of showtimes, which the statements change that issue and void tickets: so it always equals the sum over the
    /// orders.
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
        let key = try page.keys(count: 2).map { keys in
            guard let boxOffice = Int64(keys[0]), let member = Int64(keys[1]) else { throw Refusal.cursorInvalid }
            return BoxOfficeStore.Key(boxOfficeFen: boxOffice, member: member)
        }
        let rows = try await inTurn {
            try await store.boxOffice(by: dimension, from: first, to: last, after: key, limit: page.limit, in: session)
        }
        let rowsPage = Page(rows, request: page) { ["\($0.entry.boxOfficeFen)", "\($0.member)"] }
        return Page(items: rowsPage.items.map(\.entry), next: rowsPage.next)
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
