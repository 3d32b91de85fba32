package import HTTP
package import Shared

/// Seat maps in answers.
package enum SeatMapShape {
    static let seat = Shape<SeatMap.Entry>(
        "Seat",
        .id("id", "Number of the seat, for ordering it.") { $0.seat.id },
        .text("row", "Printed label of the row.", example: "A") { $0.seat.rowLabel },
        .int("row_number", "Row from 1, counted from the screen.", example: "1") { $0.seat.row },
        .int("column", "Column from 1, aisles counted.", example: "4") { $0.seat.column },
        .text("label", "Printed label of the seat.", example: "A4") { $0.seat.label },
        .text("zone", "Price zone.", example: "standard") { $0.seat.zone },
        .enumeration("kind", "Kind of seat; the halves of a couple's seat are sold together.") { $0.seat.kind },
        .int("price_fen", "Price of a ticket in fen; null where the showtime sells none.", example: "4500") { $0.priceFen },
        .enumeration("state", "Whether it can be had.") { $0.state }
    )

    private static let zone = Shape<PricedZone>(
        "SeatZone",
        .text("zone", "The price zone.", example: "standard") { $0.name },
        .int("price_fen", "Price of a ticket in fen; null where the showtime sells none.", example: "4500") { $0.priceFen },
        .text("colour", "In which to draw it: the same wherever a zone has this name, nearly always.", example: "#4477AA") { $0.colour.hex }
    )

    private static let hall = Shape<ShowtimePlan>(
        "SeatMapHall",
        .int("rows", "The last row with a seat.", example: "10") { $0.layout.rows },
        .int("columns", "The last column with a seat.", example: "18") { $0.layout.columns },
        .enumeration("screen_side", "Where the screen is when the first row is drawn on top.") { _ in ScreenSide.top },
        .list("zones", zone, "Its price zones, the dearest first.") { $0.zones }
    )

    package static let best = Shape<BestSeats>(
        "BestSeats",
        .id("showtime_id", "Number of the showtime.") { $0.showtimeID },
        .int("revision", "The revision of the seat map that they were chosen from.", example: "12") { $0.revision },
        .bool("adjacent", "Whether all are beside one another; an aisle is between others.") { $0.isAdjacent },
        .list("seats", seat, "The seats by row and column; they are held for nobody.") { $0.seats }
    )

    package static let map = Shape<SeatMap>(
        "SeatMap",
        .id("showtime_id", "Number of the showtime.") { $0.showtimeID },
        .int("revision", "Grows with every change of a seat.", example: "12") { $0.revision },
        .int(
            "since", "The revision since which the seats below have changed, all others being as they were; absent in a whole map.",
            example: "11", absentWhenNil: true
        ) { $0.since },
        .object("hall", hall, "How to draw it; only in a whole map.", absentWhenNil: true) { $0.since == nil ? $0.plan : nil },
        .int("seat_limit", "How many seats of the showtime one person may hold; only in a whole map.", example: "6", absentWhenNil: true) {
            $0.since == nil ? $0.seatLimit : nil
        },
        .int("service_fee_fen", "On top of each ticket, in fen; only in a whole map.", example: "200", absentWhenNil: true) {
            $0.since == nil ? $0.plan.serviceFeeFen : nil
        },
        .list("seats", seat, "The seats by row and column; coordinates without a seat are aisles.") { $0.seats }
    )
}
