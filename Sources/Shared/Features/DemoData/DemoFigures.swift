/// What a showtime's orders have sold, added up while they are made.
struct DemoFigures: Sendable {
    /// Whether a ticket was ever issued: from then on the showtime has a row of figures.
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
