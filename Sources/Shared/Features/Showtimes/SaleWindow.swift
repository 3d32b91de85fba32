import Callers
package import Foundation

/// When a showtime's seats can be bought.
package struct SaleWindow: Hashable, Sendable {
    /// `nil`: from the beginning.
    package let opensAt: Date?
    /// `nil`: until the start.
    package let closesAt: Date?
    package let startsAt: Date
    /// When the cinema closed the sale by hand.
    package let closedAt: Date?
    package let cancelledAt: Date?

    package init(opensAt: Date?, closesAt: Date?, startsAt: Date, closedAt: Date? = nil, cancelledAt: Date? = nil) {
        self.opensAt = opensAt
        self.closesAt = closesAt
        self.startsAt = startsAt
        self.closedAt = closedAt
        self.cancelledAt = cancelledAt
    }

    /// When the sale ends: the time that was set, which may be after the start for latecomers, or else the start.
    package var end: Date { closesAt ?? startsAt }

    /// The showtime's state at a moment. The sale is open at the moment of opening, and closed at the moment of closing.
    package func state(at now: Date) -> ShowtimeState {
        if cancelledAt != nil { return .cancelled }
        if closedAt != nil || now >= end { return .closed }
        if let opensAt, now < opensAt { return .planned }
        return .onSale
    }

    /// Whether the times make sense.
    ///
    /// - Parameter endsAt: the movie's end; sale has to close by then.
    /// - Throws: ``Refusal/saleWindowInvalid``.
    func check(endsAt: Date) throws {
        guard end <= endsAt, opensAt.map({ $0 < end }) ?? true else { throw Refusal.saleWindowInvalid }
    }
}

/// The state of a showtime. It is never stored, and always derived from times.
package enum ShowtimeState: String, CaseIterable, Sendable {
    /// Not on sale yet.
    case planned
    case onSale = "on_sale"
    /// Not on sale any more. Also, before its sale too, while its merchant isn't verified or has no right to show the movie, and when the movie
    /// has ended.
    case closed
    case cancelled

    /// The state of a showtime, given this state by its sale's times, when other things may forbid the sale.
    ///
    /// - Parameter isAllowed: whether its merchant is verified and may show the movie on its day, and the movie hasn't ended.
    func selling(_ isAllowed: Bool) -> ShowtimeState {
        (self == .planned || self == .onSale) && !isAllowed ? .closed : self
    }
}
