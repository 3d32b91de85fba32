/// A change of some fields of a cinema; `nil` leaves a field as it is.
package struct CinemaChange: Hashable, Sendable {
    package var name: String?
    package var cityID: Int64?
    package var districtID: Int64?
    package var district: String?
    package var address: String?
    /// Degrees.
    package var latitude: Double?
    /// Degrees.
    package var longitude: Double?
    /// In which latitude and longitude are; with one that isn't WGS-84, both are there.
    package var system: CoordinateSystem
    package var phone: String?
    /// Fen.
    package var serviceFeeFen: Int64?
    package var seatLimit: Int?
    package var timeZone: String?
    package var dayEndsAtHour: Int?
    package var trailersMin: Int?
    package var cleaningMin: Int?
    /// `.some(nil)` removes them.
    package var openingHours: OpeningHours??
    package var facilities: [CinemaFacility]?
    package var directions: String?

    package init(
        name: String? = nil,
        cityID: Int64? = nil,
        districtID: Int64? = nil,
        district: String? = nil,
        address: String? = nil,
        latitude: Double? = nil,
        longitude: Double? = nil,
        system: CoordinateSystem = .wgs84,
        phone: String? = nil,
        serviceFeeFen: Int64? = nil,
        seatLimit: Int? = nil,
        timeZone: String? = nil,
        dayEndsAtHour: Int? = nil,
        trailersMin: Int? = nil,
        cleaningMin: Int? = nil,
        openingHours: OpeningHours?? = nil,
        facilities: [CinemaFacility]? = nil,
        directions: String? = nil
    ) {
        self.name = name
        self.cityID = cityID
        self.districtID = districtID
        self.district = district
        self.address = address
        self.latitude = latitude
        self.longitude = longitude
        self.system = system
        self.phone = phone
        self.serviceFeeFen = serviceFeeFen
        self.seatLimit = seatLimit
        self.timeZone = timeZone
        self.dayEndsAtHour = dayEndsAtHour
        self.trailersMin = trailersMin
        self.cleaningMin = cleaningMin
        self.openingHours = openingHours
        self.facilities = facilities
        self.directions = directions
    }
}

extension CinemaChange {
    /// Whether it gives another place, or a part of it.
    var moves: Bool { latitude != nil || longitude != nil }

    /// The place that it gives; `nil` where it gives no whole one.
    var given: GivenPoint? {
        guard let latitude, let longitude else { return nil }
        return GivenPoint(GeographicPoint(latitude: latitude, longitude: longitude), in: system)
    }
}
