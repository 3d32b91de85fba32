extension Refusal {
    package static let showtimeUnknown = Refusal(.invalid(pointer: "/showtime_id"), "showtime_unknown", "There is no such showtime.")

    package static let seatLimitReached = Refusal(
        .conflict, "seat_limit_reached", "This is more seats of the showtime than one person may hold.")

    package static let unpaidOrderLimitReached = Refusal(
        .conflict, "unpaid_order_limit_reached", "Pay or cancel your unpaid orders first.")

    package static let saleNotOpen = Refusal(.conflict, "sale_not_open", "The sale has not opened yet.")

    package static let saleClosed = Refusal(.conflict, "sale_closed", "The sale has closed.")

    package static let noPaymentStarted = Refusal(.conflict, "no_payment_started", "Start a payment before you say that you paid.")

    package static let paymentLimitReached = Refusal(
        .conflict, "payment_limit_reached", "Too many attempts to pay this order were started.")

    package static let orderExpired = Refusal(.conflict, "order_expired", "The order was not paid in time; its seats are free again.")

    package static let orderNotUnpaid = Refusal(.conflict, "order_not_unpaid", "The order no longer waits for a payment.")

    package static let orderNotPaid = Refusal(.conflict, "order_not_paid", "The order has no tickets: it is not paid.")

    package static let collectionCodeUnknown = Refusal(
        .invalid(pointer: "/code"), "collection_code_unknown", "No tickets of yours are collected with this code.")

    package static let alreadyCollected = Refusal(.conflict, "already_collected", "The tickets were collected before.")

    package static let ticketsRefunded = Refusal(.conflict, "tickets_refunded", "The order's money has gone back; its tickets are void.")
}
