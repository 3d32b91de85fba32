import Database
package import FoundationEssentials
package import Text

/// The states of a movie's run in the cinemas.
package enum MovieState: String, CaseIterable, Sendable, PostgresCodable {
    case coming
    /// Not released, and tickets are sold already.
    case presale
    case showing
    case ended
}

/// Where a movie stands, as it follows from its dates and its showtimes when nobody has pinned it.
///
/// Before the release day it is coming, or on presale while tickets of a showtime to come are sold. From that day on it is showing, for some
/// days and while a showtime is to come. Then it has ended.
package struct MovieRun: Hashable, Sendable {
    package static let usualDays = 60

    /// For how many days from the release day on a movie is showing.
    let days: Int

    package init(days: Int = MovieRun.usualDays) {
        self.days = days
    }
}

/// A movie (影片) of the catalogue.
package struct Movie: Hashable, Sendable {
    package let id: Int64
    package let title: String
    /// Minutes, without trailers.
    package let durationMin: Int
    package let releaseDate: CalendarDay
    package let companyID: Int64?
    package let companyName: String?
    /// Such as 2D, 3D or IMAX.
    package let formats: [String]
    package let languages: [String]
    package let genres: [String]
    /// The least that a ticket may cost, in fen.
    package let minimumPriceFen: Int64
    /// The pinned one, or what follows from its dates and showtimes.
    package let state: MovieState
    /// What somebody has set; `nil` for a movie whose state follows.
    package let pinnedState: MovieState?
    package let poster: ShownPicture?
    package let createdAt: Date
    /// Raised by every change; the resource's ETag.
    package let version: Int64
    /// What is on today in the city whose movies are listed; `nil` where they aren't those of a city.
    package var today: ShowingsToday?
}

/// How much of a movie is still to come on this business day, and on sale.
package struct ShowingsToday: Hashable, Sendable {
    package let showtimes: Int
    /// The cinemas that show it.
    package let cinemas: Int
}

/// A movie with its content, its people and its companies.
package struct MovieDetail: Hashable, Sendable {
    package let movie: Movie
    package let content: MovieContent
    /// In the order of the credits.
    package let people: [Credit]
    /// In the order in which they are named.
    package let companies: [MovieCompany]
    /// In the order in which they are shown.
    package let stills: [ShownPicture]
}
