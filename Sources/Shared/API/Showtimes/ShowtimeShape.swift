import Database
package import HTTP
package import Shared
package import Text

/// Showtimes in answers.
package enum ShowtimeShape {
    package static let price = Shape<ZonePrice>(
        "ZonePrice",
        .text("zone", "Zone of the hall.", example: "standard") { $0.zone },
        .int("price_fen", "Price of a seat there, in fen.", example: "4500") { $0.priceFen }
    )

    /// For moviegoers.
    package static let listed = Shape<Showtime>(
        "ListedShowtime",
        .id("id", "Number of the showtime.", example: "501") { $0.id },
        .id("cinema_id", "Where it is.", example: "3") { $0.cinemaID },
        .text("cinema_name", "The cinema's name.", example: "Bona Chaoyang") { $0.cinemaName },
        .id("hall_id", "The hall.", example: "9") { $0.hallID },
        .text("hall_name", "The hall's name.", example: "Hall 1") { $0.hallName },
        .id("movie_id", "The movie.", example: "12") { $0.movieID },
        .text("movie_title", "The movie's title.", example: "Hero") { $0.movieTitle },
        .timestamp("starts_at", "The start.", example: "2026-11-24T11:30:00Z") { $0.startsAt },
        .timestamp("ends_at", "The movie's end, after the trailers.", example: "2026-11-24T13:19:00Z") { $0.endsAt },
        .day("business_day", "The day that it is listed under, which ends some hours after midnight.", example: "2026-11-24") {
            $0.businessDay
        },
        .text("time_zone", "Name of the cinema's time zone, in which its days and hours are meant.", example: "Asia/Shanghai") {
            $0.timeZone
        },
        .text("format", "Format.", example: "2D") { $0.format },
        .text("language", "Language.", example: "English") { $0.language },
        .list("prices", price, "What a seat costs, by zone.") { $0.prices },
        .int("service_fee_fen", "On top of each ticket, in fen.", example: "200") { $0.serviceFeeFen },
        .bool("preview", "Whether it is before the movie's release day.") { $0.isPreview },
        .timestamp("sale_opens_at", "When sale opens; null: it has always been open.") { $0.sale.opensAt },
        .timestamp("sale_closes_at", "When sale closes; null: at the start.") { $0.sale.closesAt },
        .enumeration("state", "Whether seats are sold now.", example: "on_sale") { $0.state }
    )

    /// For those who manage it.
    package static let managed = Shape<Showtime>(
        "Showtime",
        .id("id", "Number of the showtime.", example: "501") { $0.id },
        .id("merchant_id", "Whose it is.", example: "7") { $0.merchantID },
        .id("cinema_id", "Where it is.", example: "3") { $0.cinemaID },
        .text("cinema_name", "The cinema's name.", example: "Bona Chaoyang") { $0.cinemaName },
        .id("hall_id", "The hall.", example: "9") { $0.hallID },
        .text("hall_name", "The hall's name.", example: "Hall 1") { $0.hallName },
        .id("layout_id", "The version of the hall's seats that it was scheduled with.", example: "14") { $0.layoutID },
        .id("movie_id", "The movie.", example: "12") { $0.movieID },
        .text("movie_title", "The movie's title.", example: "Hero") { $0.movieTitle },
        .id("screening_right_id", "The right that it was scheduled with.", example: "31") { $0.screeningRightID },
        .timestamp("starts_at", "The start.", example: "2026-11-24T11:30:00Z") { $0.startsAt },
        .timestamp("ends_at", "The movie's end, after the trailers.", example: "2026-11-24T13:19:00Z") { $0.endsAt },
        .timestamp("occupied_until", "When the hall is free again, after the cleaning.", example: "2026-11-24T13:34:00Z") {
            $0.occupiedUntil
        },
        .day("business_day", "The day that its money is counted for, and that it is listed under.", example: "2026-11-24") {
            $0.businessDay
        },
        .text("time_zone", "Name of the cinema's time zone, in which its days and hours are meant.", example: "Asia/Shanghai") {
            $0.timeZone
        },
        .text("format", "Format.", example: "2D") { $0.format },
        .text("language", "Language.", example: "English") { $0.language },
        .list("prices", price, "What a seat costs, by zone.") { $0.prices },
        .int("service_fee_fen", "On top of each ticket, in fen.", example: "200") { $0.serviceFeeFen },
        .bool("refuses_orphans", "Whether an order that leaves a single seat between others is refused.") { $0.refusesOrphans },
        .bool("preview", "Whether it is before the movie's release day.") { $0.isPreview },
        .timestamp("sale_opens_at", "When sale opens; null: it has always been open.") { $0.sale.opensAt },
        .timestamp("sale_closes_at", "When sale closes; null: at the start.") { $0.sale.closesAt },
        .timestamp("closed_at", "When sale was closed by hand.") { $0.sale.closedAt },
        .timestamp("cancelled_at", "When it was cancelled.") { $0.sale.cancelledAt },
        .enumeration("state", "Whether seats are sold now.", example: "on_sale") { $0.state }
    )

    package static let cinema = QueryParameter("cinema_id", .id, "Only showtimes in this cinema.", example: "3")
    package static let hall = QueryParameter("hall_id", .id, "Only showtimes in this hall.", example: "9")
    package static let movie = QueryParameter("movie_id", .id, "Only showtimes of this movie.", example: "12")
    package static let day = QueryParameter(
        "day", .day(CalendarDay.self), "Only showtimes of this business day: what starts in the small hours belongs to the evening before.",
        example: "2026-11-24"
    )
    package static let calendarDay = QueryParameter(
        "calendar_day", .day(CalendarDay.self), "Only showtimes that start on this day of the calendar, by the cinema's clock.",
        example: "2026-11-24"
    )
    package static let upcoming = QueryParameter("upcoming", .bool, "Only showtimes that have not started.", example: "true")
}
