import Callers
package import Database
package import HTTP
package import Shared

/// Tickets for the cinema's and the platform's people.
package struct TicketEndpoints: Sendable {
    private let corrections: OrderCorrections
    private let tickets = Tickets()
    private let pool: PostgresPool
    private let writes: Writes

    package init(corrections: OrderCorrections, pool: PostgresPool, writes: Writes) {
        self.corrections = corrections
        self.pool = pool
        self.writes = writes
    }

    package var all: [Endpoint] { [list, show, reseat] }

    private static let showtimeID = RequiredQueryParameter("showtime_id", .id, "The showtime.", example: "42")
    private static let state = QueryParameter("state", .enumeration(TicketState.self), "Only tickets in this state.", example: "valid")

    struct Change: Sendable {
        let seatID: Int64
        let reason: String
    }

    static let change = Body<Change>(
        "TicketChange",
        Field<Int64>.required("seat_id", .id, "Another free seat of the showtime, at the same price.", example: "1007"),
        Field<String>.required("reason", .freeText(1...200), "Why; it is recorded.", example: "The seat is broken")
    ) { Change(seatID: $0, reason: $1) }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/tickets", "Lists the tickets of a showtime.",
            access: .permission(.tickets, .read),
            query: [Self.showtimeID, Self.state],
            answers: .page(TicketShape.ticket)
        ) { call in
            .page(
                try await tickets.tickets(
                    showtimeID: call[Self.showtimeID], scope: call.scope, state: call[Self.state], page: call.page, in: pool
                )
            )
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/tickets/{id}", "Shows a ticket.",
            access: .permission(.tickets, .read),
            answers: .ok(TicketShape.ticket)
        ) { call in
            let ticket = try await tickets.ticket(call[.id], scope: call.scope, in: pool)
            return .ok(ticket, etag: .version(ticket.ticket.version))
        }
    }

    var reseat: Endpoint {
        Endpoint(
            .patch, "/v1/tickets/{id}", "Gives a valid ticket another free seat at the same price, with a reason.",
            access: .permission(.tickets, .modify),
            body: Self.change,
            ifMatch: .required,
            answers: .ok(TicketShape.ticket),
            refusals: [.ticketNotValid, .seatNotInHall, .seatNotForSale, .seatOfCouple, .seatPriceDiffers, .seatTaken]
        ) { call in
            let id = try call[.id]
            let actor = OrderActor(try call.principal.accountID, note: call.body.reason)
            let ticket = try await writes.perform(call, audit: call.audit(.ticketReseated, .ticket(id))) { transaction in
                try await corrections.reseat(
                    id, to: call.body.seatID, version: call.ifMatch, actor: actor, scope: call.scope, in: transaction)
            }
            return .ok(ticket, etag: .version(ticket.ticket.version))
        }
    }
}
