import Foundation
import Waiting

/// Makes the orders of one showtime after the other.
struct DemoOrders {
    private let request: DemoDataRequest
    private let places: DemoPlaces
    private let sizes: [DemoLayout]
    private let limits = OrderConfiguration()
    private let ids: DemoIDs
    private var counters: DemoCounters
    private var buyers: DemoBuyers
    /// How many were made.
    private(set) var count = 0

    init(_ request: DemoDataRequest, places: DemoPlaces, sizes: [DemoLayout], buyers: DemoBuyers, ids: DemoIDs) {
        self.request = request
        self.places = places
        self.sizes = sizes
        self.buyers = buyers
        self.ids = ids
        counters = DemoCounters(ids)
    }

    /// So many orders for a showtime, handed over one by one.
    mutating func make(_ count: Int, for showtime: DemoShowtime, _ take: (DemoOrder) -> Void) throws {
        var seats = DemoSeats(sizes[places.halls[showtime.hall].size])
        for _ in 0..<count { take(try next(for: showtime, seats: &seats)) }
    }

    private mutating func next(for showtime: DemoShowtime, seats: inout DemoSeats) throws -> DemoOrder {
        var numbers = SeededNumbers(seed: request.seed, .orders, count)
        let hall = places.halls[showtime.hall]
        let cinema = places.cinemas[hall.cinema]
        let staffID = buyers.staffID(ofMerchant: cinema.merchant)
        let isBefore = showtime.startsAt < request.moment
        var isCounter = showtime.cancelledAt == nil && numbers.isTrue(inPercent: 8)
        var fate = DemoFate.pick(of: Self.fates(showtime, isBefore: isBefore, isCounter: isCounter), using: &numbers)
        let size = 1 + numbers.place(in: [25, 50, 15, 10])
        let wanted = seats.free(fate == .partlyRefunded ? max(2, size) : size, using: &numbers)
        if wanted == nil, fate.holdsSeats { (fate, isCounter) = (.expired, false) }
        var buyer = isCounter ? staffID : buyers.accountID(ofOrder: count)
        if fate.isUnpaid {
            if let waiting = buyers.nextWaiting(mostUnpaidOrders: limits.unpaidOrders) { buyer = waiting } else { fate = .expired }
        }
        // Whoever gets none in the end wanted the first that come to mind.
        let chosen = wanted ?? Array(sizes[hall.size].runs[0].prefix(size))
        if fate.holdsSeats { seats.take(chosen) }
        let times = DemoTimes(fate, showtime, request, limits, using: &numbers)
        let drawn = sizes[hall.size].layout.seats
        let order = DemoOrder(
            id: UUID.timeOrdered(at: times.created, using: &numbers),
            accountID: buyer,
            showtimeID: showtime.id,
            channel: isCounter ? .counter : .online,
            seats: chosen.map { place in
                (hall.firstSeatID + Int64(place), showtime.prices.first { $0.zone == drawn[place].zone }?.fen ?? 0)
            },
            serviceFeeFen: cinema.serviceFeeFen,
            showtimeStartsAt: showtime.startsAt,
            createdAt: times.created,
            expiresAt: times.expires)
        var story = DemoOrderStory(
            order, merchantID: ids.id(.merchants, cinema.merchant), staffID: staffID, counters: counters, numbers: numbers)
        try story.tell(fate, times, grace: limits.claimGrace.seconds)
        counters = story.counters
        count += 1
        return story.order
    }

    private static func fates(_ showtime: DemoShowtime, isBefore: Bool, isCounter: Bool) -> [(DemoFate, Int)] {
        if showtime.cancelledAt != nil { return DemoFate.cancelledShowtime }
        if isCounter { return isBefore ? DemoFate.counterBefore : DemoFate.counterAhead }
        return isBefore ? DemoFate.before : DemoFate.ahead
    }
}
