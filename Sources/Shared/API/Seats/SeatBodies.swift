package import HTTP
package import Shared

/// What is asked of seats.
package enum SeatBodies {
    package static let wish = Body<SeatWish>(
        "SeatWish",
        Field<Int>.required("count", .int(1...20), "How many seats; no more than the cinema's `seat_limit`.", example: "2"),
        Field<String?>.nullable("zone", .name(1...32), "Only seats of this price zone.", example: "standard"),
        Field<SeatWish.Kind?>.nullable(
            "kind", .enumeration(SeatWish.Kind.self), "Only this kind; unless given, standard and couples' seats.", example: "standard")
    ) { SeatWish(count: $0, zone: $1, kind: $2) }
}
