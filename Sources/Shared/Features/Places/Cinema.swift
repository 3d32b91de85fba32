package import FoundationEssentials

/// A cinema (影城) of a merchant, at an address in a city.
package struct Cinema: Hashable, Sendable {
    package let id: Int64
    package let merchantID: Int64
    package let name: String
    package let cityID: Int64
    /// The district; `nil` where the divisions have none of that name in the city.
    package let districtID: Int64?
    /// Its name, such as 海淀区; may be empty.
    package let district: String
    package let address: String
    /// In WGS-84.
    package let point: GeographicPoint
    /// The same place as it was given.
    package let given: GivenPoint
    package let phone: String
    /// Per ticket, on top of the ticket price, in fen.
    package let serviceFeeFen: Int64
    /// Seats that one person may hold of one showtime.
    package let seatLimit: Int
    /// A name of the time zone database. The cinema's days and hours are in this zone.
    package let timeZone: String
    /// The hour at which a business day ends: a showtime that starts before it belongs to the day before.
    package let dayEndsAtHour: Int
    /// Minutes before the movie that belong to its showtime.
    package let trailersMin: Int
    /// Minutes after the movie until the hall is free again.
    package let cleaningMin: Int
    /// `nil` where they aren't known.
    package let openingHours: OpeningHours?
    /// In the order of their declaration.
    package let facilities: [CinemaFacility]
    /// How to find it; may be empty.
    package let directions: String
    /// In the order in which they are shown.
    package let photos: [ShownPicture]
    package let createdAt: Date
    /// Raised by every change; the resource's ETag.
    package let version: Int64
    /// Metres along the ground from the point around which a list is sorted; `nil` in any other answer.
    package let distanceM: Int64?
}
