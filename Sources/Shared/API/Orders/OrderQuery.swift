import Database
package import HTTP
import Shared
import Text

/// The query parameters of a list of orders, at the cinema and at the platform.
package enum OrderQuery {
    static let showtimeID = QueryParameter("showtime_id", .id, "Only orders for this showtime.", example: "42")
    static let cinemaID = QueryParameter("cinema_id", .id, "Only orders for showtimes in this cinema.", example: "3")
    static let day = QueryParameter(
        "day", .day(CalendarDay.self), "Only orders for showtimes of this business day.", example: "2026-11-24")
    static let calendarDay = QueryParameter(
        "calendar_day", .day(CalendarDay.self), "Only orders for showtimes that start on this day of the calendar, by the cinema's clock.",
        example: "2026-11-24")
    static let phoneTail = QueryParameter(
        "phone_tail", .text(4...4, pattern: "^[0-9]{4}$"), "Only orders of buyers whose phone number ends so.", example: "8000")
    static let state = QueryParameter("state", .enumeration(OrderState.self), "Only orders in this state.", example: "paid")

    static let attention = QueryParameter(
        "attention", .enumeration(OrderAttention.self), "Only orders that wait for this decision.", example: "refunded_at_gateway")

    package static let outTradeNo = QueryParameter(
        "out_trade_no", .text(1...64, pattern: "^[0-9A-Za-z_]+$"), "Only the order of this payment, by our number of its trade.",
        example: "20261123ihy5ufaf5ohk8xq49podk17p")

    static let all: [any DeclaredParameter] = [showtimeID, cinemaID, day, calendarDay, phoneTail, state, attention, outTradeNo]
}
