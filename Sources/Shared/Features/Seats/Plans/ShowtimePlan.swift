/// The facts about a showtime that selling its seats needs, and that change only with its ``version``.
///
/// Processes keep plans in memory; a booking compares the version with the row that it has locked.
package struct ShowtimePlan: Sendable {
    package let showtimeID: Int64
    package let version: Int64
    /// The merchant to whom the showtime belongs.
    package let merchantID: Int64
    package let cinemaID: Int64
    package let layout: SeatLayout
    /// The price of a ticket by zone, in fen.
    package let pricesFen: [String: Int64]
    /// Per ticket, in fen.
    package let serviceFeeFen: Int64
    package let refusesOrphans: Bool
    /// How many seats moviegoers can buy at all.
    package let sellableSeats: Int
    /// The zones of the layout, the dearest first.
    package let zones: [PricedZone]

    package init(
        showtimeID: Int64,
        version: Int64,
        merchantID: Int64,
        cinemaID: Int64,
        layout: SeatLayout,
        pricesFen: [String: Int64],
        serviceFeeFen: Int64,
        refusesOrphans: Bool
    ) {
        self.showtimeID = showtimeID
        self.version = version
        self.merchantID = merchantID
        self.cinemaID = cinemaID
        self.layout = layout
        self.pricesFen = pricesFen
        self.serviceFeeFen = serviceFeeFen
        self.refusesOrphans = refusesOrphans
        sellableSeats = layout.seats.count { $0.kind.isSold && pricesFen[$0.zone] != nil }
        zones = layout.zoneColours.map { PricedZone(name: $0, colour: $1, priceFen: pricesFen[$0]) }
            .sorted { ($1.priceFen ?? -1, $0.name) < ($0.priceFen ?? -1, $1.name) }
    }

    /// Whether moviegoers can buy the seat at this showtime: a kind that is sold, in a zone that has a price.
    ///
    /// - Parameter includingHouse: whether house seats count, as they do at the counter.
    package func sells(_ seat: HallSeat, includingHouse: Bool = false) -> Bool {
        (seat.kind.isSold || (includingHouse && seat.kind == .house)) && pricesFen[seat.zone] != nil
    }
}
