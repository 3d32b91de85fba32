package import HTTP
package import Shared

/// The bodies about cinemas and halls.
package enum PlaceBody {
    private static let facilities = FieldKind<[CinemaFacility]>.array(
        of: .enumeration(CinemaFacility.self), 0...CinemaFacility.allCases.count)

    package static let newCinema = Body<NewCinema>(
        "NewCinema",
        Field<String>.required("name", .name(1...100), "Name.", example: "Bona 中关村店"),
        Field<Int64>.required("city_id", .id, "The city.", example: "3"),
        Field<Int64?>.optional(
            "district_id", .id, "The district, one of the city's list; instead of its name.", example: "24", isInExample: false),
        Field<String>.defaulted(
            "district", .name(0...50), "The district by its name; free text where the city has no list.", default: "", example: "海淀区"),
        Field<String>.required("address", .name(1...200), "Street and number.", example: "中关村大街 19 号"),
        Field<Double>.required("latitude", .degrees(-90...90), "Degrees.", example: "39.9847"),
        Field<Double>.required("longitude", .degrees(-180...180), "Degrees.", example: "116.3165"),
        Field<CoordinateSystem>.defaulted(
            "system", .enumeration(CoordinateSystem.self), "In which they are. They are stored in WGS-84, and as given.", default: .wgs84),
        Field<String>.defaulted("phone", .typed(0...32), "Telephone.", default: "", example: "010-62512345"),
        Field<Int64>.defaulted(
            "service_fee_fen", .int(0...100_000), "Per ticket, on top of its price, in fen.", default: 0, example: "300"),
        Field<Int>.defaulted("seat_limit", .int(1...20), "Seats that one person may hold of one showtime.", default: 6, example: "6"),
        Field<String>.defaulted("time_zone", .text(1...64), "In which its days and hours are meant.", default: "Asia/Shanghai"),
        Field<Int>.defaulted("day_ends_at_hour", .int(0...12), "The hour at which a business day ends.", default: 6),
        Field<Int>.defaulted("trailers_min", .int(0...60), "Minutes before the movie that belong to its showtime.", default: 10),
        Field<Int>.defaulted("cleaning_min", .int(0...120), "Minutes after the movie until the hall is free again.", default: 15),
        Field<OpeningHours?>.nullable("opening_hours", .object(openingHours), "When it is open; null where that isn't known."),
        Field<[CinemaFacility]>.defaulted("facilities", facilities, "What it offers.", default: [], example: #"["parking", "wifi"]"#),
        Field<String>.defaulted("directions", .freeText(0...1000), "How to find it.", default: "", example: "地铁 4 号线中关村站 B 口")
    ) {
        name, city, districtID, district, address, latitude, longitude, system, phone, fee, limit, timeZone, dayEnd, trailers, cleaning,
        hours, facilities, directions in
        NewCinema(
            name: name, cityID: city, districtID: districtID, district: district, address: address,
            point: GeographicPoint(latitude: latitude, longitude: longitude), system: system, phone: phone, serviceFeeFen: fee,
            seatLimit: limit, timeZone: timeZone, dayEndsAtHour: dayEnd, trailersMin: trailers, cleaningMin: cleaning, openingHours: hours,
            facilities: facilities, directions: directions
        )
    }

    package static let cinemaChange = Body<CinemaChange>(
        "CinemaChange",
        Field<String?>.optional("name", .name(1...100), "Another name.", example: "Bona 中关村二店"),
        Field<Int64?>.optional("city_id", .id, "Another city.", example: "3"),
        Field<Int64?>.optional("district_id", .id, "Another district; instead of its name.", example: "25", isInExample: false),
        Field<String?>.optional("district", .name(0...50), "Another district by its name.", example: "朝阳区"),
        Field<String?>.optional("address", .name(1...200), "Another address.", example: "中关村大街 20 号"),
        Field<Double?>.optional("latitude", .degrees(-90...90), "Degrees.", example: "39.9847"),
        Field<Double?>.optional("longitude", .degrees(-180...180), "Degrees.", example: "116.3165"),
        Field<CoordinateSystem>.defaulted(
            "system", .enumeration(CoordinateSystem.self), "In which they are; with another than the default both have to be there.",
            default: .wgs84),
        Field<String?>.optional("phone", .typed(0...32), "Another telephone.", example: "010-62512346"),
        Field<Int64?>.optional(
            "service_fee_fen", .int(0...100_000), "Another fee; showtimes that are scheduled keep theirs.", example: "500"),
        Field<Int?>.optional("seat_limit", .int(1...20), "Seats that one person may hold of one showtime.", example: "4"),
        Field<String?>.optional("time_zone", .text(1...64), "In which its days and hours are meant.", example: "Asia/Urumqi"),
        Field<Int?>.optional("day_ends_at_hour", .int(0...12), "The hour at which a business day ends.", example: "5"),
        Field<Int?>.optional("trailers_min", .int(0...60), "Minutes before the movie that belong to its showtime.", example: "15"),
        Field<Int?>.optional("cleaning_min", .int(0...120), "Minutes after the movie until the hall is free again.", example: "20"),
        Field<OpeningHours??>.clearable("opening_hours", .object(openingHours), "Other opening hours, all of them; null for unknown ones."),
        Field<[CinemaFacility]?>.optional("facilities", facilities, "All that it offers now.", example: #"["parking"]"#),
        Field<String?>.optional("directions", .freeText(0...1000), "Other directions.", example: "地铁 4 号线中关村站 A 口")
    ) {
        name, city, districtID, district, address, latitude, longitude, system, phone, fee, limit, timeZone, dayEnd, trailers, cleaning,
        hours, facilities, directions in
        // One of the two can't be converted without the other.
        if system != .wgs84 {
            if latitude == nil { throw FieldIssue("/latitude", "missing") }
            if longitude == nil { throw FieldIssue("/longitude", "missing") }
        }
        return CinemaChange(
            name: name, cityID: city, districtID: districtID, district: district, address: address, latitude: latitude,
            longitude: longitude, system: system, phone: phone, serviceFeeFen: fee, seatLimit: limit, timeZone: timeZone,
            dayEndsAtHour: dayEnd, trailersMin: trailers, cleaningMin: cleaning, openingHours: hours, facilities: facilities,
            directions: directions
        )
    }

    private static let row = Body<HallLayout.Row>(
        "LayoutRow",
        Field<String>.required("label", .name(1...8), "The row as it is printed: letters and digits, unique in the layout.", example: "A"),
        Field<String>.required("zone", .name(1...32), "Seats of a zone have one price.", example: "standard"),
        Field<String>.required(
            "cells", .text(1...100),
            "A character for each place from left to right: S standard, _ aisle, L and R a couple's two seats, W wheelchair, H house, X broken.",
            example: "SSS_SSSS_LRLR"
        )
    ) { HallLayout.Row(label: $0, zone: $1, cells: $2) }

    /// The rows of a drawing. ``HallLayout`` checks them, so that its refusals keep their own codes.
    package static let layout = Body<[HallLayout.Row]>(
        "Layout",
        Field<[HallLayout.Row]>.required(
            "rows", .array(of: .object(row), 1...100), "From the screen's side. A seat is labelled by its row's label and its column.")
    ) { $0 }

    /// The fields of a new hall.
    package struct NewHallFields: Sendable {
        package let name: String
        package let formats: [String]
        package let rows: [HallLayout.Row]
    }

    package static let newHall = Body<NewHallFields>(
        "NewHall",
        Field<String>.required("name", .name(1...50), "Name, unique in its cinema.", example: "1 号厅"),
        Field<[String]>.required("formats", .array(of: .name(1...20), 1...20), "What can be shown in it.", example: #"["2D", "3D"]"#),
        Field<[HallLayout.Row]>.required("layout", .object(layout), "Where its seats are.")
    ) { NewHallFields(name: $0, formats: $1, rows: $2) }

    package static let hallChange = Body<HallChange>(
        "HallChange",
        Field<String?>.optional("name", .name(1...50), "Another name.", example: "IMAX 厅"),
        Field<[String]?>.optional("formats", .array(of: .name(1...20), 1...20), "Other formats, all anew.", example: #"["2D", "IMAX"]"#)
    ) { HallChange(name: $0, formats: $1) }
}
