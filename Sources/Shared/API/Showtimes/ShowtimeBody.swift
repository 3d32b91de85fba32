import Foundation
package import HTTP
package import Shared

/// The bodies about showtimes.
package enum ShowtimeBody {
    private static let price = Body<ZonePrice>(
        "NewZonePrice",
        Field<String>.required("zone", .name(1...32), "Zone of the hall.", example: "standard"),
        Field<Int64>.required(
            "price_fen", .int(1...10_000_000), "Price of a seat there, in fen; not below the movie's minimum.", example: "4500")
    ) { ZonePrice(zone: $0, priceFen: $1) }

    package static let new = Body<NewShowtime>(
        "NewShowtime",
        Field<Int64>.required("hall_id", .id, "The hall.", example: "9"),
        Field<Int64>.required("movie_id", .id, "The movie.", example: "12"),
        Field<Date>.required("starts_at", .timestamp, "The start, at most 365 days ahead.", example: "2026-11-24T11:30:00Z"),
        Field<String>.required("format", .name(1...20), "A format that the hall and the movie have.", example: "2D"),
        Field<String>.required("language", .name(1...50), "A language of the movie.", example: "English"),
        Field<[ZonePrice]>.required("prices", .array(of: .object(price), 1...100), "A price for each zone with seats for sale."),
        Field<Date?>.nullable("sale_opens_at", .timestamp, "When sale opens; at once unless given.", example: "2026-11-20T00:00:00Z"),
        Field<Date?>.nullable(
            "sale_closes_at", .timestamp, "When sale closes, at the latest at the movie's end; at the start unless given.",
            example: "2026-11-24T11:40:00Z"),
        Field<Bool>.defaulted("refuses_orphans", .bool, "Refuse an order that leaves a single seat between others.", default: false),
        Field<Bool>.defaulted("preview", .bool, "Show it before the movie's release day.", default: false)
    ) { hall, movie, start, format, language, prices, opens, closes, refusesOrphans, isPreview in
        NewShowtime(
            hallID: hall, movieID: movie, startsAt: start, format: format, language: language, prices: prices, saleOpensAt: opens,
            saleClosesAt: closes, refusesOrphans: refusesOrphans, isPreview: isPreview
        )
    }

    package static let change = Body<ShowtimeChange>(
        "ShowtimeChange",
        Field<Date?>.optional("starts_at", .timestamp, "Another start.", example: "2026-11-24T12:00:00Z"),
        Field<String?>.optional("format", .name(1...20), "Another format.", example: "3D"),
        Field<String?>.optional("language", .name(1...50), "Another language.", example: "English"),
        Field<[ZonePrice]?>.optional("prices", .array(of: .object(price), 1...100), "Other prices, again for each zone."),
        Field<Bool?>.optional("refuses_orphans", .bool, "Refuse an order that leaves a single seat between others."),
        Field<Date??>.clearable("sale_opens_at", .timestamp, "When sale opens; null: at once.", example: "2026-11-21T00:00:00Z"),
        Field<Date??>.clearable("sale_closes_at", .timestamp, "When sale closes; null: at the start.", example: "2026-11-24T12:10:00Z"),
        Field<SaleSwitch?>.optional("state", .enumeration(SaleSwitch.self), "Close the sale by hand, or open it again.", example: "closed"),
        Field<Bool?>.optional("preview", .bool, "Show it before the movie's release day.")
    ) {
        merged(
            startsAt: $0, format: $1, language: $2, prices: $3, refusesOrphans: $4, opensAt: $5, closesAt: $6, sale: $7, isPreview: $8)
    }

    /// This is a separate function, because the type checker would take minutes for these lines inside of the closure.
    private static func merged(
        startsAt: Date?, format: String?, language: String?, prices: [ZonePrice]?, refusesOrphans: Bool?,
        opensAt: Date??, closesAt: Date??, sale: SaleSwitch?, isPreview: Bool?
    ) -> ShowtimeChange {
        var change = ShowtimeChange(startsAt: startsAt, format: format, language: language, prices: prices, refusesOrphans: refusesOrphans)
        change.isPreview = isPreview
        change.saleOpensAt = opensAt
        change.saleClosesAt = closesAt
        change.closed = sale.map { $0 == .closed }
        return change
    }

    /// The states that a person can set. The others follow from time.
    private enum SaleSwitch: String, CaseIterable, Sendable {
        case closed
        case onSale = "on_sale"
    }
}
