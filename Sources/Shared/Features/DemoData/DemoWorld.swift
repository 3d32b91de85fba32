/// All that is made, but for the orders, which come one after the other. Without I/O: the same request, cities and numbers give the same.
struct DemoWorld: Sendable {
    let request: DemoDataRequest
    let ids: DemoIDs
    let sizes: [DemoLayout]
    let movies: [DemoMovie]
    let places: DemoPlaces
    let buyers: DemoBuyers
    let schedule: DemoSchedule

    init(_ request: DemoDataRequest, cities: [DemoCity], sizes: [DemoLayout], ids: DemoIDs) {
        self.request = request
        self.ids = ids
        self.sizes = sizes
        movies = DemoMovie.all(request, ids)
        places = DemoPlaces(request, cities: cities, sizes: sizes, ids: ids)
        buyers = DemoBuyers(request, ids: ids)
        schedule = DemoSchedule(request, ids: ids, places: places, sizes: sizes, movies: movies)
    }

    /// Makes the orders, from the first one on.
    var orders: DemoOrders { DemoOrders(request, places: places, sizes: sizes, buyers: buyers, ids: ids) }

    /// How many rows each table gets at most, orders with the longest story and the most seats.
    var rowCounts: [DemoIDs.Table: Int] {
        [
            .merchants: places.merchants, .accounts: places.merchants + buyers.count, .movies: movies.count,
            .rights: places.merchants * movies.count, .cinemas: places.cinemas.count, .halls: places.halls.count,
            .layouts: places.halls.count, .seats: places.seats, .showtimes: schedule.count, .payments: request.orders,
            .tickets: 4 * request.orders, .refunds: request.orders, .events: 8 * request.orders, .entries: 3 * request.orders,
        ]
    }
}

/// Divides orders among showtimes by their weights, so that all of them are divided.
struct DemoShares: Sendable {
    /// The sums of the weights up to each showtime.
    private let sums: [Int]
    private let orders: Int

    init(of orders: Int, weights: [Int]) {
        var sum = 0
        sums =
            [0]
            + weights.map { weight in
                sum += weight
                return sum
            }
        self.orders = orders
    }

    func share(_ place: Int) -> Int { part(sums[place + 1]) - part(sums[place]) }

    private func part(_ sum: Int) -> Int {
        let total = UInt(max(sums.last ?? 0, 1))
        let product = UInt(orders).multipliedFullWidth(by: UInt(sum))
        return Int(total.dividingFullWidth(product).quotient)
    }
}
