package import Callers
package import Database

/// Reads tickets for the cinema's and the platform's people.
package struct Tickets: Sendable {
    private let store = TicketStore()

    package init() {}

    /// The tickets of a showtime by number.
    ///
    /// - Parameters:
    ///   - scope: the showtime must be in it; otherwise the list is empty.
    ///   - state: only those in this state; `nil` for any.
    /// - Throws: ``Refusal/cursorInvalid``.
    package func tickets(
        showtimeID: Int64, scope: MerchantScope, state: TicketState?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<Ticket> {
        try await store.tickets(showtimeID: showtimeID, scope: scope, state: state, page: page, in: session)
    }

    /// - Throws: ``Refusal/notFound`` when there is none or it is for another merchant's showtime.
    package func ticket(_ id: Int64, scope: MerchantScope, in session: some PostgresSession) async throws -> Ticket {
        guard let ticket = try await store.ticket(id, scope: scope, in: session) else { throw Refusal.notFound }
        return ticket
    }
}
