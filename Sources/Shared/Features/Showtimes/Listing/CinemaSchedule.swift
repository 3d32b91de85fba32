import Database
package import Text

/// What a cinema shows: the days to come with showtimes, and the showtimes of one of them by movie.
package struct CinemaSchedule: Hashable, Sendable {
    package struct Day: Hashable, Sendable {
        /// The business day.
        package let day: CalendarDay
        package let showtimes: Int
    }

    package struct Movie: Hashable, Sendable {
        package let id: Int64
        package let title: String
        package let durationMin: Int
        package let genres: [String]
        package let poster: ShownPicture?
        /// By start.
        package let showtimes: [Entry]
    }

    /// A showtime with what a buyer chooses it by.
    package struct Entry: Hashable, Sendable {
        package let showtime: Showtime
        /// Seats that moviegoers can buy at all.
        package let seats: Int
        /// How many of them nobody holds; a hold that has just lapsed may still count.
        package let freeSeats: Int

        /// Of the cheapest zone, in fen, without the service fee; `nil` where none is sold.
        package var lowestPriceFen: Int64? { showtime.prices.map(\.priceFen).min() }
    }

    package let cinema: Cinema
    /// Those with showtimes to come, the next one first.
    package let days: [Day]
    /// The one whose showtimes these are; `nil` where none are to come.
    package let day: CalendarDay?
    /// Those with the earliest showtime first.
    package let movies: [Movie]
}

extension CinemaSchedule {
    /// - Parameters:
    ///   - showtimes: those of the day, by start.
    ///   - movies: the movies of these.
    ///   - occupancy: of these.
    /// - Throws: `Defect` where one of them is missing.
    init(
        cinema: Cinema, days: [Day], day: CalendarDay?, showtimes: [Showtime], movies: [Int64: ScheduledMovie],
        occupancy: [Int64: SeatOccupancy]
    ) throws {
        self.cinema = cinema
        self.days = days
        self.day = day
        var order: [Int64] = []
        var entries: [Int64: [Entry]] = [:]
        for showtime in showtimes {
            if entries[showtime.movieID] == nil { order.append(showtime.movieID) }
            guard let occupancy = occupancy[showtime.id] else { throw Defect("a showtime of a schedule has no seats") }
            entries[showtime.movieID, default: []].append(
                Entry(showtime: showtime, seats: occupancy.seats, freeSeats: max(0, occupancy.seats - occupancy.claimed)))
        }
        self.movies = try order.map { id in
            guard let movie = movies[id] else { throw Defect("a movie of a schedule is missing") }
            return Movie(
                id: id, title: movie.title, durationMin: movie.durationMin, genres: movie.genres, poster: movie.poster,
                showtimes: entries[id, default: []])
        }
    }
}

/// What a schedule tells of a movie.
struct ScheduledMovie: Sendable {
    let title: String
    let durationMin: Int
    let genres: [String]
    let poster: ShownPicture?
}

/// How full a showtime is.
struct SeatOccupancy: Sendable {
    /// Seats of a kind that is sold, in a zone with a price.
    let seats: Int
    /// Those of them that an order holds.
    let claimed: Int
}
