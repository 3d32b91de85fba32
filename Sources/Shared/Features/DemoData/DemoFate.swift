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
