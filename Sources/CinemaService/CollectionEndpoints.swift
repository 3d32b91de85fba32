import HTTP
import Presentation
import Shared

/// Handing tickets over against the buyer's code, and letting people in.
///
/// | method | path | access |
/// | --- | --- | --- |
/// | POST | /v1/tickets/collections | tickets: write |
/// | POST | /v1/tickets/entries | tickets: write |
struct CollectionEndpoints: Sendable {
    let orders: Orders
    let entries: TicketEntries
    let writes: Writes

    var all: [Endpoint] { [collect, enter] }

    private struct NewCollection: Sendable {
        let code: CollectionCode
        let place: String?
    }

    private static let newCollection = Body<NewCollection>(
        "NewCollection",
        Field<String>.required(
            "code", .text(1...32), "The buyer's code, as typed: small letters, blanks and hyphens don't matter.", example: "K7MPX4RT"),
        Field<String?>.nullable("place", .text(1...64), "The counter, as the cinema calls it.", example: "Counter 2")
    ) { typed, place in
        guard let code = CollectionCode(typed: typed) else {
            throw FieldIssue("/code", Refusal.collectionCodeUnknown.code, Refusal.collectionCodeUnknown.detail)
        }
        return NewCollection(code: code, place: place)
    }

    private struct NewEntry: Sendable {
        let code: String
        let showtimeID: Int64?
        let place: String?
    }

    private static let newEntry = Body<NewEntry>(
        "NewEntry",
        Field<String>.required(
            "qr", .text(1...1024), "What the ticket's QR code says.", example: "PIAO1.q3xJ9fVb.eyJ0aWNrZXRfaWQiOjd9.3kXCg"),
        Field<Int64?>.nullable("showtime_id", .id, "The showtime that the door is open for; any unless given.", example: "42"),
        Field<String?>.nullable("place", .text(1...64), "The door, as the cinema calls it.", example: "Door 1")
    ) { NewEntry(code: $0, showtimeID: $1, place: $2) }

    var collect: Endpoint {
        Endpoint(
            .post, "/v1/tickets/collections", "Hands the tickets of an order over against its code, once.",
            access: .permission(.tickets, .write),
            rateLimit: .collection,
            body: Self.newCollection,
            answers: .ok(TicketShape.collected),
            problems: [
                Problem(.collectionCodeUnknown), Problem(.alreadyCollected), Problem(.ticketsRefunded), Problem(.orderNeedsAttention),
            ]
        ) { call in
            let caller = try call.caller
            let scope = try caller.merchantScope()
            let collected = try await writes.perform(call) { transaction in
                try await orders.collect(
                    code: call.body.code, place: call.body.place, scope: scope, by: caller.accountID, in: transaction
                )
            }
            return .ok(collected)
        }
    }

    var enter: Endpoint {
        Endpoint(
            .post, "/v1/tickets/entries", "Lets the holder of a ticket in, once.",
            access: .permission(.tickets, .write),
            body: Self.newEntry,
            answers: .ok(TicketShape.ticket),
            problems: [
                Problem(.ticketCodeInvalid), Problem(.ticketForOtherShowtime), Problem(.ticketCodeOutdated), Problem(.ticketVoid),
                Problem(.alreadyEntered), Problem(.orderNeedsAttention),
            ]
        ) { call in
            let caller = try call.caller
            let scope = try caller.merchantScope()
            let ticket = try await writes.perform(call) { transaction in
                try await entries.enter(
                    code: call.body.code, showtimeID: call.body.showtimeID, place: call.body.place, scope: scope, by: caller.accountID,
                    in: transaction
                )
            }
            return .ok(ticket, etag: .version(ticket.version))
        }
    }
}
