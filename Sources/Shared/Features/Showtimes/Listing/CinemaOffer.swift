package import Foundation

/// A cinema in a list, with what it shows.
package struct CinemaWithOffer: Hashable, Sendable {
    package let cinema: Cinema
    /// `nil` where nothing is to come that isn't closed.
    package let offer: CinemaOffer?
}

/// What a cinema shows on a day, or of a movie: by what people choose among cinemas.
package struct CinemaOffer: Hashable, Sendable {
    /// A seat in the cheapest zone of all its showtimes, in fen, without the service fee; `nil` where none is sold.
    package let lowestPriceFen: Int64?
    /// How many showtimes are to come that are sold now or later.
    package let showtimes: Int
    /// The next three starts at most.
    package let nextStarts: [Date]
    /// In which the showtimes are, by name.
    package let formats: [String]
}
