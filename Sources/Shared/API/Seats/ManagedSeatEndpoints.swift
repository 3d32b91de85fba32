import Callers
package import HTTP
package import Shared

/// Seat maps for those who sell at the counter. They show what can be sold there: house seats too, broken ones not.
///
/// They are read by few, so they are encoded for each; what moviegoers read is encoded once. Nothing compares these maps with the database in
/// the background, so each is read anew when it is half a second old.
package struct ManagedSeatEndpoints: Sendable {
    private let maps: SeatMaps

    package init(maps: SeatMaps) {
        self.maps = maps
    }

    package var all: [Endpoint] { [map] }

    /// The parameter with which only changed seats are asked for.
    package static let since = QueryParameter(
        "since", .int(0...Int64.max),
        "Only the seats that have changed since this revision; the whole map, which has no `since`, when that is too old or unknown.",
        example: "12")

    var map: Endpoint {
        Endpoint(
            .get, "/v1/showtimes/{id}/seats", "Shows the seats of a showtime and which of them can be sold at the counter.",
            access: .permission(.showtimes, .read),
            query: [Self.since],
            answers: .ok(SeatMapShape.map),
            refusals: [.showtimeChanging]
        ) { call in
            let kept = try await maps.map(showtimeID: try call[.id])
            let plan = kept.map.plan
            guard try call.scope.holds(merchantID: plan.merchantID, cinemaID: plan.cinemaID) else { throw Refusal.notFound }
            let shown = try call[Self.since].map { kept.changes(since: $0) } ?? kept.map
            let part = shown.since.map { "-since-\($0)" } ?? ""
            return .ok(shown.ofCounter, etag: .opaque("\(kept.tagText)-counter\(part)"))
        }
    }
}
