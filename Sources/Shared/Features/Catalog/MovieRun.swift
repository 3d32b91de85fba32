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
