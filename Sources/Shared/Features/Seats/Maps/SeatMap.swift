/// The seats of a showtime with their states, as of one moment: all seats, or only those that have changed since another moment.
package struct SeatMap: Sendable {
    package struct Entry: Hashable, Sendable {
        package let seat: HallSeat
        /// In fen; `nil` where the showtime doesn't price the seat's zone.
        package let priceFen: Int64?
        package let state: SeatState
    }

    package let plan: ShowtimePlan
    package let tag: SeatMapTag
    /// The states of all seats, in the layout's order.
    package let states: [SeatState]
    /// The places of seats whose seat claim has lapsed; they show as free.
    let lapsed: [Int]
    /// How many seats one person may hold, as the cinema allowed at that moment.
    package let seatLimit: Int
    /// The shown seats have changed since this revision; `nil` for the whole map.
    package private(set) var since: Int64?
    /// The places of the seats that are shown; `nil` for all.
    private var shown: [Int]?
    /// Whether it shows what the counter sells, house seats too.
    private var isOfCounter = false

    package init(plan: ShowtimePlan, claims: SeatClaims) {
        self.plan = plan
        tag = SeatMapTag(revision: claims.revision, lapsed: claims.lapsed.count, version: plan.version)
        seatLimit = claims.seatLimit
        states = plan.layout.seats.map { seat in
            if let claimed = claims.states[seat.id] { claimed } else { plan.sells(seat) ? .free : .blocked }
        }
        lapsed = claims.lapsed.isEmpty ? [] : plan.layout.seats.indices.filter { claims.lapsed.contains(plan.layout.seats[$0].id) }
    }

    package var showtimeID: Int64 { plan.showtimeID }
    package var revision: Int64 { tag.revision }

    /// The seats by row and column.
    package var seats: [Entry] {
        guard let shown else { return states.indices.map(entry) }
        return shown.map(entry)
    }

    /// The map with what the counter sells: house seats that nobody holds are free there.
    package var ofCounter: SeatMap {
        var map = self
        map.isOfCounter = true
        return map
    }

    /// The map with only the seats at some places, which have changed since a revision.
    func part(at places: [Int], since revision: Int64) -> SeatMap {
        var part = self
        part.shown = places
        part.since = revision
        return part
    }

    /// The seats at some places.
    func entries(at places: [Int]) -> [Entry] {
        places.map(entry)
    }

    private func entry(_ place: Int) -> Entry {
        let seat = plan.layout.seats[place]
        let isFreeAtCounter = isOfCounter && states[place] == .blocked && plan.sells(seat, includingHouse: true)
        return Entry(seat: seat, priceFen: plan.pricesFen[seat.zone], state: isFreeAtCounter ? .free : states[place])
    }
}

/// The seat claims of a showtime that count at one moment.
package struct SeatClaims: Hashable, Sendable {
    /// The version of the showtime's row at the same moment.
    package let version: Int64
    package let revision: Int64
    /// How many seats one person may hold: the cinema's.
    package let seatLimit: Int
    /// The seats whose seat claims have lapsed and count no longer.
    package var lapsed: Set<Int64>
    /// ``SeatState/claimed`` or ``SeatState/sold``, by seat id.
    package var states: [Int64: SeatState]
    /// How long it takes until the next seat claim lapses; `nil` when none will.
    package var nextLapse: Duration?

    package init(
        version: Int64, revision: Int64, seatLimit: Int = 20, lapsed: Set<Int64> = [], states: [Int64: SeatState] = [:],
        nextLapse: Duration? = nil
    ) {
        self.version = version
        self.revision = revision
        self.seatLimit = seatLimit
        self.lapsed = lapsed
        self.states = states
        self.nextLapse = nextLapse
    }
}

/// The facts that tell whether a showtime's map has changed, without its seats.
struct SeatMapRevision: Hashable, Sendable {
    let showtimeID: Int64
    let revision: Int64
    /// The version of the showtime's plan.
    let version: Int64
    /// The cinema's seat limit, which can change without the revision and the version.
    let seatLimit: Int
}

/// The state of a seat for a moviegoer.
package enum SeatState: String, CaseIterable, Hashable, Sendable {
    case free
    /// Held by an unpaid order.
    case claimed
    case sold
    /// Not sold online: kept by the house, broken, or without a price.
    case blocked
}
