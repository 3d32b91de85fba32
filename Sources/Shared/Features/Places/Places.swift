package import Callers
package import Database
import Foundation

/// Cities and their districts, cinemas, halls and seats.
///
/// Reads take any session; writes take a transaction, which a thrown refusal must roll back. `scope` limits a call to the things of a
/// merchant; all others are `not_found`. The platform's own people reach every merchant's things.
package struct Places: Sendable {
    private let cityStore = CityStore()
    private let divisionStore = DivisionStore()
    private let cinemaStore = CinemaStore()
    private let search = NameSearch()
    private let hallStore = HallStore()
    private let quotaStore = MerchantQuotaStore()
    private let shownPictures = ShownPictures()
    private let quotas: MerchantQuotas

    package init(quotas: MerchantQuotas = MerchantQuotas()) {
        self.quotas = quotas
    }

    /// A page of the cities, by initial and then by spelling.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func cities(_ filter: CityFilter = CityFilter(), page: PageRequest, in session: some PostgresSession) async throws -> Page<City>
    {
        try await cityStore.cities(filter, page: page, in: session)
    }

    /// - Throws: ``Refusal/notFound``.
    package func city(_ id: Int64, in session: some PostgresSession) async throws -> City {
        guard let city = try await cityStore.city(id, in: session) else { throw Refusal.notFound }
        return city
    }

    /// The districts of a city by code. The list is empty where the administrative divisions weren't imported.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func districts(ofCity id: Int64, in session: some PostgresSession) async throws -> [AdministrativeDivision] {
        let city = try await city(id, in: session)
        return try await divisionStore.districts(codes: city.districtCodes, in: session)
    }
}

// MARK: - What a merchant may have

extension Places {
    /// Makes sure that a merchant may upload one more picture. Until the end of the transaction nobody else can add one of it.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/quotaReached``.
    package func requireRoomForPicture(of merchantID: Int64, in transaction: PostgresTransaction) async throws {
        guard let isVerified = try await quotaStore.lock(merchantID, in: transaction) else { throw Refusal.notFound }
        let limit = quotas.pictures.limit(isVerified: isVerified)
        guard try await quotaStore.pictures(of: merchantID, in: transaction) < limit else {
            throw Refusal.quotaReached(.pictures, limit, isVerified: isVerified)
        }
    }

    /// Makes sure that a merchant may have one more account. Until the end of the transaction nobody else can add one.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/quotaReached``.
    package func requireRoomForMember(of merchantID: Int64, in transaction: PostgresTransaction) async throws {
        guard let isVerified = try await quotaStore.lock(merchantID, in: transaction) else { throw Refusal.notFound }
        let limit = quotas.members.limit(isVerified: isVerified)
        guard try await quotaStore.members(of: merchantID, in: transaction) < limit else {
            throw Refusal.quotaReached(.accounts, limit, isVerified: isVerified)
        }
    }
}

// MARK: - Cinemas

extension Places {
    /// A page of the cinemas.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func cinemas(_ filter: CinemaFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<Cinema> {
        try await cinemaStore.cinemas(try await searched(filter, in: session), page: page, in: session)
    }

    /// The filter with what its text means.
    func searched(_ filter: CinemaFilter, in session: some PostgresSession) async throws -> CinemaFilter {
        guard let text = filter.text else { return filter }
        var filter = filter
        filter.searched = try await search.searched(text, in: session)
        return filter
    }

    /// - Parameter ofVerifiedMerchant: whether to hide the cinemas of unverified merchants, as from moviegoers.
    /// - Throws: ``Refusal/notFound``.
    package func cinema(
        _ id: Int64,
        scope: MerchantScope,
        ofVerifiedMerchant: Bool = false,
        in session: some PostgresSession
    ) async throws -> Cinema {
        let cinema = try await cinemaStore.cinema(id, scope: scope, ofVerifiedMerchant: ofVerifiedMerchant, in: session)
        guard let cinema else { throw Refusal.notFound }
        return cinema
    }

    /// Adds a cinema to a merchant.
    ///
    /// - Throws: ``Refusal/cityUnknown``, ``Refusal/districtOutsideCity``, ``Refusal/districtMismatch``, ``Refusal/pointOutsideCity``,
    ///   ``Refusal/timeZoneUnknown``, ``Refusal/cinemaExists``, ``Refusal/quotaReached``, or a refusal that points at the name.
    package func addCinema(_ new: NewCinema, merchantID: Int64, in transaction: PostgresTransaction) async throws -> Cinema {
        try new.name.requirePlainLine(at: "/name")
        try new.openingHours?.requireOrder(at: "/opening_hours")
        let district = try await requirePlace(
            cityID: new.cityID, district: new.district, districtID: new.districtID, point: new.given.wgs84, in: transaction)
        try await requireTimeZone(new.timeZone, in: transaction)
        guard let isVerified = try await quotaStore.lock(merchantID, in: transaction) else { throw Refusal.notFound }
        let limit = quotas.cinemas.limit(isVerified: isVerified)
        guard try await quotaStore.cinemas(of: merchantID, in: transaction) < limit else {
            throw Refusal.quotaReached(.cinemas, limit, isVerified: isVerified)
        }
        return try await refusingTwins { try await cinemaStore.add(new, in: district, merchantID: merchantID, in: transaction) }
    }

    /// Changes a cinema.
    ///
    /// Once it has sold a ticket, only the platform's people can move it to another city. Earlier income stays counted in the old city.
    ///
    /// - Parameter version: the one that the caller has read; `nil` takes any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/cityUnknown``, ``Refusal/cinemaHasSales``, ``Refusal/districtOutsideCity``,
    ///   ``Refusal/districtMismatch``, ``Refusal/pointOutsideCity``, ``Refusal/timeZoneUnknown``, ``Refusal/cinemaExists``, or a refusal that points at the name.
    package func changeCinema(
        _ id: Int64,
        scope: MerchantScope,
        version: Int64?,
        _ change: CinemaChange,
        in transaction: PostgresTransaction
    ) async throws -> Cinema {
        let cinema = try await cinema(id, scope: scope, in: transaction)
        try change.name?.requirePlainLine(at: "/name")
        try (change.openingHours ?? nil)?.requireOrder(at: "/opening_hours")
        let district = try await checkMove(of: cinema, change, scope: scope, in: transaction)
        if let timeZone = change.timeZone, timeZone != cinema.timeZone {
            try await requireTimeZone(timeZone, in: transaction)
        }
        let changed = try await refusingTwins {
            try await cinemaStore.change(id, scope: scope, version: version, change, district: district, in: transaction)
        }
        guard let changed else { throw Refusal.stale }
        return changed
    }

    /// Gives a cinema photos in place of those that it has.
    ///
    /// - Parameter version: the one that the caller has read; `nil` takes any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/pictureUnknown``, ``Refusal/pictureRepeated``.
    package func replacePhotos(
        ofCinema id: Int64, scope: MerchantScope, version: Int64?, with photos: [PictureHash], in transaction: PostgresTransaction
    ) async throws -> Cinema {
        // Raises the version, and holds the cinema's lock.
        _ = try await changeCinema(id, scope: scope, version: version, CinemaChange(), in: transaction)
        try await shownPictures.replace([.list(.photo, photos, at: "/photos")], of: .cinema(id), in: transaction)
        return try await cinema(id, scope: scope, in: transaction)
    }

    /// Deletes a cinema: its rows stay, for old orders, and nobody sees it any more.
    ///
    /// - Parameter version: the one that the caller has read; `nil` takes any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/cinemaInUse``.
    package func deleteCinema(_ id: Int64, scope: MerchantScope, version: Int64?, in transaction: PostgresTransaction) async throws {
        _ = try await cinema(id, scope: scope, in: transaction)
        guard try await cinemaStore.delete(id, scope: scope, version: version, in: transaction) else { throw Refusal.stale }
        // Checked after the deletion, because scheduling waits for its lock: no showtime can slip in between.
        guard try await !cinemaStore.hasShowtimes(id, in: transaction) else { throw Refusal.cinemaInUse }
        let halls = try await hallStore.ids(cinemaID: id, in: transaction)
        try await shownPictures.removeAll(.photo, of: [.cinema(id)] + halls.map { .hall($0) }, in: transaction)
    }

    /// Locks a cinema, so that nobody else changes it before the end of the transaction.
    ///
    /// - Throws: ``Refusal/notFound``.
    func lockCinema(_ id: Int64, scope: MerchantScope, in transaction: PostgresTransaction) async throws {
        guard try await cinemaStore.lock(id, scope: scope, in: transaction) else { throw Refusal.notFound }
    }

    private func refusingTwins<Result>(_ write: () async throws -> Result) async throws -> Result {
        try await refusing(.cinemaExists, byConstraint: "cinemas_merchant_id_city_id_name_key", write)
    }

    /// Checks city and position only when one of them changes: cinemas whose stored position is wrong can still be edited otherwise.
    ///
    /// - Returns: the district; `nil` where it stays.
    private func checkMove(
        of cinema: Cinema, _ change: CinemaChange, scope: MerchantScope, in transaction: PostgresTransaction
    ) async throws -> ChosenDistrict? {
        let cityID = change.cityID ?? cinema.cityID
        // Another id with the old name would be two districts, so a name counts that comes with it, or alone.
        let district = change.district ?? (change.districtID == nil ? cinema.district : "")
        let point =
            change.given?.wgs84
            ?? GeographicPoint(latitude: change.latitude ?? cinema.point.latitude, longitude: change.longitude ?? cinema.point.longitude)
        let keepsDistrict =
            change.districtID ?? cinema.districtID == cinema.districtID && change.district ?? cinema.district == cinema.district
        guard !keepsDistrict || (cityID, point) != (cinema.cityID, cinema.point) else { return nil }
        // A district that is no longer there counts until it is moved.
        let known = keepsDistrict && cityID == cinema.cityID && cinema.districtID != nil
        let chosen = try await requirePlace(
            cityID: cityID, district: district, districtID: change.districtID, point: point, isDistrictKnown: known, in: transaction)
        guard cityID != cinema.cityID, !scope.isEverybody else { return known ? nil : chosen }
        // A first sale that happens at the same moment is counted in the city that it reads, the old one or the new one.
        guard try await !cinemaStore.hasSold(cinema.id, in: transaction) else { throw Refusal.cinemaHasSales }
        return chosen
    }

    /// Checks that a point lies in a city, as far as the administrative divisions allow: for some cities they have no districts, or no
    /// position.
    ///
    /// - Parameter isDistrictKnown: whether the district needn't be looked up.
    private func requirePlace(
        cityID: Int64, district: String, districtID: Int64?, point: GeographicPoint, isDistrictKnown: Bool = false,
        in transaction: PostgresTransaction
    ) async throws -> ChosenDistrict {
        guard let city = try await cityStore.city(cityID, in: transaction) else { throw Refusal.cityUnknown }
        var chosen = ChosenDistrict(id: districtID, name: district)
        if !isDistrictKnown {
            let districts = try await divisionStore.districts(codes: city.districtCodes, in: transaction)
            chosen = try ChosenDistrict(name: district, id: districtID, among: districts)
        }
        guard let centre = try await cityStore.point(of: city, in: transaction) else { return chosen }
        guard centre.distance(to: point) <= Self.cityRadius else { throw Refusal.pointOutsideCity }
        return chosen
    }

    /// How far a cinema may lie from the seat of its city's government, in metres.
    private static let cityRadius: Double = 300_000

    /// Both Foundation and the database must know the zone, because both compute with it.
    private func requireTimeZone(_ name: String, in transaction: PostgresTransaction) async throws {
        guard TimeZone(identifier: name) != nil, try await cinemaStore.hasTimeZone(name, in: transaction) else {
            throw Refusal.timeZoneUnknown
        }
    }
}

// MARK: - Halls

extension Places {
    /// A page of a cinema's halls, in the order in which they were added.
    ///
    /// - Throws: ``Refusal/notFound`` for the cinema, ``Refusal/cursorInvalid``.
    package func halls(
        cinemaID: Int64,
        scope: MerchantScope,
        page: PageRequest,
        in session: some PostgresSession
    ) async throws -> Page<Hall> {
        _ = try await cinema(cinemaID, scope: scope, in: session)
        return try await hallStore.halls(cinemaID: cinemaID, page: page, in: session)
    }

    /// - Throws: ``Refusal/notFound``.
    package func hall(_ id: Int64, scope: MerchantScope, in session: some PostgresSession) async throws -> Hall {
        guard let hall = try await hallStore.hall(id, scope: scope, in: session) else { throw Refusal.notFound }
        return hall
    }

    /// A hall with the seats of its current layout.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func hallSeats(_ id: Int64, scope: MerchantScope, in session: some PostgresSession) async throws -> HallSeats {
        let hall = try await hall(id, scope: scope, in: session)
        return HallSeats(hall: hall, seats: try await hallStore.seats(ofLayout: hall.layoutID, in: session))
    }

    /// The seats of a layout by row and column; layouts never change.
    package func seats(ofLayout layoutID: Int64, in session: some PostgresSession) async throws -> [HallSeat] {
        try await hallStore.seats(ofLayout: layoutID, in: session)
    }

    /// Adds a hall with its first layout to a cinema.
    ///
    /// - Throws: ``Refusal/notFound`` for the cinema, ``Refusal/hallExists``, ``Refusal/quotaReached``, or a refusal that points at name or
    ///   formats.
    package func addHall(_ new: NewHall, cinemaID: Int64, scope: MerchantScope, in transaction: PostgresTransaction) async throws -> Hall {
        let merchantID = try await cinema(cinemaID, scope: scope, in: transaction).merchantID
        try new.name.requirePlainLine(at: "/name")
        try new.formats.requireDistinctNames(at: "/formats")
        guard let isVerified = try await quotaStore.lock(merchantID, in: transaction) else { throw Refusal.notFound }
        let halls = try await quotaStore.halls(of: merchantID, in: transaction)
        let limit = quotas.halls.limit(isVerified: isVerified)
        guard halls < limit else {
            throw Refusal.quotaReached(.halls, limit, isVerified: isVerified)
        }
        try await requireRoom(forSeats: new.layout.seats.count, of: merchantID, halls: halls + 1, isVerified: isVerified, in: transaction)
        guard let id = try await hallStore.add(new, cinemaID: cinemaID, in: transaction) else { throw Refusal.hallExists }
        try await hallStore.add(new.layout, hallID: id, in: transaction)
        return try await hall(id, scope: scope, in: transaction)
    }

    /// Changes a hall's name or formats. Showtimes that are scheduled keep their format.
    ///
    /// - Parameter version: the one that the caller has read; `nil` takes any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/hallExists``, or a refusal that points at name or formats.
    package func changeHall(
        _ id: Int64,
        scope: MerchantScope,
        version: Int64?,
        _ change: HallChange,
        in transaction: PostgresTransaction
    ) async throws -> Hall {
        try change.name?.requirePlainLine(at: "/name")
        try change.formats?.requireDistinctNames(at: "/formats")
        try await lockHall(id, scope: scope, version: version, change, in: transaction)
        return try await hall(id, scope: scope, in: transaction)
    }

    /// Gives a hall photos in place of those that it has.
    ///
    /// - Parameter version: the one that the caller has read; `nil` takes any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/pictureUnknown``, ``Refusal/pictureRepeated``.
    package func replacePhotos(
        ofHall id: Int64, scope: MerchantScope, version: Int64?, with photos: [PictureHash], in transaction: PostgresTransaction
    ) async throws -> Hall {
        // Raises the version, and holds the hall's lock and that of its cinema, whose deletion takes the photos away.
        _ = try await changeHall(id, scope: scope, version: version, HallChange(), in: transaction)
        guard try await hallStore.holdCinema(ofHall: id, in: transaction) else { throw Refusal.notFound }
        try await shownPictures.replace([.list(.photo, photos, at: "/photos")], of: .hall(id), in: transaction)
        return try await hall(id, scope: scope, in: transaction)
    }

    /// Gives a hall a new layout. Showtimes scheduled from now on use it; the others keep theirs.
    ///
    /// - Parameter version: the hall's version that the caller has read; `nil` takes any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/quotaReached``.
    package func replaceLayout(
        ofHall id: Int64,
        scope: MerchantScope,
        version: Int64?,
        with layout: HallLayout,
        in transaction: PostgresTransaction
    ) async throws -> HallSeats {
        _ = try await hall(id, scope: scope, in: transaction)
        guard
            let merchantID = try await quotaStore.merchant(ofHall: id, in: transaction),
            let isVerified = try await quotaStore.lock(merchantID, in: transaction)
        else { throw Refusal.notFound }
        let halls = try await quotaStore.halls(of: merchantID, in: transaction)
        try await requireRoom(
            forSeats: layout.seats.count, inPlaceOfHall: id, of: merchantID, halls: halls, isVerified: isVerified, in: transaction)
        try await lockHall(id, scope: scope, version: version, HallChange(), in: transaction)
        try await hallStore.add(layout, hallID: id, in: transaction)
        try await requireFewUnusedLayouts(of: merchantID, isVerified: isVerified, in: transaction)
        return try await hallSeats(id, scope: scope, in: transaction)
    }

    /// Locks a hall and then its cinema for scheduling a showtime: until the transaction ends, nobody else schedules in the hall,
    /// changes it, or deletes the cinema.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func hallForScheduling(_ id: Int64, scope: MerchantScope, in transaction: PostgresTransaction) async throws -> SchedulingHall {
        guard let hall = try await hallStore.hallForScheduling(id, scope: scope, in: transaction) else { throw Refusal.notFound }
        return hall
    }

    /// Makes sure that a merchant, whose row is locked, may have so many more seats.
    ///
    /// - Parameters:
    ///   - hallID: the hall whose present seats they replace.
    ///   - halls: how many halls it has then. Where so few halls can't hold too many seats, the seats needn't be counted.
    /// - Throws: ``Refusal/quotaReached``.
    private func requireRoom(
        forSeats count: Int,
        inPlaceOfHall hallID: Int64? = nil,
        of merchantID: Int64,
        halls: Int,
        isVerified: Bool,
        in transaction: PostgresTransaction
    ) async throws {
        let limit = quotas.seats.limit(isVerified: isVerified)
        guard count > limit || halls > limit / (HallLayout.limit * HallLayout.limit) else { return }
        let others = try await quotaStore.seats(of: merchantID, except: hallID, in: transaction)
        guard others + count <= limit else {
            throw Refusal.quotaReached(.seats, limit, isVerified: isVerified)
        }
    }

    /// - Throws: ``Refusal/quotaReached``.
    private func requireFewUnusedLayouts(of merchantID: Int64, isVerified: Bool, in transaction: PostgresTransaction) async throws {
        let limit = quotas.unusedLayouts.limit(isVerified: isVerified)
        guard
            try await quotaStore.formerLayouts(of: merchantID, in: transaction) > limit,
            try await quotaStore.unusedLayouts(of: merchantID, in: transaction) > limit
        else { return }
        throw Refusal.quotaReached(.unusedLayouts, limit, isVerified: isVerified)
    }

    private func lockHall(
        _ id: Int64,
        scope: MerchantScope,
        version: Int64?,
        _ change: HallChange,
        in transaction: PostgresTransaction
    ) async throws {
        do {
            guard try await hallStore.change(id, scope: scope, version: version, change, in: transaction) else {
                _ = try await hall(id, scope: scope, in: transaction)
                throw Refusal.stale
            }
        } catch let error as PostgresError where error.constraintName == "halls_cinema_id_name_key" {
            throw Refusal.hallExists
        }
    }
}
