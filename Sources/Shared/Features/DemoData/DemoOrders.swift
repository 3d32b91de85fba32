import Foundation

/// What becomes of a made order.
enum DemoFate: CaseIterable {
    case paid, collected, entered, partlyRefunded, refunded, refunding, cancelled, voided, expired, pending, unconfirmed, lateReturned
    case lateAccepted
    /// Paid, or not yet, when its showtime was cancelled.
    case cancelledPaid, cancelledUnpaid

    /// Whether its seats are nobody else's in the end.
    var holdsSeats: Bool {
        switch self {
        case .paid, .collected, .entered, .partlyRefunded, .pending, .unconfirmed, .lateAccepted: true
        case .refunded, .refunding, .cancelled, .voided, .expired, .lateReturned, .cancelledPaid, .cancelledUnpaid: false
        }
    }

    var isUnpaid: Bool { self == .pending || self == .unconfirmed }

    /// How often each happens, of 1,000 orders online: for showtimes that were, that come, and that were cancelled.
    static let before: [(DemoFate, Int)] = [
        (.entered, 540), (.collected, 140), (.paid, 60), (.partlyRefunded, 20), (.refunded, 50), (.cancelled, 60), (.expired, 100),
        (.lateReturned, 10), (.lateAccepted, 10), (.voided, 10),
    ]
    static let ahead: [(DemoFate, Int)] = [
        (.paid, 580), (.collected, 30), (.partlyRefunded, 20), (.refunded, 60), (.cancelled, 90), (.expired, 150), (.pending, 20),
        (.unconfirmed, 10), (.lateReturned, 15), (.lateAccepted, 15), (.voided, 10),
    ]
    static let cancelledShowtime: [(DemoFate, Int)] = [(.cancelledPaid, 700), (.cancelledUnpaid, 100), (.expired, 200)]
    /// At the counter, for showtimes that were and that come.
    static let counterBefore: [(DemoFate, Int)] = [(.entered, 900), (.collected, 100)]
    static let counterAhead: [(DemoFate, Int)] = [(.collected, 900), (.refunding, 100)]

    static func pick(of fates: [(DemoFate, Int)], using numbers: inout SeededNumbers) -> DemoFate {
        fates[numbers.place(in: fates.map(\.1))].0
    }
}

/// The buyers of a run. A few hold all orders that wait for their money, so that nobody has more of these than a person may; the others take turns,
/// so that nobody orders twice for one showtime.
struct DemoBuyers: Sendable {
    let count: Int
    private let waiting: Int
    private let merchants: Int
    private let ids: DemoIDs
    private var unpaidOrders = 0

    init(_ request: DemoDataRequest, ids: DemoIDs) {
        count = 60 + request.orders / 4
        waiting = 20 + request.orders / 50
        merchants = DemoPlaces.merchants(request)
        self.ids = ids
    }

    /// The account of a buyer, from 0: they come after the merchants' people.
    func accountID(_ buyer: Int) -> Int64 { ids.id(.accounts, merchants + buyer) }

    /// The account of the one who acts for a merchant.
    func staffID(ofMerchant merchant: Int) -> Int64 { ids.id(.accounts, merchant) }

    /// Who has the next order that isn't paid yet; `nil` when all have as many as they may.
    mutating func nextWaiting(mostUnpaidOrders: Int) -> Int64? {
        guard unpaidOrders < waiting * mostUnpaidOrders else { return nil }
        unpaidOrders += 1
        return accountID(unpaidOrders % waiting)
    }

    /// - Parameter order: its number in the run, from 0.
    func accountID(ofOrder order: Int) -> Int64 { accountID(waiting + order % (count - waiting)) }
}

/// What a showtime's orders have sold; `nil` tickets where it never sold one.
struct DemoFigures: Sendable {
    var everSold = false
    var tickets = 0
    var orders = 0
    var boxOfficeFen: Int64 = 0
    var serviceFeeFen: Int64 = 0
    /// How often its seats have changed.
    var seatRevision = 0

    mutating func add(_ order: DemoOrder) {
        seatRevision += order.events.count
        everSold = everSold || !order.tickets.isEmpty
        let live = order.liveTickets
        guard !live.isEmpty else { return }
        tickets += live.count
        orders += 1
        boxOfficeFen += live.reduce(0) { $0 + $1.priceFen }
        serviceFeeFen += live.reduce(0) { $0 + $1.serviceFeeFen }
    }
}

/// Makes the orders of one showtime after the other.
struct DemoOrders {
    private let request: DemoDataRequest
    private let places: DemoPlaces
    private let sizes: [DemoLayout]
    private let limits = OrderLimits()
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

/// When things happen to an order.
struct DemoTimes {
    let created: Date
    let expires: Date
    /// When the buyer says that it has paid; `nil`: it doesn't.
    let claimed: Date?
    let paid: Date
    /// When the order ends, goes back or is collected, whichever its fate is.
    let decided: Date
    let entered: Date

    /// Of a counter's or a buyer's order the last moment is the showtime's start, its cancellation, or the moment at which the data stands still.
    init(_ fate: DemoFate, _ showtime: DemoShowtime, _ request: DemoDataRequest, _ limits: OrderLimits, using numbers: inout SeededNumbers)
    {
        let last = min(showtime.startsAt, showtime.cancelledAt ?? request.moment, request.moment)
        let hold = limits.holdTime.seconds
        if fate.isUnpaid {
            created = last - TimeInterval(60 + numbers.below(720))
            // Not after a quarter of an hour: there should be some to look at all day.
            expires = request.moment + 86_400
            claimed = created + 40
            (paid, decided, entered) = (last, last, last)
            return
        }
        if fate == .cancelledUnpaid {
            created = last - TimeInterval(60 + numbers.below(720))
        } else {
            // Most buy on the day itself, few before the last five days.
            let haste = numbers.below(1_000)
            created = last - TimeInterval(7_200 + haste * haste * 432_000 / 1_000_000)
        }
        expires = created + hold
        claimed = [.paid, .collected, .entered, .lateReturned].contains(fate) && numbers.isTrue(inPercent: 20) ? created + 30 : nil
        let end = claimed == nil ? expires : expires + limits.claimGrace.seconds
        switch fate {
        case .lateReturned, .lateAccepted: paid = end + TimeInterval(20 + numbers.below(240))
        default: paid = created + TimeInterval(40 + numbers.below(560))
        }
        switch fate {
        case .cancelled, .voided: decided = created + TimeInterval(30 + numbers.below(600))
        case .cancelledPaid, .cancelledUnpaid: decided = last
        case .collected, .entered: decided = showtime.startsAt > last ? paid + 600 : last - TimeInterval(1_000 + numbers.below(1_400))
        // Refund policies want half an hour, and the money needs a while.
        default: decided = paid + TimeInterval(60 + numbers.below(2_400))
        }
        entered = last - TimeInterval(60 + numbers.below(840))
    }
}

extension DemoOrderStory {
    /// Lets all happen that a fate is made of.
    mutating func tell(_ fate: DemoFate, _ times: DemoTimes, grace: TimeInterval) throws {
        switch fate {
        case .pending:
            return
        case .cancelled:
            return try cancel(at: times.decided)
        case .voided:
            return try void(at: times.decided)
        case .cancelledUnpaid:
            return try cancelWithShowtime(at: times.decided)
        case .expired:
            startPayment(at: times.created + 20)
            try lapse()
            return closePayments(at: order.expiresAt + 5)
        default:
            break
        }
        startPayment(at: times.created + 20)
        if let claimed = times.claimed, fate == .unconfirmed || order.channel == .online {
            try claimPayment(at: claimed, grace: fate == .unconfirmed ? 0 : grace)
        }
        switch fate {
        case .lateReturned:
            try lapse()
            return try returnLatePayment(at: times.paid)
        case .lateAccepted:
            try lapse()
        default:
            break
        }
        guard fate != .unconfirmed else { return }
        try pay(at: times.paid)
        switch fate {
        case .collected:
            try collect(at: times.decided)
        case .entered:
            try collect(at: times.decided)
            try enter(at: times.entered)
        case .partlyRefunded:
            try refund(1, for: .requestedByBuyer, at: times.decided)
            try payRefunds(at: times.decided + 15)
        case .refunded:
            try refund(order.seats.count, for: .requestedByBuyer, at: times.decided)
            try payRefunds(at: times.decided + 15)
        case .refunding:
            try refund(order.seats.count, for: .requestedByCinema, at: times.decided)
        case .cancelledPaid:
            try refund(order.seats.count, for: .showtimeCancelled, at: times.decided)
            try payRefunds(at: times.decided + 40)
        default:
            break
        }
    }
}
