import API
import Callers
import Foundation
import HTTP
import Shared

/// Handing tickets out against the buyer's code, and entry.
struct CollectionEndpoints: Sendable {
    let orders: Orders
    let entries: TicketEntries
    let writes: Writes

    var all: [Endpoint] { [collect, enter, undoEntry] }

    private struct NewCollection: Sendable {
        let code: CollectionCode
        let place: String?
    }

    private static let newCollection = Body<NewCollection>(
        "NewCollection",
        Field<String>.required(
            "code", .typed(1...32), "The buyer's code, as typed: lower case, blanks and hyphens don't matter.", example: "K7MPX4RT"),
        Field<String?>.nullable("place", .name(1...64), "The counter, as the cinema calls it.", example: "Counter 2")
    ) { typed, place in
        guard let code = CollectionCode(typed: typed) else {
            throw FieldIssue("/code", ValueFault(.collectionCodeUnknown))
        }
        return NewCollection(code: code, place: place)
    }

    private struct NewEntry: Sendable {
        let code: String
        let showtimeID: Int64?
        let place: String?
        let overrideReason: String?
    }

    private static let newEntry = Body<NewEntry>(
        "NewEntry",
        Field<String>.required(
            "qr", .typed(1...1024), "What the ticket's QR code says.", example: "PIAO1.q3xJ9fVb.eyJ0aWNrZXRfaWQiOjd9.3kXCg"),
        Field<Int64?>.nullable("showtime_id", .id, "The showtime that the door is open for; any unless given.", example: "42"),
        Field<String?>.nullable("place", .name(1...64), "The door, as the cinema calls it.", example: "Door 1"),
        Field<String?>.nullable(
            "override_reason", .freeText(1...200), "Why somebody is let in although the door isn't open for the showtime; it is recorded.",
            example: "A wheelchair user needs the time")
    ) { NewEntry(code: $0, showtimeID: $1, place: $2, overrideReason: $3) }

    var collect: Endpoint {
        Endpoint(
            .post, "/v1/tickets/collections", "Hands the tickets of an order over against its code, once.",
            name: "collectTickets",
            access: .permission(.tickets, .write),
            rateLimit: .collection,
            body: Self.newCollection,
            answers: .ok(TicketShape.collected),
            refusals: [.collectionCodeUnknown, .alreadyCollected, .ticketsRefunded, .orderNeedsAttention]
        ) { call in
            .ok(
                try await writes.perform(call) { transaction in
                    try await orders.collect(
                        code: call.body.code, place: call.body.place, scope: call.scope, by: call.principal.accountID, in: transaction)
                }
            )
        }
    }

    var enter: Endpoint {
        Endpoint(
            .post, "/v1/tickets/entries", "Lets the holder of a ticket in, once, from two hours before the start to the end, unless set.",
            name: "enterWithTicket",
            access: .permission(.tickets, .write),
            body: Self.newEntry,
            answers: .ok(TicketShape.ticket),
            refusals: [
                .ticketCodeInvalid, .ticketForOtherShowtime, .ticketCodeOutdated, .ticketVoid, .orderNeedsAttention, .alreadyEntered,
                .entryNotOpen(until: Self.exampleTime), .entryClosed(since: Self.exampleTime),
            ]
        ) { call in
            let audit: ((DetailedTicket) -> AuditEntry)? = try call.body.overrideReason.map { reason in
                try call.audit(.entryOverridden, details: ["reason": reason]) { .ticket($0.ticket.id) }
            }
            let ticket = try await writes.perform(call, audit: audit) { transaction in
                try await entries.enter(
                    code: call.body.code, showtimeID: call.body.showtimeID, place: call.body.place,
                    overrideReason: call.body.overrideReason, scope: call.scope, by: call.principal.accountID, in: transaction
                )
            }
            return .ok(ticket, etag: .version(ticket.ticket.version))
        }
    }

    var undoEntry: Endpoint {
        Endpoint(
            .delete, "/v1/tickets/{id}/entry", "Takes an entry back that was a mistake, within ten minutes.",
            name: "takeEntryBack",
            access: .permission(.tickets, .write),
            ifMatch: .required,
            answers: .noContent,
            refusals: [.ticketVoid, .notEntered, .entryUndoOver]
        ) { call in
            let id = try call[.id]
            try await writes.perform(call, audit: call.audit(.entryUndone, .ticket(id))) { transaction in
                try await entries.undo(id, version: call.ifMatch, scope: call.scope, by: call.principal.accountID, in: transaction)
            }
            return .noContent
        }
    }

    private static let exampleTime = Date(timeIntervalSince1970: 1_795_512_600)
}

extension AuditAction {
    static let entryOverridden = AuditAction(rawValue: "ticket.entry_overridden")
    static let entryUndone = AuditAction(rawValue: "ticket.entry_undone")
}
