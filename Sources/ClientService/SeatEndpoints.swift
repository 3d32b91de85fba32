import API
import HTTP
import Shared

/// Seat maps.
struct SeatEndpoints: Sendable {
    let maps: SeatMaps
    let streams: SeatStreams

    var all: [Endpoint] { [map, stream, best] }

    private static let wish = Body<SeatWish>(
        "SeatWish",
        Field<Int>.required("count", .int(1...20), "How many seats; no more than the cinema's `seat_limit`.", example: "2"),
        Field<String?>.nullable("zone", .name(1...32), "Only seats of this price zone.", example: "standard"),
        Field<SeatWish.Kind?>.nullable(
            "kind", .enumeration(SeatWish.Kind.self), "Only this kind; unless given, standard and couples' seats.", example: "standard")
    ) { SeatWish(count: $0, zone: $1, kind: $2) }

    var map: Endpoint {
        Endpoint(
            .get, "/v1/showtimes/{id}/seats", "Shows the seats of a showtime and which of them can be had.",
            access: .open,
            query: [ManagedSeatEndpoints.since],
            caching: .revalidate,
            answers: .ok(SeatMapShape.map),
            refusals: [.showtimeChanging]
        ) { call in
            let kept = try await maps.map(showtimeID: try call[.id])
            guard let since = try call[ManagedSeatEndpoints.since] else {
                return .ok(kept.map, etag: .opaque(kept.tagText), encoded: kept.body)
            }
            let changes = kept.changes(since: since)
            // The whole map and the changed seats are two representations of one state, so they need different tags.
            let isWhole = changes.since == nil
            return .ok(
                changes, etag: .opaque(isWhole ? kept.tagText : "\(kept.tagText)-since-\(since)"),
                encoded: isWhole ? kept.body : nil)
        }
    }

    var stream: Endpoint {
        Endpoint(
            .get, "/v1/showtimes/{id}/seats/stream", "Tells of a showtime's seats as they change, as Server-Sent Events.",
            access: .open,
            answers: .events(
                EventDeclaration("map", SeatMapShape.map, "All seats, at first and whenever it isn't known what changed."),
                EventDeclaration("changes", SeatMapShape.map, "The seats that changed since the event before.")
            ),
            refusals: [.showtimeChanging]
        ) { call in
            .events(try await streams.open(showtimeID: try call[.id], after: call.lastEventID, address: call.address))
        }
    }

    var best: Endpoint {
        Endpoint(
            .post, "/v1/showtimes/{id}/best-seats", "Chooses the best free seats, beside one another where that can be; holds nothing.",
            name: "chooseBestSeats",
            access: .open,
            rateLimit: .read,
            body: Self.wish,
            answers: .ok(SeatMapShape.best),
            refusals: [.seatsUnavailable, .seatLimitExceeded, .showtimeChanging]
        ) { call in
            .ok(try await BestSeats(call.body, showtimeID: call[.id], from: maps))
        }
    }
}
