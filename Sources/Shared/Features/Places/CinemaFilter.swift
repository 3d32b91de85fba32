package import Callers
package import Database

/// Which cinemas a list contains.
package struct CinemaFilter: Hashable, Sendable {
    /// The cinemas that the caller reaches.
    package var scope: MerchantScope
    package var merchantID: Int64?
    package var cityID: Int64?
    package var districtID: Int64?
    package var district: String?
    /// Only cinemas that have a showtime of this movie which is still to come and not cancelled.
    package var movieID: Int64?
    /// Only cinemas that have a showtime, of the movie if one is named, on this business day which is still to come and not cancelled.
    package var day: CalendarDay?
    /// Only cinemas with it.
    package var facility: CinemaFacility?
    /// Nearest to this point first; otherwise by city, district and id.
    package var near: GeographicPoint?
    /// Only cinemas so many metres from `near` at most.
    package var radiusM: Double?
    /// Only those of verified merchants: what moviegoers see, since the others can't sell.
    package var ofVerifiedMerchants: Bool

    package init(
        scope: MerchantScope = .everybody,
        merchantID: Int64? = nil,
        cityID: Int64? = nil,
        districtID: Int64? = nil,
        district: String? = nil,
        movieID: Int64? = nil,
        day: CalendarDay? = nil,
        facility: CinemaFacility? = nil,
        near: GeographicPoint? = nil,
        radiusM: Double? = nil,
        ofVerifiedMerchants: Bool = false
    ) {
        self.scope = scope
        self.merchantID = merchantID
        self.cityID = cityID
        self.districtID = districtID
        self.district = district
        self.movieID = movieID
        self.day = day
        self.facility = facility
        self.near = near
        self.radiusM = radiusM
        self.ofVerifiedMerchants = ofVerifiedMerchants
    }
}
