import Database
package import Foundation
package import Text

/// The permission of a merchant to show a movie between two days, both included, in the cinema's time zone.
package struct ScreeningRight: Hashable, Sendable {
    package let id: Int64
    package let merchantID: Int64
    package let merchantName: String
    package let movieID: Int64
    package let movieTitle: String
    package let validFrom: CalendarDay
    package let validTo: CalendarDay
    package let state: ScreeningRightState
    package let requestedAt: Date
    /// When an administrator last decided about it; `nil` while it is only requested.
    package let decidedAt: Date?

    package init(
        id: Int64, merchantID: Int64, merchantName: String, movieID: Int64, movieTitle: String,
        validFrom: CalendarDay, validTo: CalendarDay, state: ScreeningRightState, requestedAt: Date, decidedAt: Date?
    ) {
        self.id = id
        self.merchantID = merchantID
        self.merchantName = merchantName
        self.movieID = movieID
        self.movieTitle = movieTitle
        self.validFrom = validFrom
        self.validTo = validTo
        self.state = state
        self.requestedAt = requestedAt
        self.decidedAt = decidedAt
    }
}

/// The states of a screening right.
package enum ScreeningRightState: String, CaseIterable, Sendable, PostgresCodable {
    case requested, granted, refused, revoked
}

/// A screening right that a merchant asks for.
package struct NewScreeningRight: Hashable, Sendable {
    package let movieID: Int64
    package let validFrom: CalendarDay
    package let validTo: CalendarDay

    package init(movieID: Int64, validFrom: CalendarDay, validTo: CalendarDay) {
        self.movieID = movieID
        self.validFrom = validFrom
        self.validTo = validTo
    }
}
