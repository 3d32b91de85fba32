import Callers
import Foundation

/// The rules of opening orders, applied to a batch in order: each request sees the seats that those before it took.
///
/// Pure: it says what to write and does nothing. It names the orders; somebody else makes the answers.
struct OpeningDecision {
    /// The outcome of a request.
    enum Outcome {
        /// The order was opened now, or exists already because the batch is repeated; then with the answer that was recorded, if one was.
        case opened(Order, recorded: RecordedAnswer?)
        /// The request was made before under the same key, and got this answer.
        case repeated(RecordedAnswer)
        /// Another request of this batch has the same key, and opened this order.
        case folded(into: Order)
    }

    /// An order to insert.
    struct Opened {
        /// As it is inserted: unpaid.
        let order: Order
        /// The merchant of its showtime.
        let merchantID: Int64
        /// The buyer's address block; `nil` where the limits for squatters are off.
        let addressBlock: Int64?
        let challenge: UsedChallenge?
        /// When the showtime starts, as the buyer was told.
        let startsAt: Date
        let request: IdempotentRequest?

        /// The order at the end of the transaction: one that costs nothing is paid.
        var concluded: Order { order.isFree ? order.paid(at: order.createdAt) : order }
    }

    private(set) var results: [Result<Outcome, any Error>] = []
    /// The orders to insert.
    private(set) var opened: [Opened] = []
    /// Lapsed orders of which at least one seat is taken over. Each expires as a whole.
    private(set) var lapsedOrderIDs: Set<UUID> = []

    /// The showtimes of requests that were carried out before. Another process may have done it, and this one may not have been notified of
    /// the change.
    private(set) var repeatedShowtimeIDs: Set<Int64> = []

    /// The showtimes whose seats change.
    var touchedShowtimeIDs: Set<Int64> { Set(opened.map(\.order.showtimeID)) }

    private var facts: OpeningFacts
    /// The orders that this batch has opened under keys.
    private var openedUnderKeys: [IdempotencyRecordKey: (sha256: [UInt8], order: Order)] = [:]
    private let limits: OrderConfiguration

    init(_ batch: [OrderOpening], facts: OpeningFacts, limits: OrderConfiguration) {
        self.facts = facts
        self.limits = limits
        for opening in batch {
            results.append(Result { try decidedAboutItsSeats(opening) })
        }
    }

    /// A refusal of the whole order names all the seats that were asked for.
    private mutating func decidedAboutItsSeats(_ opening: OrderOpening) throws -> Outcome {
        do {
            return try decide(opening)
        } catch let refusal as Refusal where refusal.kind == .conflict && refusal.seatIDs == nil {
            throw refusal.about(seats: opening.seats.map(\.id))
        }
    }

    private mutating func decide(_ opening: OrderOpening) throws -> Outcome {
        if let order = facts.existing[opening.orderID] {
            // The caller gets the answer of that time, because the order's row may have changed since.
            return .opened(order, recorded: try? recordedAnswer(opening))
        }
        guard !facts.heldShowtimeIDs.contains(opening.plan.showtimeID), !facts.heldAccountIDs.contains(opening.accountID) else {
            throw Refusal.busy
        }
        try checkBuyer(opening)
        if let answer = try recordedAnswer(opening) {
            repeatedShowtimeIDs.insert(opening.plan.showtimeID)
            return .repeated(answer)
        }
        if let order = try openedUnderItsKey(opening) { return .folded(into: order) }
        try checkSale(opening)
        let squatting = opening.channel == .online ? limits.squatting : nil
        if let squatting { try Self.checkPause(opening, facts, squatting) }
        try checkSeats(opening)
        let price = OrderPrice(of: opening.seats, by: opening.plan)
        let order = order(opening, at: price)
        try checkLimits(opening, order)
        // Whoever takes seats for nothing holds none: they are paid.
        let challenge =
            try order.isFree
            ? nil
            : squatting.flatMap {
                try Self.checkHold(opening, facts, $0, unpaidOrders: facts.unpaidOrders[opening.accountID, default: []].count)
            }
        // Last, so that the price of an order that can't be had isn't told as its fault.
        try Self.checkPrice(opening, price)
        return open(order, opening, by: challenge)
    }

    private func checkBuyer(_ opening: OrderOpening) throws {
        switch facts.buyers[opening.sessionID] ?? .unknown {
        case .unknown: throw Refusal.unauthenticated
        case .restricted: throw Refusal.lacking(.write, of: OrderOpeningStore.resource)
        case .welcome: break
        }
        // For orders at the counter. The handler has checked the same, but a clerk may have been moved to another cinema since.
        let plan = opening.plan
        guard facts.scopes[opening.sessionID]?.holds(merchantID: plan.merchantID, cinemaID: plan.cinemaID) ?? true else {
            throw Refusal.showtimeUnknown
        }
    }

    private func recordedAnswer(_ opening: OrderOpening) throws -> RecordedAnswer? {
        guard let request = opening.idempotency, let record = facts.records[IdempotencyRecordKey(request)] else { return nil }
        guard record.sha256 == request.sha256 else { throw Refusal.idempotencyKeyReused }
        return record.answer
    }

    private func openedUnderItsKey(_ opening: OrderOpening) throws -> Order? {
        guard let request = opening.idempotency, let before = openedUnderKeys[IdempotencyRecordKey(request)] else { return nil }
        guard before.sha256 == request.sha256 else { throw Refusal.idempotencyKeyReused }
        return before.order
    }

    private func checkSale(_ opening: OrderOpening) throws {
        guard let showtime = facts.showtimes[opening.plan.showtimeID] else { throw Refusal.showtimeUnknown }
        let state = showtime.window.state(at: facts.now)
        switch state {
        case .cancelled: throw Refusal.showtimeCancelled
        case .closed: throw Refusal.saleClosed(since: showtime.window.closedAt ?? showtime.window.end)
        case .planned, .onSale: break
        }
        guard showtime.isMerchantVerified else { throw Refusal.saleClosed }
        guard showtime.isRightGranted else { throw Refusal.screeningRightMissing }
        guard !showtime.isMovieEnded else {
            throw Refusal.saleClosed.about(seats: opening.seats.map(\.id)).because("movie_ended")
        }
        // Last, so that nobody waits for a sale that won't come: lists say `closed` then.
        guard state == .onSale else { throw Refusal.saleNotOpen(until: showtime.window.opensAt) }
    }

    private func checkSeats(_ opening: OrderOpening) throws {
        let taken = opening.seats.map(\.id).filter { isTaken($0, of: opening.plan.showtimeID) }
        guard taken.isEmpty else { throw takenRefusal(taken, opening) }
        guard opening.plan.refusesOrphans else { return }
        let claimed = opening.plan.layout.seats.map(\.id).filter { isTaken($0, of: opening.plan.showtimeID) }
        let orphans = SeatChoice.orphans(leftBy: opening.seats, taken: Set(claimed), of: opening.plan)
        guard orphans.isEmpty else { throw Refusal.orphanSeatLeft.about(seats: orphans.map(\.id)) }
    }

    /// The refusal for seats that can't be had. The caller's own unpaid order is named only when nobody else holds one of the seats.
    private func takenRefusal(_ taken: [Int64], _ opening: OrderOpening) -> Refusal {
        func claim(_ seatID: Int64) -> OpeningFacts.Claim? {
            facts.claims[SeatOfShowtime(showtimeID: opening.plan.showtimeID, seatID: seatID)]
        }
        let others = taken.filter { claim($0)?.unpaidOf != opening.accountID }
        guard others.isEmpty, let own = taken.first.flatMap(claim)?.orderID else { return .seatTaken.about(seats: others) }
        return .seatsHeldByYou.about(seats: taken.filter { claim($0)?.orderID == own }).about(order: own)
    }

    private func checkLimits(_ opening: OrderOpening, _ order: Order) throws {
        let showtimeID = opening.plan.showtimeID
        let seatLimit = facts.showtimes[showtimeID]?.seatLimit ?? 0
        // At the counter each buyer is another person. So each order has its limit, and the clerk has none.
        if opening.channel == .counter {
            guard opening.seats.count <= seatLimit else { throw Refusal.seatLimitReached.about(limit: seatLimit) }
            return
        }
        let unpaid = facts.unpaidOrders[opening.accountID, default: []]
        let held =
            unpaid.reduce(0) { $0 + ($1.showtimeID == showtimeID ? $1.seats : 0) }
            + facts.paidSeats[BuyerOfShowtime(accountID: opening.accountID, showtimeID: showtimeID), default: 0]
        guard held + opening.seats.count <= seatLimit else { throw Refusal.seatLimitReached.about(limit: seatLimit) }
        guard order.isFree || unpaid.count < limits.unpaidOrders else {
            throw Refusal.unpaidOrderLimitReached.about(limit: limits.unpaidOrders)
        }
    }

    /// - Throws: ``PriceChanged``.
    private static func checkPrice(_ opening: OrderOpening, _ price: OrderPrice) throws {
        guard let expectedFen = opening.expectedPayableFen, expectedFen != price.amount.payableFen else { return }
        throw PriceChanged(refusal: .priceChanged.about(seats: opening.seats.map(\.id)), price: price)
    }

    /// What the request would open.
    private func order(_ opening: OrderOpening, at price: OrderPrice) -> Order {
        opening.order(
            at: facts.now, holdTime: limits.holdTime, refundPolicyID: facts.showtimes[opening.plan.showtimeID]?.refundPolicyID, price: price
        )
    }

    private mutating func open(_ order: Order, _ opening: OrderOpening, by challenge: UsedChallenge?) -> Outcome {
        for seat in opening.seats {
            let place = SeatOfShowtime(showtimeID: order.showtimeID, seatID: seat.id)
            if let claim = facts.claims[place] { lapsedOrderIDs.insert(claim.orderID) }
            facts.claims[place] = OpeningFacts.Claim(
                orderID: order.id, hasLapsed: false, unpaidOf: order.isFree ? nil : order.accountID)
        }
        let buyer = BuyerOfShowtime(accountID: order.accountID, showtimeID: order.showtimeID)
        if opening.channel == .online {
            lapsedOrderIDs.formUnion(facts.lapsedOrders[buyer, default: []])
        }
        if order.isFree {
            if opening.channel == .online { facts.paidSeats[buyer, default: 0] += order.lines.count }
        } else {
            hold(order, opening)
        }
        if let challenge { facts.usedChallengeIDs.insert(challenge.id) }
        let startsAt = facts.showtimes[order.showtimeID]?.window.startsAt ?? facts.now
        let new = Opened(
            order: order, merchantID: opening.plan.merchantID, addressBlock: opening.addressBlock, challenge: challenge, startsAt: startsAt,
            request: opening.idempotency)
        if let request = opening.idempotency {
            openedUnderKeys[IdempotencyRecordKey(request)] = (request.sha256, new.concluded)
        }
        opened.append(new)
        return .opened(new.concluded, recorded: nil)
    }

    /// Counts an unpaid order against the limits of its buyer and of the buyer's network.
    private mutating func hold(_ order: Order, _ opening: OrderOpening) {
        if opening.channel == .online {
            facts.unpaidOrders[order.accountID, default: []].append(
                OpeningFacts.UnpaidOrder(id: order.id, showtimeID: order.showtimeID, seats: order.lines.count)
            )
        }
        for block in opening.addressBlock.map(NumberedBlock.all) ?? [] {
            let place = OpeningFacts.AddressOfShowtime(addressBlock: block, showtimeID: order.showtimeID)
            facts.heldSeats[place, default: 0] += order.lines.count
        }
    }

    private func isTaken(_ seatID: Int64, of showtimeID: Int64) -> Bool {
        facts.claims[SeatOfShowtime(showtimeID: showtimeID, seatID: seatID)].map { !$0.hasLapsed } ?? false
    }
}
