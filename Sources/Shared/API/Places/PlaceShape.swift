package import HTTP
package import Shared
import Text

/// Cities, cinemas, halls and seats as all services show them.
package enum PlaceShape {
    package static let city = Shape<City>(
        "City",
        .id("id", "Number of the city.", example: "3") { $0.id },
        .text("name", "Name.", example: "北京") { $0.name },
        .text("code", "Six digits, GB/T 2260.", example: "110000") { $0.code },
        .text("pinyin", "The name in Latin letters.", example: "BEIJING") { $0.pinyin },
        .text("initial", "The letter that the city is sorted under.", example: "B") { $0.initial },
        .id("parent_id", "The city that a county-level city lies in.") { $0.parentID }
    )

    package static let district = Shape<AdministrativeDivision>(
        "District",
        .id("id", "Number of the district.", example: "24") { $0.id },
        .text("code", "Twelve digits, GB/T 2260 with zeros.", example: "110108000000") { $0.code },
        .text("name", "Name.", example: "海淀区") { $0.name },
        .double("latitude", "Degrees, of its seat of government.", example: "39.96") { $0.point?.latitude },
        .double("longitude", "Degrees, of its seat of government.", example: "116.298") { $0.point?.longitude }
    )

    private static let weekly = Shape<OpeningHours.Weekly>(
        "WeeklyHours",
        .int("weekday", "1 is Monday, 7 is Sunday.", example: "5") { $0.weekday },
        .text("opens", "HH:MM, by the cinema's clock.", example: "09:30") { OpeningHours.clockText($0.span.opens) },
        .text("closes", "HH:MM; not later than `opens` means on the next day.", example: "02:00") { OpeningHours.clockText($0.span.closes) }
    )

    private static let exception = Shape<OpeningHours.Exception>(
        "ExceptionalHours",
        .day("day", "The day.", example: "2026-12-31") { $0.day },
        .text("opens", "HH:MM, by the cinema's clock; null on a day on which it is closed.", example: "09:30") {
            $0.span.map { OpeningHours.clockText($0.opens) }
        },
        .text("closes", "HH:MM; not later than `opens` means on the next day.", example: "04:00") {
            $0.span.map { OpeningHours.clockText($0.closes) }
        }
    )

    private static let openingHours = Shape<OpeningHours>(
        "CinemaHours",
        .list("weekly", weekly, "The usual week; a weekday without an entry is closed.") { $0.weekly },
        .list("exceptions", exception, "Days on which other hours hold.") { $0.exceptions }
    )

    /// A cinema as moviegoers see it.
    package static let cinema = Shape<Cinema>(
        "Cinema",
        .id("id", "Number of the cinema.", example: "7") { $0.id },
        .text("name", "Name.", example: "Bona 中关村店") { $0.name },
        .id("city_id", "The city.", example: "3") { $0.cityID },
        .id("district_id", "The district; null where the city's list doesn't have it.", example: "24") { $0.districtID },
        .text("district", "Its name; may be empty.", example: "海淀区") { $0.district },
        .text("address", "Street and number.", example: "中关村大街 19 号") { $0.address },
        .double("latitude", "Degrees, WGS-84.", example: "39.9847") { $0.point.latitude },
        .double("longitude", "Degrees, WGS-84.", example: "116.3165") { $0.point.longitude },
        .text("phone", "Telephone; may be empty.", example: "010-62512345") { $0.phone },
        .int("service_fee_fen", "Per ticket, on top of its price, in fen.", example: "300") { $0.serviceFeeFen },
        .int("seat_limit", "Seats that one person may hold of one showtime.", example: "6") { $0.seatLimit },
        .text("time_zone", "In which its days and hours are meant.", example: "Asia/Shanghai") { $0.timeZone },
        .object("opening_hours", openingHours, "When it is open; null where that isn't known.") { $0.openingHours },
        .enumerations("facilities", "What it offers.", example: #"["parking", "wifi"]"#) { $0.facilities },
        .text("directions", "How to find it; may be empty.", example: "地铁 4 号线中关村站 B 口") { $0.directions },
        .list("photos", PictureShape.picture, "Pictures of it.") { $0.photos },
        .int("distance_m", "Metres along the ground from `near`; only where that was given.", example: "1250", absentWhenNil: true) {
            $0.distanceM
        }
    )

    /// The same in a list, with what it shows.
    package static let cinemaWithOffer = Shape<CinemaWithOffer>(
        "ListedCinema",
        .fields(
            of: cinema, "id", "name", "city_id", "district_id", "district", "address", "latitude", "longitude", "phone", "service_fee_fen",
            "seat_limit", "time_zone", "opening_hours", "facilities", "distance_m"
        ) { $0.cinema },
        .object("photo", PictureShape.picture, "The first picture of it; null for none.") { $0.cinema.photos.first },
        .int(
            "lowest_price_fen", "A seat in the cheapest zone of these showtimes, in fen, without the service fee; null without any.",
            example: "3900"
        ) { $0.offer?.lowestPriceFen },
        .int(
            "showtimes",
            "How many showtimes are to come that aren't closed: of the movie and the day asked for, else within 24 hours.",
            example: "8"
        ) { $0.offer?.showtimes ?? 0 },
        .texts("next_starts", "The next three starts at most.", example: #"["2026-11-24T11:30:00Z"]"#) {
            ($0.offer?.nextStarts ?? []).map { Timestamp($0).text }
        },
        .texts("formats", "In which these showtimes are.", example: #"["2D", "IMAX"]"#) { $0.offer?.formats ?? [] }
    )

    /// A cinema as those who manage it see it.
    package static let managedCinema = Shape<Cinema>(
        "ManagedCinema",
        .fields(of: cinema, "id"),
        .id("merchant_id", "Whose it is.", example: "2") { $0.merchantID },
        .fields(of: cinema, "name", "city_id", "district_id", "district", "address", "latitude", "longitude"),
        .enumeration("given_system", "In which system of coordinates the place was given.", example: "wgs84") { $0.given.system },
        .double("given_latitude", "Degrees, as given in that system.", example: "39.9847") { $0.given.point.latitude },
        .double("given_longitude", "Degrees, as given in that system.", example: "116.3165") { $0.given.point.longitude },
        .fields(of: cinema, "phone", "service_fee_fen", "seat_limit", "time_zone"),
        .int("day_ends_at_hour", "The hour at which a business day ends.", example: "6") { $0.dayEndsAtHour },
        .int("trailers_min", "Minutes before the movie that belong to its showtime.", example: "10") { $0.trailersMin },
        .int("cleaning_min", "Minutes after the movie until the hall is free again.", example: "15") { $0.cleaningMin },
        .fields(of: cinema, "opening_hours", "facilities", "directions", "photos"),
        .timestamp("created_at", "When it was added.") { $0.createdAt }
    )

    package static let hall = Shape<Hall>(
        "Hall",
        .id("id", "Number of the hall.", example: "9") { $0.id },
        .id("cinema_id", "Its cinema.", example: "7") { $0.cinemaID },
        .text("name", "Name, unique in its cinema.", example: "1 号厅") { $0.name },
        .texts("formats", "What can be shown in it.", example: #"["2D", "3D"]"#) { $0.formats },
        .id("layout_id", "Number of the layout that new showtimes get.", example: "14") { $0.layoutID },
        .int("layout_version", "Counts from 1 with every new layout.", example: "1") { $0.layoutVersion },
        .int("seat_count", "Places to sit, of every kind.", example: "120") { $0.seatCount },
        .list("photos", PictureShape.picture, "Pictures of it.") { $0.photos },
        .timestamp("created_at", "When it was added.") { $0.createdAt }
    )

    private static let seat = Shape<HallSeat>(
        "HallSeat",
        .id("id", "Number of the seat.", example: "1203") { $0.id },
        .text("row", "Printed label of the row.", example: "A") { $0.rowLabel },
        .int("row_number", "Row from 1, counted from the screen.", example: "1") { $0.row },
        .int("column", "Column from 1, aisles counted.", example: "5") { $0.column },
        .text("label", "Printed label of the seat, unique in the layout.", example: "A5") { $0.label },
        .text("zone", "Seats of a zone have one price.", example: "standard") { $0.zone },
        .enumeration("kind", "What kind of place it is.", example: "standard") { $0.kind }
    )

    package static let hallSeats = Shape<HallSeats>(
        "HallSeats",
        .id("hall_id", "The hall.", example: "9") { $0.hall.id },
        .id("layout_id", "Number of the layout.", example: "14") { $0.hall.layoutID },
        .int("layout_version", "Counts from 1 with every new layout.", example: "1") { $0.hall.layoutVersion },
        .list("seats", seat, "By row, then column.") { $0.seats }
    )
}
