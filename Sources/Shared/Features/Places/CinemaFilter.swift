package import Callers
import Database
package import Text

/// Which cinemas a list contains.
package struct CinemaFilter: Hashable, Sendable {
    /// The order of a list. Cinemas that are equal by it are sorted by id.
    package enum Order: String, CaseIterable, Sendable {
        /// Nearest first.
        case distance
        /// By the lowest price of what they show, the cheapest first; those without a price last.
        case price
    }

    /// The cinemas that the caller reaches.
    package var scope: MerchantScope
    package var merchantID: Int64?
    package var cityID: Int64?
    package var districtID: Int64?
    package var district: String?
    /// Only cinemas that have a showtime of this movie which is still to come and sold now or later.
    package var movieID: Int64?
    /// Only cinemas that have a showtime, of the movie if one is named, on this business day which is still to come and sold now or later.
    package var day: CalendarDay?
    /// What somebody types to find cinemas by their names.
    package var text: String?
    /// What the text means, where it has been read.
    var searched: SearchedName?
    /// Only cinemas with it.
    package var facility: CinemaFacility?
    /// Nearest to this point first; otherwise those first that fit best to the text, or by city, district and id.
    package var near: GeographicPoint?
    /// The order, where it isn't the usual one.
    package var order: Order?
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
        text: String? = nil,
        facility: CinemaFacility? = nil,
        near: GeographicPoint? = nil,
        order: Order? = nil,
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
        self.text = text
        self.facility = facility
        self.near = near
        self.order = order
        self.radiusM = radiusM
        self.ofVerifiedMerchants = ofVerifiedMerchants
    }
}

extension CinemaFilter {
    /// Checks that the order can be had: the distance needs a point, and prices are compared within a city, because each of its cinemas is
    /// looked at.
    ///
    /// - Throws: ``Refusal/sortNeedsParameter(_:)``.
    package func checkOrder() throws {
        switch order {
        case .distance where near == nil: throw Refusal.sortNeedsParameter("near")
        case .price where cityID == nil: throw Refusal.sortNeedsParameter("city_id")
        case .distance, .price, nil: return
        }
    }
}
