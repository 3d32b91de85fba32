package import Foundation

/// A change of some fields of a showtime; `nil` leaves a field as it is.
package struct ShowtimeChange: Hashable, Sendable {
    package var startsAt: Date?
    package var format: String?
    package var language: String?
    package var prices: [ZonePrice]?
    package var refusesOrphans: Bool?
    package var isPreview: Bool?
    /// `.some(nil)` removes the time.
    package var saleOpensAt: Date??
    /// `.some(nil)` removes the time.
    package var saleClosesAt: Date??
    /// Closes the sale by hand, or takes that back.
    package var closed: Bool?

    package init(
        startsAt: Date? = nil, format: String? = nil, language: String? = nil, prices: [ZonePrice]? = nil,
        refusesOrphans: Bool? = nil, isPreview: Bool? = nil, saleOpensAt: Date?? = nil, saleClosesAt: Date?? = nil, closed: Bool? = nil
    ) {
        self.startsAt = startsAt
        self.format = format
        self.language = language
        self.prices = prices
        self.refusesOrphans = refusesOrphans
        self.isPreview = isPreview
        self.saleOpensAt = saleOpensAt
        self.saleClosesAt = saleClosesAt
        self.closed = closed
    }

    /// The change without the fields that have these values already, because a client may send back everything that it read.
    func reduced(against old: Showtime) -> ShowtimeChange {
        var change = self
        if startsAt == old.startsAt { change.startsAt = nil }
        if format == old.format { change.format = nil }
        if language == old.language { change.language = nil }
        if let prices, prices.sorted(by: { $0.zone < $1.zone }) == old.prices.sorted(by: { $0.zone < $1.zone }) { change.prices = nil }
        if refusesOrphans == old.refusesOrphans { change.refusesOrphans = nil }
        if isPreview == old.isPreview { change.isPreview = nil }
        if let saleOpensAt, saleOpensAt == old.sale.opensAt { change.saleOpensAt = nil }
        if let saleClosesAt, saleClosesAt == old.sale.closesAt { change.saleClosesAt = nil }
        if closed == (old.sale.closedAt != nil) { change.closed = nil }
        return change
    }

    /// Whether nothing changes.
    var isEmpty: Bool { self == ShowtimeChange() }

    /// Whether something changes that people agreed to with their orders.
    var touchesWhatWasSold: Bool {
        startsAt != nil || format != nil || language != nil || prices != nil || refusesOrphans != nil
    }

    /// Whether the release day has to be checked again, because the start or the preview mark changes.
    var touchesRelease: Bool { startsAt != nil || isPreview != nil }

    /// Whether the sale's times have to be checked again, because they or the start change.
    var touchesSale: Bool { startsAt != nil || saleOpensAt != nil || saleClosesAt != nil }
}
