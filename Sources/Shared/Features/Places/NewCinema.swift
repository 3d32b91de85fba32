/// A cinema that a merchant adds. The bounds of single fields have been checked with the request body.
package struct NewCinema: Hashable, Sendable {
    package var name: String
    package var cityID: Int64
    package var districtID: Int64?
    package var district: String
    package var address: String
    package var given: GivenPoint
    package var phone: String
    /// Fen.
    package var serviceFeeFen: Int64
    package var seatLimit: Int
    package var timeZone: String
    package var dayEndsAtHour: Int
    package var trailersMin: Int
    package var cleaningMin: Int
    package var openingHours: OpeningHours?
    package var facilities: [CinemaFacility]
    package var directions: String

    package init(
        name: String,
        cityID: Int64,
        districtID: Int64? = nil,
        district: String = "",
        address: String,
        point: GeographicPoint,
        system: CoordinateSystem = .wgs84,
        phone: String = "",
        serviceFeeFen: Int64 = 0,
        seatLimit: Int = 6,
        timeZone: String = "Asia/Shanghai",
        dayEndsAtHour: Int = 6,
        trailersMin: Int = 10,
        cleaningMin: Int = 15,
        openingHours: OpeningHours? = nil,
        facilities: [CinemaFacility] = [],
        directions: String = ""
    ) {
        self.name = name
        self.cityID = cityID
        self.districtID = districtID
        self.district = district
        self.address = address
        given = GivenPoint(point, in: system)
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
