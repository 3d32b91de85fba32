import Callers

/// What seats would cost, and which of them can't be had: what opening an order of them would answer now. Holds nothing.
package struct OrderPreview: Sendable {
    package let showtimeID: Int64
    /// The revision of the seat map that it was made from.
    package let revision: Int64
    package let lines: [Order.Line]
    package let price: OrderPrice
    /// Those of the seats that aren't free.
    package let takenSeatIDs: [Int64]
    /// How many seats of the showtime one person may hold.
    package let seatLimit: Int

    /// Made from the showtime's seats as they are now.
    ///
    /// - Throws: ``Refusal/showtimeUnknown``, and the refusals of ``SeatChoice/seats(_:of:includingHouse:)``.
    package init(_ seatIDs: [Int64], showtimeID: Int64, from maps: SeatMaps) async throws {
        let kept: KeptSeatMap
        do {
            kept = try await maps.map(showtimeID: showtimeID)
        } catch let refusal as Refusal where refusal == .notFound {
            throw Refusal.showtimeUnknown
        }
        try self.init(seatIDs, on: kept.map)
    }

    /// - Throws: the refusals of ``SeatChoice/seats(_:of:includingHouse:)``.
    init(_ seatIDs: [Int64], on map: SeatMap) throws {
        let plan = map.plan
        let seats = try SeatChoice.seats(seatIDs, of: plan)
        showtimeID = map.showtimeID
        revision = map.revision
        seatLimit = map.seatLimit
        price = OrderPrice(of: seats, by: plan)
        lines = price.lines(for: seats)
        let free = Set(map.seats.filter { $0.state == .free }.map(\.seat.id))
        takenSeatIDs = seatIDs.filter { !free.contains($0) }
    }
}
