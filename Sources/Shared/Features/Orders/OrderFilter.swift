package import Database

/// Which orders a list is about.
package struct OrderFilter: Hashable, Sendable {
    package var showtimeID: Int64?
    package var cinemaID: Int64?
    /// The business day of the showtime.
    package var day: CalendarDay?
    /// The day of the showtime's start in the calendar on the cinema's wall.
    package var calendarDay: CalendarDay?
    /// The last four digits of the buyer's phone number.
    package var phoneTail: String?
    /// As a person sees it: an unpaid order past its time counts as expired.
    package var state: OrderState?
    /// What a person has to decide about it.
    package var attention: OrderAttention?
    /// Only those that hold seats.
    package var isHolding: Bool

    package init(
        showtimeID: Int64? = nil, cinemaID: Int64? = nil, day: CalendarDay? = nil, calendarDay: CalendarDay? = nil,
        phoneTail: String? = nil, state: OrderState? = nil, attention: OrderAttention? = nil, isHolding: Bool = false
    ) {
        self.showtimeID = showtimeID
        self.cinemaID = cinemaID
        self.day = day
        self.calendarDay = calendarDay
        self.phoneTail = phoneTail
        self.state = state
        self.attention = attention
        self.isHolding = isHolding
    }
}
