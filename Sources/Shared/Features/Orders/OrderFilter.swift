import Database
package import Text

/// Which orders a list contains.
package struct OrderFilter: Hashable, Sendable {
    package var showtimeID: Int64?
    package var cinemaID: Int64?
    /// The business day of the showtime.
    package var day: CalendarDay?
    /// The calendar day on which the showtime starts, in the cinema's time zone.
    package var calendarDay: CalendarDay?
    /// The last four digits of the buyer's phone number.
    package var phoneTail: String?
    /// The state as people see it: an unpaid order whose time is over counts as expired.
    package var state: OrderState?
    /// The reason why an administrator has to decide about the order.
    package var attention: OrderAttention?
    /// Our number of the trade of one of its payments.
    package var outTradeNo: String?
    /// Only a person's orders that hold seats of a showtime that isn't over (`true`), by start, or only its other ones (`false`), latest start
    /// first; `nil` for all, newest first.
    package var isUpcoming: Bool?
    /// Only those that hold seats.
    package var isHolding: Bool

    package init(
        showtimeID: Int64? = nil, cinemaID: Int64? = nil, day: CalendarDay? = nil, calendarDay: CalendarDay? = nil,
        phoneTail: String? = nil, state: OrderState? = nil, attention: OrderAttention? = nil, outTradeNo: String? = nil,
        isUpcoming: Bool? = nil, isHolding: Bool = false
    ) {
        self.showtimeID = showtimeID
        self.cinemaID = cinemaID
        self.day = day
        self.calendarDay = calendarDay
        self.phoneTail = phoneTail
        self.state = state
        self.attention = attention
        self.outTradeNo = outTradeNo
        self.isUpcoming = isUpcoming
        self.isHolding = isHolding
    }
}
