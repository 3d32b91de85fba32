package import Callers
package import Database
import Foundation
import Text

/// Scheduling: which movie is in which hall, when, at what price.
package struct ShowtimeScheduling: Sendable {
    private let places: Places
    private let catalog: Catalog
    private let listing = ShowtimeListing()
    private let store = ShowtimeStore()
    private let cancelOrders: ShowtimeCancellation

    /// - Parameter cancelOrders: what happens to a showtime's orders when it is cancelled.
    package init(places: Places, catalog: Catalog, cancelOrders: @escaping ShowtimeCancellation) {
        self.places = places
        self.catalog = catalog
        self.cancelOrders = cancelOrders
    }

    /// Schedules a showtime.
    ///
    /// It locks the hall first, so that one showtime at a time is scheduled in it. A constraint of the database makes sure that two
    /// showtimes never overlap.
    ///
    /// - Parameter scope: the hall must be in it. The platform's people schedule for every verified merchant.
    /// - Throws: ``Refusal/merchantNotVerified``, ``Refusal/hallUnknown``, ``Refusal/movieUnknown``, what
    ///   ``ShowtimeRules/check(_:now:)-(NewShowtime,_)`` throws, ``Refusal/movieEnded``, ``Refusal/beforeRelease``,
    ///   ``Refusal/screeningRightMissing``, ``Refusal/hallOccupied``.
    package func schedule(_ new: NewShowtime, scope: MerchantScope, in transaction: PostgresTransaction) async throws -> Showtime {
        // Checked before the hall, so that an unverified merchant gets the real reason.
        if let merchantID = scope.merchantID { try await requireVerified(merchantID, in: transaction) }
        let hall = try await hall(new.hallID, scope: scope, in: transaction)
        if scope.merchantID == nil { try await requireVerified(hall.merchantID, in: transaction) }
        guard let movie = try await catalog.movieForScheduling(new.movieID, in: transaction) else { throw Refusal.movieUnknown }
        let rules = ShowtimeRules(hall: hall, zones: hall.zones, movie: movie)
        try rules.check(new, now: try await transaction.now())
        let clock = try CinemaClock(timeZone: hall.timeZone, dayEndsAtHour: hall.dayEndsAtHour)
        let day = clock.localDay(of: new.startsAt)
        try ShowtimeRules.checkState(movie.pinnedState)
        try ShowtimeRules.checkRelease(on: movie.releaseDate, day: day, isPreview: new.isPreview)
        let right = try await right(merchantID: hall.merchantID, movieID: movie.id, on: day, in: transaction)
        let scheduled = ScheduledShowtime(
            wanted: new,
            merchantID: hall.merchantID,
            cinemaID: hall.cinemaID,
            layoutID: hall.layoutID,
            screeningRightID: right,
            endsAt: rules.end(startingAt: new.startsAt),
            occupiedUntil: rules.occupiedUntil(startingAt: new.startsAt),
            businessDay: clock.businessDay(of: new.startsAt),
            serviceFeeFen: hall.serviceFeeFen
        )
        let id = try await refusingOccupiedHall { try await store.add(scheduled, in: transaction) }
        return try await listing.showtime(id, scope: .everybody, in: transaction)
    }

    /// Changes a showtime. Once seats are sold or held, or after the start, only the sale's times can change.
    ///
    /// - Parameters:
    ///   - scope: the showtime must be in it.
    ///   - version: the version that the caller has read; `nil` takes any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/showtimeCancelled``, ``Refusal/showtimeHasOrders``,
    ///   ``Refusal/showtimeStarted``, and what scheduling throws.
    package func change(
        _ id: Int64, _ change: ShowtimeChange, scope: MerchantScope, version: Int64?, in transaction: PostgresTransaction
    ) async throws -> Showtime {
        guard let place = try await store.place(of: id, scope: scope, in: transaction) else { throw Refusal.notFound }
        // The hall is locked before the showtime, as in scheduling. Two transactions that waited for each other at the constraint would be
        // a deadlock.
        let surroundings = change.touchesWhatWasSold || change.touchesRelease ? try await surroundings(place, in: transaction) : nil
        let old = try await lock(id, scope: scope, version: version, in: transaction)
        guard old.sale.cancelledAt == nil else { throw Refusal.showtimeCancelled }
        let change = change.reduced(against: old)
        if change.isEmpty { return old }
        let now = try await transaction.now()
        if change.touchesWhatWasSold {
            guard try await !store.hasOrders(id, in: transaction) else { throw Refusal.showtimeHasOrders }
            guard old.startsAt > now else { throw Refusal.showtimeStarted }
        }
        var changed = ChangedShowtime(old)
        try surroundings?.rules.check(change, now: now)
        if let surroundings, let startsAt = change.startsAt {
            try ShowtimeRules.checkState(surroundings.movie.pinnedState)
            changed.move(to: startsAt, rules: surroundings.rules, clock: surroundings.clock)
            changed.screeningRightID = try await right(
                merchantID: old.merchantID, movieID: old.movieID, on: surroundings.clock.localDay(of: startsAt), in: transaction
            )
        }
        changed.apply(change, now: now)
        if let surroundings, change.touchesRelease {
            let day = surroundings.clock.localDay(of: changed.startsAt)
            try ShowtimeRules.checkRelease(on: surroundings.movie.releaseDate, day: day, isPreview: changed.isPreview)
        }
        if change.touchesSale { try changed.sale.check(endsAt: changed.endsAt) }
        let result = changed
        try await refusingOccupiedHall { try await store.change(result, in: transaction) }
        return try await listing.showtime(id, scope: .everybody, in: transaction)
    }

    /// Cancels a showtime, ends its unpaid orders and refunds the others, all in one transaction. Cancelling it again changes nothing.
    ///
    /// - Parameters:
    ///   - scope: the showtime must be in it.
    ///   - version: the version that the caller has read; `nil` takes any.
    ///   - accountID: the account that cancels.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``.
    package func cancel(
        _ id: Int64, scope: MerchantScope, version: Int64?, by accountID: Int64, in transaction: PostgresTransaction
    ) async throws {
        let old = try await lock(id, scope: scope, version: version, in: transaction)
        guard old.sale.cancelledAt == nil else { return }
        try await store.cancel(id, in: transaction)
        try await cancelOrders(id, accountID, transaction)
    }

    /// Locks a showtime and reads it afterwards, because only facts that are read after the lock are certain.
    private func lock(_ id: Int64, scope: MerchantScope, version: Int64?, in transaction: PostgresTransaction) async throws -> Showtime {
        guard try await store.lock(id, scope: scope, in: transaction) else { throw Refusal.notFound }
        let showtime = try await listing.showtime(id, scope: .everybody, in: transaction)
        guard version == nil || version == showtime.version else { throw Refusal.stale }
        return showtime
    }

    private func hall(_ id: Int64, scope: MerchantScope, in transaction: PostgresTransaction) async throws -> SchedulingHall {
        do {
            return try await places.hallForScheduling(id, scope: scope, in: transaction)
        } catch let refusal as Refusal where refusal == .notFound {
            // The hall's id was in the body, so the refusal points there.
            throw Refusal.hallUnknown
        }
    }

    private func surroundings(
        _ place: (hallID: Int64, movieID: Int64, layoutID: Int64), in transaction: PostgresTransaction
    ) async throws -> (rules: ShowtimeRules, clock: CinemaClock, movie: Movie) {
        let hall = try await hall(place.hallID, scope: .everybody, in: transaction)
        guard let movie = try await catalog.movieForScheduling(place.movieID, in: transaction) else { throw Refusal.movieUnknown }
        // The layout that the showtime was scheduled with, not the hall's newest.
        let seats = try await places.seats(ofLayout: place.layoutID, in: transaction)
        let zones = seats.filter(\.kind.isSold).map(\.zone)
        return (
            ShowtimeRules(hall: hall, zones: zones, movie: movie),
            try CinemaClock(timeZone: hall.timeZone, dayEndsAtHour: hall.dayEndsAtHour),
            movie
        )
    }

    private func requireVerified(_ merchantID: Int64, in transaction: PostgresTransaction) async throws {
        guard try await store.isVerified(merchantID: merchantID, in: transaction) == true else { throw Refusal.merchantNotVerified }
    }

    private func right(merchantID: Int64, movieID: Int64, on day: CalendarDay, in transaction: PostgresTransaction) async throws -> Int64 {
        guard let right = try await store.grantedRight(merchantID: merchantID, movieID: movieID, on: day, in: transaction) else {
            throw Refusal.screeningRightMissing.with("movie_id", .number(movieID)).with("day", .text(day.description))
        }
        return right
    }

    /// - Throws: ``Refusal/hallOccupied`` when the constraint is violated.
    private func refusingOccupiedHall<Result>(_ write: () async throws -> Result) async throws -> Result {
        try await refusing(.hallOccupied, byConstraint: "showtimes_hall_occupied", write)
    }
}

extension ShowtimeRules {
    init(hall: SchedulingHall, zones: [String], movie: Movie) {
        self.init(
            hallFormats: Set(hall.formats),
            zones: Set(zones),
            movieFormats: Set(movie.formats),
            movieLanguages: Set(movie.languages),
            movieMinutes: movie.durationMin,
            minimumPriceFen: movie.minimumPriceFen,
            trailersMinutes: hall.trailersMin,
            cleaningMinutes: hall.cleaningMin
        )
    }
}

/// Ends the orders of a showtime that is being cancelled: unpaid ones are cancelled, paid ones refunded.
///
/// It is called with the account that cancels, in the transaction that cancels, when the showtime is locked and marked as cancelled.
/// Assembly passes it in, because this room doesn't know orders.
package typealias ShowtimeCancellation =
    @Sendable (
        _ showtimeID: Int64, _ accountID: Int64, _ transaction: PostgresTransaction
    ) async throws -> Void
