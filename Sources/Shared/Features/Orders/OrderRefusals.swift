package import Callers
import Foundation

extension Refusal {
    package static let showtimeUnknown = Refusal(.invalid(pointer: "/showtime_id"), "showtime_unknown", "There is no such showtime.")

    package static let seatLimitReached = Refusal(
        .conflict, "seat_limit_reached", "This is more seats of the showtime than one person may hold: `limit` in all.")

    package static let unpaidOrderLimitReached = Refusal(
        .conflict, "unpaid_order_limit_reached", "Pay or cancel your unpaid orders first: you may have `limit` at a time.")

    package static let contactNeeded = Refusal(
        .conflict, "contact_needed",
        "You have an unpaid order. Before you open another one, prove a phone number or an e-mail address by a code that is sent there.")

    package static func holdsPaused(seconds: Int) -> Refusal {
        Refusal(
            .tooOften(retryAfter: seconds), "holds_paused",
            "Orders of yours, or from your network, were left unpaid. Another one can be opened after a pause.")
    }

    /// Comes with a challenge, as ``ChallengeRequired``.
    package static let challengeRequired = Refusal(
        .conflict, "challenge_required",
        "Unpaid orders from your network hold many seats of this showtime. Solve the challenge, and send its id and counter along.")

    /// - Parameters:
    ///   - seats: how many seats the unpaid orders of one network may hold.
    ///   - sellable: how many seats the showtime sells.
    package static func addressShareReached(seats: Int, of sellable: Int) -> Refusal {
        Refusal(
            .conflict, "address_share_reached",
            "Unpaid orders from one network may hold \(seats) of the \(sellable) seats of this showtime: pay for some of them first."
        )
        .about(limit: seats)
    }

    package static let saleNotOpen = Refusal(.conflict, "sale_not_open", "The sale has not opened yet.")

    package static let saleClosed = Refusal(
        .conflict, "sale_closed", "The sale has closed. If the movie has ended, `reason` is `movie_ended`.")

    package static let noPaymentStarted = Refusal(.conflict, "no_payment_started", "Start a payment before you say that you paid.")

    package static let paymentLimitReached = Refusal(
        .conflict, "payment_limit_reached", "Too many attempts to pay this order were started: there may be `limit`.")

    package static let orderExpired = Refusal(.conflict, "order_expired", "The order was not paid in time; its seats are free again.")

    package static let orderNotUnpaid = Refusal(.conflict, "order_not_unpaid", "The order no longer waits for a payment.")

    package static let orderNotPaid = Refusal(.conflict, "order_not_paid", "The order has no tickets: it is not paid.")

    package static let collectionCodeUnknown = Refusal(
        .invalid(pointer: "/code"), "collection_code_unknown", "No tickets of yours are collected with this code.")

    package static let alreadyCollected = Refusal(.conflict, "already_collected", "The tickets were collected before.")

    package static let ticketsRefunded = Refusal(.conflict, "tickets_refunded", "The order's money has gone back; its tickets are void.")
}

// MARK: - Payment support

extension Refusal {
    package static let orderNeedsAttention = Refusal(
        .conflict, "order_needs_attention",
        "Money of the order went back at the gateway. The platform's people have to decide about it first.")

    package static let orderNeedsNoDecision = Refusal(
        .conflict, "order_needs_no_decision", "There is nothing to decide about the order, or it was decided before.")

    package static let notificationNotRefundable = Refusal(
        .conflict, "notification_not_refundable", "Only money of a wrong amount goes back this way, unless the right amount came as well.")

    package static let notificationRefunded = Refusal(
        .conflict, "notification_refunded", "The money that this notification tells of was sent back before.")

    package static let refundNotRefused = Refusal(
        .conflict, "refund_not_refused", "The gateway doesn't refuse this refund: it is under way, or done.")
}

// MARK: - Refunds, corrections, entry

extension Refusal {
    package static let ticketsCollected = Refusal(
        .conflict, "tickets_collected", "The tickets were collected; their money doesn't go back any more.")

    package static let refundWindowClosed = Refusal(
        .conflict, "refund_window_closed", "The cinema's policy doesn't give money back so near to the start.")

    package static let ticketUnknown = Refusal(.invalid(pointer: "/ticket_ids"), "ticket_unknown", "The order has no such ticket.")

    package static let ticketRepeated = Refusal(.invalid(pointer: "/ticket_ids"), "ticket_repeated", "A ticket is named more than once.")

    package static let ticketRefunded = Refusal(.conflict, "ticket_refunded", "The ticket's money has gone back before.")

    package static let ticketEntered = Refusal(.conflict, "ticket_entered", "The ticket's holder has been let in.")

    package static let coupleSeatsRefundedTogether = Refusal(
        .invalid(pointer: "/ticket_ids"), "couple_seats_refunded_together",
        "A couple's seat goes back whole: name the tickets of `seat_ids` too.")

    package static let showtimeNotCancelled = Refusal(.conflict, "showtime_not_cancelled", "The showtime is not cancelled.")

    /// Somebody may still pay the order at a gateway. Its trades are being closed.
    package static func tradeOpen(retryAfter seconds: Int) -> Refusal {
        Refusal(
            .conflictForNow(retryAfter: seconds), tradeOpenCode,
            "The buyer has begun to pay online, and the payment can still be completed. It is being closed; try again in a moment.")
    }

    package static let tradeOpenCode = "trade_open"

    package static let paymentReferenceUsed = Refusal(
        .conflict, "payment_reference_used", "Another payment has this reference.")

    package static let paymentReferenceMissing = Refusal(
        .invalid(pointer: "/reference"), "payment_reference_missing", "Name the reference under which the money was taken.")

    package static let refundNotAtCounter = Refusal(
        .conflict, "refund_not_at_counter", "The money goes back the way it came: through the gateway.")

    package static let refundPaidOut = Refusal(.conflict, "refund_paid_out", "The money was handed out before.")

    package static let ticketForOtherShowtime = Refusal(
        .conflict, "ticket_for_other_showtime", "The ticket is for another showtime than this door's.")

    package static let seatPriceDiffers = Refusal(.conflict, "seat_price_differs", "The seat has another price than the ticket.")

    package static let seatOfCouple = Refusal(.conflict, "seat_of_couple", "A couple's seat is not exchanged for another one.")

    package static let ticketNotValid = Refusal(.conflict, "ticket_not_valid", "The ticket was collected, used or given back.")

    package static let orderOver = Refusal(.conflict, "order_over", "The order has ended; there is nothing to void.")

    package static let seatNotInHall = Refusal(.invalid(pointer: "/seat_id"), "seat_unknown", "The showtime's hall has no such seat.")

    package static let ticketCodeInvalid = Refusal(
        .invalid(pointer: "/qr"), "ticket_code_invalid", "This is no ticket for a showtime of yours.")

    package static let ticketCodeOutdated = Refusal(
        .conflict, "ticket_code_outdated", "The ticket was given another seat since; its new code is with the buyer.")

    package static let alreadyEntered = Refusal(.conflict, "already_entered", "Somebody was let in with this ticket before.")

    package static let ticketVoid = Refusal(.conflict, "ticket_void", "The ticket's money has gone back; it lets nobody in.")
}

extension Refusal {
    /// The refusal with the id of the caller's own order that is the reason for it.
    func about(order id: UUID) -> Refusal {
        with("order_id", .text(id.uuidString.lowercased()))
    }
}
