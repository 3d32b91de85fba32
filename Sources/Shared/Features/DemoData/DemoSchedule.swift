import Database
import Foundation
import Text

struct DemoShowtime: Sendable {
    let id: Int64
    /// Which of the halls, from 0.
    let hall: Int
    /// Which of the movies, from 0.
    let movie: Int
    let startsAt: Date
    let endsAt: Date
    let occupiedUntil: Date
    let businessDay: CalendarDay
    let format: String
    let language: String
    let isPreview: Bool
    let cancelledAt: Date?
    /// By zone, in fen.
    let prices: [(zone: String, fen: Int64)]
    /// How many of the orders are for it, beside other showtimes.
    let weight: Int
}

/// The showtimes of a run: four a day in each hall, on a week from the day on and on the two days before it, so that some were shown. Day by
/// day, as the index on their start has them.
struct DemoSchedule: Sendable {
    static let days = -2...6
    private static let slotsADay = 4
    /// From one start to the next in a hall. No movie with trailers and cleaning takes longer.
    private static let slotMinutes = 190
    private static let firstStart = 9 * 60 + 50
    static let trailersMin = 10
    static let cleaningMin = 15

    private let request: DemoDataRequest
    private let ids: DemoIDs
    private let places: DemoPlaces
    private let sizes: [DemoLayout]
    private let movies: [DemoMovie]

    init(_ request: DemoDataRequest, ids: DemoIDs, places: DemoPlaces, sizes: [DemoLayout], movies: [DemoMovie]) {
        self.request = request
        self.ids = ids
        self.places = places
        self.sizes = sizes
        self.movies = movies
    }

    var count: Int { Self.count(halls: places.halls.count) }

    static func count(halls: Int) -> Int { days.count * halls * slotsADay }

    /// - Parameter place: which of the showtimes, from 0.
    func showtime(_ place: Int) -> DemoShowtime {
        var numbers = SeededNumbers(seed: request.seed, .showtimes, place)
        let slot = place % Self.slotsADay
        let hallPlace = place / Self.slotsADay % places.halls.count
        let dayPlace = place / Self.slotsADay / places.halls.count
        let hall = places.halls[hallPlace]
        let cinema = places.cinemas[hall.cinema]
        let day = request.day.adding(days: Self.days.lowerBound + dayPlace)
        let (moviePlace, movie) = movie(on: day, using: &numbers)
        let start = day.startInBeijing + TimeInterval(60 * (Self.firstStart + hall.delayMin + slot * Self.slotMinutes))
        let format = numbers.pick(movie.formats.filter(hall.formats.contains))
        let isBig = format == "IMAX"
        let price = movie.minimumPriceFen + cinema.priceFen + (slot == Self.slotsADay - 1 ? 500 : 0) + (isBig ? 2_000 : 0)
        let cancelled = start > request.moment && numbers.below(150) == 0
        let end = start + TimeInterval(60 * (Self.trailersMin + movie.durationMin))
        return DemoShowtime(
            id: ids.id(.showtimes, place),
            hall: hallPlace,
            movie: moviePlace,
            startsAt: start,
            endsAt: end,
            occupiedUntil: end + TimeInterval(60 * Self.cleaningMin),
            businessDay: day,
            format: format,
            language: numbers.pick(movie.languages),
            isPreview: movie.isPreview(on: day),
            cancelledAt: cancelled ? request.moment - TimeInterval(7_200 + 60 * numbers.below(600)) : nil,
            prices: sizes[hall.size].zones.map { ($0, price + ($0 == DemoLayout.bestZone ? 600 : 0)) },
            weight: movie.weight * [2, 3, 3, 6][slot] * [6, 6, 6, 5, 3, 2, 2, 1, 1][dayPlace] * (hall.size + 2)
        )
    }

    private func movie(on day: CalendarDay, using numbers: inout SeededNumbers) -> (Int, DemoMovie) {
        let place = numbers.place(in: movies.map { !$0.isShown(on: day) ? 0 : $0.isPreview(on: day) ? 1 : $0.weight })
        return (place, movies[place])
    }
}
