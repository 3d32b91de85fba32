import Callers
import Database
package import Foundation
package import Text

/// The rules for a showtime, given its hall, its movie and the time. Pure: everything was read before.
package struct ShowtimeRules: Sendable {
    /// The formats that the hall can show.
    package let hallFormats: Set<String>
    /// The zones of the layout that have seats for sale.
    package let zones: Set<String>
    package let movieFormats: Set<String>
    package let movieLanguages: Set<String>
    package let movieMinutes: Int
    /// The minimum price of a ticket of the movie, in fen.
    package let minimumPriceFen: Int64
    package let trailersMinutes: Int
    package let cleaningMinutes: Int

    /// How far ahead a showtime can be scheduled: 365 days, in seconds.
    package static let horizon: TimeInterval = 365 * 86_400

    package init(
        hallFormats: Set<String>, zones: Set<String>, movieFormats: Set<String>, movieLanguages: Set<String>, movieMinutes: Int,
        minimumPriceFen: Int64, trailersMinutes: Int, cleaningMinutes: Int
    ) {
        self.hallFormats = hallFormats
        self.zones = zones
        self.movieFormats = movieFormats
        self.movieLanguages = movieLanguages
        self.movieMinutes = movieMinutes
        self.minimumPriceFen = minimumPriceFen
        self.trailersMinutes = trailersMinutes
        self.cleaningMinutes = cleaningMinutes
    }

    /// The movie's end when its showtime starts at a moment: after the trailers.
    package func end(startingAt start: Date) -> Date {
        start + TimeInterval((trailersMinutes + movieMinutes) * 60)
    }

    /// Until when the hall is taken: cleaning comes on top of trailers and movie.
    package func occupiedUntil(startingAt start: Date) -> Date {
        end(startingAt: start) + TimeInterval(cleaningMinutes * 60)
    }

    /// Refuses a movie that somebody has ended, because nobody could buy a ticket. One that has ended by itself goes on by a new showtime.
    ///
    /// - Throws: ``Refusal/movieEnded``.
    package static func checkState(_ pinned: MovieState?) throws {
        guard pinned != .ended else { throw Refusal.movieEnded }
    }

    /// Refuses a start before the movie's release day, unless the showtime is marked as a preview.
    ///
    /// - Parameter day: the calendar day of the start, in the cinema's time zone.
    /// - Throws: ``Refusal/beforeRelease``.
    package static func checkRelease(on releaseDate: CalendarDay, day: CalendarDay, isPreview: Bool) throws {
        guard isPreview || day >= releaseDate else {
            throw Refusal.beforeRelease.with("release_date", .text(releaseDate.description))
        }
    }

    /// Checks all rules of a new showtime.
    ///
    /// - Throws: the refusals of the checks below, the first that applies.
    package func check(_ new: NewShowtime, now: Date) throws {
        try checkStart(new.startsAt, now: now)
        try checkFormat(new.format)
        try checkLanguage(new.language)
        try checkPrices(new.prices)
        try SaleWindow(opensAt: new.saleOpensAt, closesAt: new.saleClosesAt, startsAt: new.startsAt)
            .check(endsAt: end(startingAt: new.startsAt))
    }

    /// Checks the rules of a change that concern the screening itself. The sale's times are checked separately.
    package func check(_ change: ShowtimeChange, now: Date) throws {
        try change.startsAt.map { try checkStart($0, now: now) }
        try change.format.map(checkFormat)
        try change.language.map(checkLanguage)
        try change.prices.map(checkPrices)
    }

    /// - Throws: ``Refusal/showtimeInPast``, ``Refusal/showtimeTooFar``.
    package func checkStart(_ start: Date, now: Date) throws {
        guard start > now else { throw Refusal.showtimeInPast }
        guard start <= now + Self.horizon else { throw Refusal.showtimeTooFar }
    }

    /// - Throws: ``Refusal/formatNotSupported``.
    package func checkFormat(_ format: String) throws {
        guard hallFormats.contains(format), movieFormats.contains(format) else {
            throw Refusal.formatNotSupported.with("formats", .texts(hallFormats.intersection(movieFormats).sorted()))
        }
    }

    /// - Throws: ``Refusal/languageNotAvailable``.
    package func checkLanguage(_ language: String) throws {
        guard movieLanguages.isEmpty || movieLanguages.contains(language) else {
            throw Refusal.languageNotAvailable.with("languages", .texts(movieLanguages.sorted()))
        }
    }

    /// Checks that each zone with seats for sale has one price, and that none is below the movie's minimum.
    ///
    /// - Throws: ``Refusal/zoneUnknown(at:)``, ``Refusal/zoneRepeated(at:)``, ``Refusal/priceBelowMinimum(at:minimum:)``,
    ///   ``Refusal/priceMissing(zone:)``.
    package func checkPrices(_ prices: [ZonePrice]) throws {
        var priced: Set<String> = []
        for (place, price) in prices.enumerated() {
            guard zones.contains(price.zone) else { throw Refusal.zoneUnknown(at: place) }
            guard priced.insert(price.zone).inserted else { throw Refusal.zoneRepeated(at: place) }
            guard price.priceFen >= minimumPriceFen else { throw Refusal.priceBelowMinimum(at: place, minimum: minimumPriceFen) }
        }
        if let missing = zones.subtracting(priced).min() { throw Refusal.priceMissing(zone: missing) }
    }
}
