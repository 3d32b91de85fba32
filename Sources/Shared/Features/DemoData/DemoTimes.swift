import Foundation
import Waiting

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
    init(
        _ fate: DemoFate, _ showtime: DemoShowtime, _ request: DemoDataRequest, _ limits: OrderConfiguration,
        using numbers: inout SeededNumbers
    ) {
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
