import Foundation

/// A place of a city where cinemas can be: a district, or the city itself.
struct DemoDistrict: Hashable, Sendable {
    /// Of the division; `nil` for a city without districts.
    let id: Int64?
    let name: String
    let point: GeographicPoint
}

/// A city that was imported, with the places in it.
struct DemoCity: Hashable, Sendable {
    let id: Int64
    let name: String
    /// Six digits, GB/T 2260.
    let code: String
    let districts: [DemoDistrict]

    /// How many of the cinemas are here, beside other cities. The codes tell municipalities and capitals of provinces from the others.
    var weight: Int { code.hasSuffix("0000") ? 24 : code.hasSuffix("0100") ? 10 : 1 }
}

struct DemoCinema: Sendable {
    let id: Int64
    /// Which of the merchants it belongs to, from 0.
    let merchant: Int
    let cityID: Int64
    let districtID: Int64?
    let district: String
    let name: String
    let address: String
    let phone: String
    let point: GeographicPoint
    let serviceFeeFen: Int64
    /// What its tickets cost beyond a movie's minimum, in fen.
    let priceFen: Int64
    let openingHours: OpeningHours
    let facilities: [CinemaFacility]
}

struct DemoHall: Sendable {
    let id: Int64
    let layoutID: Int64
    /// Of the first of its seats; the others follow.
    let firstSeatID: Int64
    /// Which of the cinemas it belongs to, from 0.
    let cinema: Int
    /// Whether it is the first of its cinema.
    let isFirst: Bool
    let name: String
    let formats: [String]
    /// Which of the sizes it has, from 0.
    let size: Int
    /// How much later than others its first showtime starts, in minutes.
    let delayMin: Int
}

/// The cinemas and halls of a run. A cinema costs some hundred bytes here; orders cost nothing.
struct DemoPlaces: Sendable {
    let merchants: Int
    let cinemas: [DemoCinema]
    let halls: [DemoHall]
    /// How many seats all halls have.
    let seats: Int

    static func merchants(_ request: DemoDataRequest) -> Int { (request.cinemas + 19) / 20 }

    /// - Parameter cities: at least one, each with a district.
    init(_ request: DemoDataRequest, cities: [DemoCity], sizes: [DemoLayout], ids: DemoIDs) {
        merchants = Self.merchants(request)
        let weights = cities.map(\.weight)
        var cinemas: [DemoCinema] = []
        var halls: [DemoHall] = []
        var seats = 0
        for place in 0..<request.cinemas {
            var numbers = SeededNumbers(seed: request.seed, .cinemas, place)
            let city = cities[numbers.place(in: weights)]
            let cinema = Self.cinema(place, in: city, ids: ids, merchants: merchants, seed: request.seed, using: &numbers)
            cinemas.append(cinema)
            for number in 1...(2 + numbers.below(3)) {
                let size = number == 1 ? 2 + numbers.below(2) : numbers.below(3)
                let isGiant = size == 3
                halls.append(
                    DemoHall(
                        id: ids.id(.halls, halls.count), layoutID: ids.id(.layouts, halls.count), firstSeatID: ids.id(.seats, seats),
                        cinema: place, isFirst: number == 1, name: isGiant ? "\(number)号 IMAX 厅" : "\(number)号厅",
                        formats: isGiant ? ["2D", "3D", "IMAX"] : ["2D", "3D"], size: size, delayMin: 5 * numbers.below(12)))
                seats += sizes[size].layout.seats.count
            }
        }
        self.cinemas = cinemas
        self.halls = halls
        self.seats = seats
    }

    /// - Parameter number: which of the cinemas, from 0.
    private static func cinema(
        _ number: Int, in city: DemoCity, ids: DemoIDs, merchants: Int, seed: Int, using numbers: inout SeededNumbers
    ) -> DemoCinema {
        let district = numbers.pick(city.districts)
        // A city that stands for itself has its own name for a district's.
        let place = district.name.hasPrefix(city.name) ? district.name : city.name + district.name
        // Within three kilometres or so of where the district is governed.
        let north = Double(numbers.below(601) - 300) / 10_000
        let east = Double(numbers.below(601) - 300) / 10_000
        return DemoCinema(
            id: ids.id(.cinemas, number),
            merchant: number % merchants,
            cityID: city.id,
            districtID: district.id,
            district: district.name,
            name: DemoNames.cinema(number + 1, in: district.name),
            address: "\(place)演示路 \(1 + numbers.below(300)) 号",
            phone: "000-\(10_000_000 + number)",
            point: GeographicPoint(latitude: district.point.latitude + north, longitude: district.point.longitude + east),
            serviceFeeFen: Int64(100 * numbers.below(5)),
            priceFen: Int64(100 * numbers.below(20) + (city.weight > 1 ? 800 : 0)),
            openingHours: OpeningHours(
                weekly: (1...7).map { OpeningHours.Weekly(weekday: $0, span: OpeningHours.Span(opens: 9 * 60, closes: 2 * 60)) },
                exceptions: []),
            facilities: facilities(of: number, seed: seed)
        )
    }

    private static func facilities(of cinema: Int, seed: Int) -> [CinemaFacility] {
        var numbers = SeededNumbers(seed: seed, .facilities, cinema)
        return CinemaFacility.allCases.filter { _ in numbers.isTrue(inPercent: 45) }
    }
}
