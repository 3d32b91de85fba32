package import Database

/// What earns most.
package struct Rankings: Sendable {
    private let store = BoxOfficeStore()

    package init() {}

    /// Box office, highest first; equal ones by id.
    ///
    /// Added up from the tickets themselves whenever it is asked, so it always equals the sum over the orders.
    ///
    /// - Parameters:
    ///   - first: the first business day of the showtimes' starts; `nil` from the beginning.
    ///   - last: the last business day, included; `nil` without end.
    /// - Throws: ``Refusal/cursorInvalid``, ``Refusal/periodInvalid``.
    package func boxOffice(
        by dimension: BoxOfficeDimension, from first: CalendarDay? = nil, to last: CalendarDay? = nil, page: PageRequest,
        in session: some PostgresSession
    ) async throws -> Page<BoxOfficeEntry> {
        if let first, let last, first > last { throw Refusal.periodInvalid }
        let key = try page.keys(count: 2).map { keys in
            guard let boxOffice = Int64(keys[0]), let member = Int64(keys[1]) else { throw Refusal.cursorInvalid }
            return BoxOfficeStore.Key(boxOfficeFen: boxOffice, member: member)
        }
        let rows = try await store.boxOffice(by: dimension, from: first, to: last, after: key, limit: page.limit, in: session)
        let rowsPage = Page(rows, request: page) { ["\($0.entry.boxOfficeFen)", "\($0.member)"] }
        return Page(items: rowsPage.items.map(\.entry), next: rowsPage.next)
    }
}

extension Refusal {
    /// The first day of a period is after its last.
    package static let periodInvalid = Refusal(.malformed, "period_invalid", "The last day must not be before the first.")
}
