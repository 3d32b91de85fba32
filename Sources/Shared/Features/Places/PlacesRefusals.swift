package import Callers

extension Refusal {
    /// A list can't be sorted like this without another parameter. It is a malformed parameter, answered 400.
    package static func sortNeedsParameter(_ name: String) -> Refusal {
        Refusal(.malformed, "sort_needs_parameter").with("parameter", .text(name))
    }

    /// The cinema's city is not in the list of cities.
    package static let cityUnknown = Refusal(.invalid(pointer: "/city_id"), "city_unknown")

    /// The administrative divisions list the city's districts, and this is none of those that are there now.
    package static let districtOutsideCity = Refusal(.invalid(pointer: "/district"), "district_outside_city")

    /// The point is too far from the city to be in it.
    package static let pointOutsideCity = Refusal(.invalid(pointer: "/latitude"), "point_outside_city").with("limit_km", .number(300))

    /// The cinema has sold tickets, whose income is counted in its present city.
    package static let cinemaHasSales = Refusal(.conflict, "cinema_has_sales")

    /// Not a name of the time zone database.
    package static let timeZoneUnknown = Refusal(.invalid(pointer: "/time_zone"), "time_zone_unknown")

    /// Showtimes of the cinema are still to come or running; cancel them first.
    package static let cinemaInUse = Refusal(.conflict, "cinema_in_use")

    /// The merchant has a cinema of this name in the city.
    package static let cinemaExists = Refusal(.conflict, "cinema_exists")

    /// A hall of the cinema has this name already.
    package static let hallExists = Refusal(.conflict, "hall_exists")

    static func layoutRowCount(at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "row_count_invalid").about(limit: HallLayout.limit)
    }

    static func layoutWithoutSeats(at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "layout_without_seats")
    }

    static func rowLabelInvalid(at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "row_label_invalid").about(limit: HallLayout.labelLimit)
    }

    static func rowLabelRepeated(_ label: String, at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "row_label_repeated").with("label", .text(label))
    }

    static func zoneInvalid(at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "zone_invalid").about(limit: HallLayout.zoneLimit)
    }

    static func columnCount(at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "column_count_invalid").about(limit: HallLayout.limit)
    }

    static func cellUnknown(column: Int, at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "cell_unknown").with("column", .number(Int64(column)))
    }

    static func coupleIncomplete(column: Int, at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "couple_incomplete").with("column", .number(Int64(column)))
    }
}
