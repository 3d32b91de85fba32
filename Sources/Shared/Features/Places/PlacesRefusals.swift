package import Callers

extension Refusal {
    /// The cinema's city is not in the list of cities.
    package static let cityUnknown = Refusal(.invalid(pointer: "/city_id"), "city_unknown", "There is no city with this id.")

    /// The administrative divisions list the city's districts, and this is none of them.
    package static let districtOutsideCity = Refusal(
        .invalid(pointer: "/district"), "district_outside_city", "The city has no district of this name, as its list of districts says."
    )

    /// The point is too far from the city to be in it.
    package static let pointOutsideCity = Refusal(
        .invalid(pointer: "/latitude"), "point_outside_city", "This place is more than 300 km away from the city."
    )

    /// The cinema has sold tickets, whose income is counted in its present city.
    package static let cinemaHasSales = Refusal(
        .conflict, "cinema_has_sales", "The cinema has sold tickets in its city; only the platform's people can move it to another one."
    )

    /// Not a name of the time zone database.
    package static let timeZoneUnknown = Refusal(
        .invalid(pointer: "/time_zone"),
        "time_zone_unknown",
        "This is not the name of a time zone, such as Asia/Shanghai."
    )

    /// Showtimes of the cinema are still to come or running; cancel them first.
    package static let cinemaInUse = Refusal(
        .conflict,
        "cinema_in_use",
        "The cinema has showtimes that are neither over nor cancelled."
    )

    /// The merchant has a cinema of this name in the city.
    package static let cinemaExists = Refusal(
        .conflict, "cinema_exists", "The merchant has a cinema of this name in the city already.")

    /// A hall of the cinema has this name already.
    package static let hallExists = Refusal(.conflict, "hall_exists", "The cinema has a hall of this name already.")

    static func layoutRowCount(at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "row_count_invalid", "A layout has 1 to \(HallLayout.limit) rows.")
    }

    static func layoutWithoutSeats(at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "layout_without_seats", "A layout has at least one seat.")
    }

    static func rowLabelInvalid(at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "row_label_invalid", "A row's label is 1 to 8 letters or digits.")
    }

    static func rowLabelRepeated(_ label: String, at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "row_label_repeated", "The layout has a row \(label) already.")
    }

    static func zoneInvalid(at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "zone_invalid", "A zone is a name of 1 to 32 characters without blanks around it.")
    }

    static func columnCount(at pointer: String) -> Refusal {
        Refusal(.invalid(pointer: pointer), "column_count_invalid", "A row has 1 to \(HallLayout.limit) cells.")
    }

    static func cellUnknown(column: Int, at pointer: String) -> Refusal {
        Refusal(
            .invalid(pointer: pointer),
            "cell_unknown",
            "The cell of column \(column) is none of S, L, R, W, H, X and _ (an aisle)."
        )
    }

    static func coupleIncomplete(column: Int, at pointer: String) -> Refusal {
        Refusal(
            .invalid(pointer: pointer),
            "couple_incomplete",
            "The cell of column \(column) is half of a couple's seats: an L is followed directly by its R."
        )
    }
}
