import Foundation

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
