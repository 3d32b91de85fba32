import HTTP
import Presentation
import Shared

/// The orders for a merchant's showtimes, and the collection of their tickets.
///
/// | method | path | access |
/// | --- | --- | --- |
/// | GET | /v1/orders | orders: read |
/// | GET | /v1/orders/{id} | orders: read |
/// | GET | /v1/orders/{id}/events | orders: read |
/// | POST | /v1/tickets/collections | tickets: write |
struct OrderEndpoints: Sendable {
    let orders: Orders
    let writes: Writes

    var all: [Endpoint] { OrderReading(orders: orders).all + [collect] }

    private static let newCollection = Body<CollectionCode>(
        "NewCollection",
        .required("code", .text(1...32), "The buyer's code, as typed: small letters, blanks and hyphens don't matter.", example: "K7MPX4RT")
    ) { typed in
        guard let code = CollectionCode(typed: typed) else {
            throw FieldIssue("/code", Refusal.collectionCodeUnknown.code, Refusal.collectionCodeUnknown.detail)
        }
        return code
    }

    var collect: Endpoint {
        Endpoint(
            .post, "/v1/tickets/collections", "Hands the tickets of an order over against its code, once.",
            access: .permission(.tickets, .write),
            body: Self.newCollection,
            answers: .ok(TicketShape.tickets),
            problems: [Problem(.collectionCodeUnknown), Problem(.alreadyCollected), Problem(.ticketsRefunded)]
        ) { call in
            let caller = try call.caller
            let code = call.body
            let collected = try await writes.perform(call) { transaction in
                try await orders.collect(code: code, merchantID: caller.merchantID, by: caller.accountID, in: transaction)
            }
            return .ok(collected)
        }
    }
}
