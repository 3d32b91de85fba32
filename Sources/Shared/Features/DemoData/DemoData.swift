package import Database
import Foundation

/// What a run has made.
package struct DemoDataSummary: Hashable, Sendable {
    package let cinemas: Int
    package let showtimes: Int
    package let orders: Int
    package let buyers: Int
    /// In all tables together.
    package let rows: Int
}

/// Makes cinemas, a week of showtimes, buyers and their orders, for looking around and for measuring.
///
/// All of a run is one transaction: whatever ends it before its end leaves nothing, nobody sees a half of it, and nothing has to be taken up
/// again. PostgreSQL keeps what a transaction writes in the tables themselves, so that a million orders cost memory neither here nor there.
/// Only the numbers of rows are taken before it, each table's by a transaction of its own, since nobody else could add a row to that table
/// meanwhile.
package struct DemoData: Sendable {
    private let store = DemoDataStore()

    package init() {}

    /// Makes the data.
    ///
    /// - Parameters:
    ///   - isDayGiven: whether data that the seed has made around another day is other data.
    ///   - progress: told how many buyers, cinemas and orders of how many are done.
    /// - Returns: `nil` when it is there already.
    /// - Throws: ``DemoDataFault``, `PostgresError`.
    package func run(
        _ request: DemoDataRequest, isDayGiven: Bool, on pool: PostgresPool, progress: (_ done: Int, _ total: Int) -> Void
    ) async throws -> DemoDataSummary? {
        guard try await !isThere(request, isDayGiven: isDayGiven, in: pool) else { return nil }
        let cities = try await store.cities(in: pool)
        guard !cities.isEmpty else { throw DemoDataFault.noCities }
        // Its transaction keeps numbers from being taken, so whoever comes meanwhile would wait for them.
        guard try await pool.withTransaction({ try await store.lock(in: $0) }) else { throw DemoDataFault.busy }
        let sizes = try DemoLayout.sizes()
        let ids = try await reserve(for: request, cities: cities, sizes: sizes, in: pool)
        let world = DemoWorld(request, cities: cities, sizes: sizes, ids: ids)
        let summary = try await pool.withTransaction { transaction -> DemoDataSummary? in
            guard try await store.lock(in: transaction) else { throw DemoDataFault.busy }
            guard try await !isThere(request, isDayGiven: isDayGiven, in: transaction) else { return nil }
            try await store.liftLimits(in: transaction)
            return try await make(world, in: transaction, progress: progress)
        }
        if summary != nil { try await store.analyse(in: pool) }
        return summary
    }

    private func isThere(_ request: DemoDataRequest, isDayGiven: Bool, in session: some PostgresSession) async throws -> Bool {
        guard let made = try await store.request(seed: request.seed, in: session) else { return false }
        let isSame = made.cinemas == request.cinemas && made.orders == request.orders && (!isDayGiven || made.day == request.day)
        guard isSame else { throw DemoDataFault.otherData(made) }
        return true
    }

    private func reserve(
        for request: DemoDataRequest, cities: [DemoCity], sizes: [DemoLayout], in pool: PostgresPool
    ) async throws -> DemoIDs {
        let sizes = DemoWorld(request, cities: cities, sizes: sizes, ids: DemoIDs([:])).rowCounts
        var first: [DemoIDs.Table: Int64] = [:]
        for table in DemoIDs.Table.allCases {
            first[table] = try await pool.withTransaction { try await store.reserve(sizes[table, default: 1], of: table, in: $0) }
        }
        return DemoIDs(first)
    }

    private func make(
        _ world: DemoWorld, in transaction: PostgresTransaction, progress: (_ done: Int, _ total: Int) -> Void
    ) async throws -> DemoDataSummary {
        let request = world.request
        let total = world.buyers.count + request.cinemas + request.orders
        var rows = DemoRows(request, ids: world.ids)
        var written = try await addCatalogue(of: world, to: &rows, in: transaction)
        func writeIfFull(_ done: Int) async throws {
            guard rows.isFull else { return }
            written += try await rows.write(in: transaction)
            // All of it is done when the last rows are written.
            progress(min(done, total - 1), total)
        }
        for buyer in 0..<world.buyers.count {
            rows.addAccount(world.buyers.accountID(buyer), number: buyer + 1, ofMerchant: nil)
            try await writeIfFull(buyer)
        }
        for hall in world.places.halls {
            let cinema = world.places.cinemas[hall.cinema]
            if hall.isFirst {
                rows.add(cinema)
                try rows.addPhoto(of: cinema, hall.cinema)
            }
            rows.add(hall, cinemaID: cinema.id, drawing: world.sizes[hall.size])
            try await writeIfFull(world.buyers.count + hall.cinema)
        }
        let policyID = try await store.refundPolicyID(in: transaction)
        let shares = DemoShares(of: request.orders, weights: (0..<world.schedule.count).map { world.schedule.showtime($0).weight })
        var orders = world.orders
        for place in 0..<world.schedule.count {
            let showtime = world.schedule.showtime(place)
            let hall = world.places.halls[showtime.hall]
            let cinema = world.places.cinemas[hall.cinema]
            let staffID = world.buyers.staffID(ofMerchant: cinema.merchant)
            var figures = DemoFigures()
            try orders.make(shares.share(place), for: showtime) { order in
                figures.add(order)
                rows.add(order, refundPolicyID: policyID, staffID: staffID)
            }
            rows.add(showtime, hall: hall, cinema: cinema, movie: world.movies[showtime.movie], figures: figures)
            try await writeIfFull(world.buyers.count + request.cinemas + orders.count)
        }
        written += try await rows.write(in: transaction)
        try await store.record(request, rows: written, in: transaction)
        progress(total, total)
        return DemoDataSummary(
            cinemas: request.cinemas, showtimes: world.schedule.count, orders: orders.count, buyers: world.buyers.count, rows: written)
    }

    /// Merchants, their people, movies and rights.
    private func addCatalogue(of world: DemoWorld, to rows: inout DemoRows, in transaction: PostgresTransaction) async throws -> Int {
        let since = world.request.moment - 400 * 86_400
        let companies = try await store.companies(world.movies.map(\.company).distinct, since: since, in: transaction)
        let names = world.movies.flatMap { $0.credits.map(\.name) }.distinct
        let people = try await store.people(names, since: since, in: transaction)
        for (place, movie) in world.movies.enumerated() {
            rows.add(movie, companies: companies, people: people)
            try rows.addPoster(of: movie, place)
        }
        for merchant in 0..<world.places.merchants {
            rows.addMerchant(merchant)
            rows.addAccount(world.buyers.staffID(ofMerchant: merchant), number: merchant + 1, ofMerchant: merchant)
            for (place, movie) in world.movies.enumerated() { rows.addRight(ofMerchant: merchant, to: movie, place) }
        }
        return try await rows.write(in: transaction)
    }
}

extension [String] {
    /// Each once, in the order in which they first come.
    fileprivate var distinct: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
