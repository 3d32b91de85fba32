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

    static let movieOfSummary = Shape<ShowtimeSummary.Movie>(
        "ShowtimeMovie",
        .id("id", "The movie.", example: "12") { $0.id },
        .text("title", "Its title.", example: "Hero") { $0.title },
        .object("poster", PictureShape.picture, "Its poster; null for none.") { $0.poster }
    )

    static let cinemaOfSummary = Shape<ShowtimeSummary.Cinema>(
        "ShowtimeCinema",
        .id("id", "The cinema.", example: "3") { $0.id },
        .text("name", "Its name.", example: "Bona Chaoyang") { $0.name },
        .text("address", "Where it is.", example: "Gongti North Road 1") { $0.address }
    )

    static let hallOfSummary = Shape<ShowtimeSummary.Hall>(
        "ShowtimeHall",
        .id("id", "The hall.", example: "9") { $0.id },
        .text("name", "Its name.", example: "Hall 1") { $0.name }
    )

    /// What an order and a ticket tell of their showtime.
    package static let summary = Shape<ShowtimeSummary>(
        "ShowtimeSummary",
        .id("id", "Number of the showtime.", example: "501") { $0.id },
        .object("movie", movieOfSummary, "What is shown.") { $0.movie },
        .object("cinema", cinemaOfSummary, "Where.") { $0.cinema },
        .object("hall", hallOfSummary, "In which hall.") { $0.hall },
        .timestamp("starts_at", "The start.", example: "2026-11-24T11:30:00Z") { $0.startsAt },
        .timestamp("ends_at", "The movie's end, after the trailers.", example: "2026-11-24T13:19:00Z") { $0.endsAt },
        .text("time_zone", "Name of the cinema's time zone, in which its days and hours are meant.", example: "Asia/Shanghai") {
            $0.cinema.timeZone
        },
        .day("business_day", "The day that it is listed under, which ends some hours after midnight.", example: "2026-11-24") {
            $0.businessDay
        },
        .text("format", "Format.", example: "2D") { $0.format },
        .text("language", "Language.", example: "English") { $0.language }
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
        .fields(of: listed, "id"),
        .id("merchant_id", "Whose it is.", example: "7") { $0.merchantID },
        .fields(of: listed, "cinema_id", "cinema_name", "hall_id", "hall_name"),
        .id("layout_id", "The version of the hall's seats that it was scheduled with.", example: "14") { $0.layoutID },
        .fields(of: listed, "movie_id", "movie_title"),
        .id("screening_right_id", "The right that it was scheduled with.", example: "31") { $0.screeningRightID },
        .fields(of: listed, "starts_at", "ends_at"),
        .timestamp("occupied_until", "When the hall is free again, after the cleaning.", example: "2026-11-24T13:34:00Z") {
            $0.occupiedUntil
        },
        .day("business_day", "The day that its money is counted for, and that it is listed under.", example: "2026-11-24") {
            $0.businessDay
        },
        .fields(of: listed, "time_zone", "format", "language", "prices", "service_fee_fen"),
        .bool("refuses_orphans", "Whether an order that leaves a single seat between others is refused.") { $0.refusesOrphans },
        .fields(of: listed, "preview", "sale_opens_at", "sale_closes_at"),
        .timestamp("closed_at", "When sale was closed by hand.") { $0.sale.closedAt },
        .timestamp("cancelled_at", "When it was cancelled.") { $0.sale.cancelledAt },
        .fields(of: listed, "state")
    )

    static let scheduleDay = Shape<CinemaSchedule.Day>(
        "ScheduleDay",
        .day("day", "The business day.", example: "2026-11-24") { $0.day },
        .int("showtimes", "How many showtimes of it are to come.", example: "23") { $0.showtimes }
    )

    static let scheduleEntry = Shape<CinemaSchedule.Entry>(
        "ScheduleEntry",
        .fields(of: listed, "id", "hall_id", "hall_name", "starts_at", "ends_at", "format", "language") { $0.showtime },
        .int("lowest_price_fen", "A seat in the cheapest zone, in fen, without the service fee.", example: "4500") { $0.lowestPriceFen },
        .fields(of: listed, "service_fee_fen") { $0.showtime },
        .int("seats", "Seats that can be bought at all.", example: "120") { $0.seats },
        .int("free_seats", "Those that nobody holds; the seat map is newer.", example: "37") { $0.freeSeats },
        .fields(of: listed, "preview", "state") { $0.showtime }
    )

    static let scheduleMovie = Shape<CinemaSchedule.Movie>(
        "ScheduleMovie",
        .id("id", "The movie.", example: "12") { $0.id },
        .text("title", "Its title.", example: "Hero") { $0.title },
        .int("duration_min", "Minutes.", example: "99") { $0.durationMin },
        .texts("genres", "Genres.", example: #"["Action"]"#) { $0.genres },
        .object("poster", PictureShape.picture, "Its poster; null for none.") { $0.poster },
        .list("showtimes", scheduleEntry, "Its showtimes of the day that are to come, by start.") { $0.showtimes }
    )

    package static let schedule = Shape<CinemaSchedule>(
        "CinemaSchedule",
        .id("cinema_id", "The cinema.", example: "3") { $0.cinema.id },
        .object("cinema", PlaceShape.cinema, "The same as a whole.") { $0.cinema },
        .list("days", scheduleDay, "The business days with showtimes to come, the next one first.") { $0.days },
        .day("day", "The one of the showtimes below; null where none are to come.", example: "2026-11-24") { $0.day },
        .list("movies", scheduleMovie, "The movies of that day, the earliest showtime first.") { $0.movies }
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
