package import Callers
package import Foundation

extension Refusal {
    package static let showtimeUnknown = Refusal(.invalid(pointer: "/showtime_id"), "showtime_unknown")

    package static let seatLimitReached = Refusal(.conflict, "seat_limit_reached")

    package static let unpaidOrderLimitReached = Refusal(.conflict, "unpaid_order_limit_reached")

    package static let contactNeeded = Refusal(.conflict, "contact_needed")

    package static func holdsPaused(seconds: Int) -> Refusal {
        Refusal(.tooOften(retryAfter: seconds), "holds_paused")
    }

    /// Comes with a challenge, as ``ChallengeRequired``.
    package static let challengeRequired = Refusal(.conflict, "challenge_required")

    /// - Parameters:
    ///   - seats: how many seats the unpaid orders of one network may hold.
    ///   - sellable: how many seats the showtime sells.
    package static func addressShareReached(seats: Int, of sellable: Int) -> Refusal {
        Refusal(.conflict, "address_share_reached").about(limit: seats).with("seats", .number(Int64(sellable)))
    }

    /// Comes with the price, as ``PriceChanged``.
    package static let priceChanged = Refusal(.conflict, "price_changed")

    package static let saleNotOpen = Refusal(.conflict, "sale_not_open")

    static func saleNotOpen(until opensAt: Date?) -> Refusal {
        opensAt.map { saleNotOpen.with("opens_at", .moment($0)) } ?? saleNotOpen
    }

    package static let saleClosed = Refusal(.conflict, "sale_closed")

    static func saleClosed(since closedAt: Date) -> Refusal {
        saleClosed.with("closed_at", .moment(closedAt))
    }

    package static let noPaymentStarted = Refusal(.conflict, "no_payment_started")

    package static let paymentLimitReached = Refusal(.conflict, "payment_limit_reached")

    package static let orderExpired = Refusal(.conflict, "order_expired")

    package static let orderNotUnpaid = Refusal(.conflict, "order_not_unpaid")

    package static let orderNotPaid = Refusal(.conflict, "order_not_paid")

    /// - Parameter expiresAt: until when it could be paid.
    package static func orderExpired(at expiresAt: Date) -> Refusal {
        orderExpired.with("expired_at", .moment(expiresAt))
    }

    package static func orderNotUnpaid(_ state: OrderState) -> Refusal {
        orderNotUnpaid.with("state", .text(state.rawValue))
    }

    package static let collectionCodeUnknown = Refusal(.invalid(pointer: "/code"), "collection_code_unknown")

    package static let alreadyCollected = Refusal(.conflict, "already_collected")

    package static let ticketsRefunded = Refusal(.conflict, "tickets_refunded")
}

// MARK: - Payment support

extension Refusal {
    package static let orderNeedsAttention = Refusal(.conflict, "order_needs_attention")

    package static let orderNeedsNoDecision = Refusal(.conflict, "order_needs_no_decision")

    package static let notificationNotRefundable = Refusal(.conflict, "notification_not_refundable")

    package static let notificationRefunded = Refusal(.conflict, "notification_refunded")

    package static let refundNotRefused = Refusal(.conflict, "refund_not_refused")
}

// MARK: - Refunds, corrections, entry

extension Refusal {
    package static let ticketsCollected = Refusal(.conflict, "tickets_collected")

    package static let refundWindowClosed = Refusal(.conflict, "refund_window_closed")

    /// - Parameter end: until when tickets could be given back; `nil` where the policy never gives money back.
    static func refundWindowClosed(since end: Date?) -> Refusal {
        end.map { refundWindowClosed.with("closed_at", .moment($0)) } ?? refundWindowClosed.because("no_refunds")
    }

    package static let ticketUnknown = Refusal(.invalid(pointer: "/ticket_ids"), "ticket_unknown")

    package static let ticketRepeated = Refusal(.invalid(pointer: "/ticket_ids"), "ticket_repeated")

    package static let ticketRefunded = Refusal(.conflict, "ticket_refunded")

    package static let ticketEntered = Refusal(.conflict, "ticket_entered")

    package static let coupleSeatsRefundedTogether = Refusal(.invalid(pointer: "/ticket_ids"), "couple_seats_refunded_together")

    package static let showtimeNotCancelled = Refusal(.conflict, "showtime_not_cancelled")

    /// Somebody may still pay the order at a gateway. Its trades are being closed.
    package static func tradeOpen(retryAfter seconds: Int) -> Refusal {
        Refusal(.conflictForNow(retryAfter: seconds), "trade_open")
    }

    package static let tradeOpenCode = "trade_open"

    package static let paymentReferenceUsed = Refusal(.conflict, "payment_reference_used")

    package static let paymentReferenceMissing = Refusal(.invalid(pointer: "/reference"), "payment_reference_missing")

    package static let refundNotAtCounter = Refusal(.conflict, "refund_not_at_counter")

    package static let refundPaidOut = Refusal(.conflict, "refund_paid_out")

    package static let ticketForOtherShowtime = Refusal(.conflict, "ticket_for_other_showtime")

    package static let seatPriceDiffers = Refusal(.conflict, "seat_price_differs")

    package static let seatOfCouple = Refusal(.conflict, "seat_of_couple")

    package static let ticketNotValid = Refusal(.conflict, "ticket_not_valid")

    package static let orderOver = Refusal(.conflict, "order_over")

    package static let seatNotInHall = Refusal(.invalid(pointer: "/seat_id"), "seat_unknown")

    package static let ticketCodeInvalid = Refusal(.invalid(pointer: "/qr"), "ticket_code_invalid")

    package static let ticketCodeOutdated = Refusal(.conflict, "ticket_code_outdated")

    package static let alreadyEntered = Refusal(.conflict, "already_entered")

    package static let ticketVoid = Refusal(.conflict, "ticket_void")
}

extension Refusal {
    /// The refusal with the ids of the tickets that it is about.
    func about(tickets: some Sequence<Int64>) -> Refusal {
        with("ticket_ids", .numbers(Array(tickets)))
    }

    /// The refusal with the id of the caller's own order that is the reason for it.
    func about(order id: UUID) -> Refusal {
        with("order_id", .text(id.uuidString.lowercased()))
    }
}
