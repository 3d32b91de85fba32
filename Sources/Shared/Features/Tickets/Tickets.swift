package import Callers
package import Database

/// Reads tickets for the cinema's and the platform's people.
package struct Tickets: Sendable {
    private let store = TicketStore()
    private let showtimes = ShowtimeSummaryStore()

    package init() {}

    /// The tickets of a showtime by number.
    ///
    /// - Parameters:
    ///   - scope: the showtime must be in it; otherwise the list is empty.
    ///   - state: only those in this state; `nil` for any.
    /// - Throws: ``Refusal/cursorInvalid``.
    package func tickets(
        showtimeID: Int64, scope: MerchantScope, state: TicketState?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<DetailedTicket> {
        let page = try await store.tickets(showtimeID: showtimeID, scope: scope, state: state, page: page, in: session)
        let summaries = try await showtimes.summaries(showtimeIDs: Set(page.items.map(\.showtimeID)), in: session)
        return try page.map { DetailedTicket(ticket: $0, showtime: try summaries.summary(of: $0.showtimeID)) }
    }

    /// - Throws: ``Refusal/notFound`` when there is none or it is for another merchant's showtime.
    package func ticket(_ id: Int64, scope: MerchantScope, in session: some PostgresSession) async throws -> DetailedTicket {
        guard let ticket = try await store.ticket(id, scope: scope, in: session) else { throw Refusal.notFound }
        return DetailedTicket(ticket: ticket, showtime: try await showtimes.summary(of: ticket.showtimeID, in: session))
    }
}
